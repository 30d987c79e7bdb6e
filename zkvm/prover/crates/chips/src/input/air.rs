use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::CALLDATA_BITS;
use super::columns::InputCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, message, name, tag};
use crate::columns::LIMBS;

/// Constraints of [`InputCols`].
#[derive(Clone, Copy, Debug, Default)]
pub struct InputAir;

impl BaseAir<F> for InputAir {
    fn width(&self) -> usize {
        InputCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for InputAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = *InputCols::view(main.current_slice());
        let state = c.state;
        let [env, near, far, beyond] = exprs::<B, 4>([c.env, c.near, c.far, c.beyond]);
        let load = near.clone() + far.clone() + beyond.clone();
        let real = env.clone() + load.clone();

        // One case a row (forgery: a row that counts twice, or in half).
        for flag in [c.env, c.near, c.far, c.beyond] {
            b.assert_bool(flag);
        }
        b.assert_bool(real.clone());
        // Padding gives nothing (forgery: a wire with a word that nobody computed).
        b.assert_zero((B::Expr::ONE - real.clone()) * c.uses);

        let op = env.clone() * int::<B>(isa::ENV.into()) + load.clone() * int::<B>(isa::CALLDATALOAD.into());
        let constants = [c.offset.constant.into(), B::Expr::ZERO, B::Expr::ZERO];
        let fields = [c.offset.id.into(), B::Expr::ZERO, c.kind.into()];
        bus::fetch(b, state.id.into(), op, constants, fields, c.charge.into(), real.clone());
        // On `ENV` rows the operand's time stays without meaning; nothing reads it.
        bus::read_operand(b, &c.offset, state.region.into(), load.clone());

        // The key is the kind or the offset, never their sum (forgery: kind 2 read as the call data at 2, or `CALLER` as `ORIGIN` by an offset of 1).
        let [low, high] = exprs::<B, 2>([c.offset.limbs[0], c.offset.limbs[1]]);
        b.assert_zero(env.clone() * low.clone());
        b.assert_zero(env.clone() * high.clone());
        b.assert_zero(load * c.kind);

        // `near`: limbs from 2 on are 0 (their sum is below 2^20: no wrap) and limb 1, a 16-bit value, is below 2^14, for 4 times it is below 2^16
        // (forgery: an offset of 2^64 + 4, or of p + 4, read as the one of 4).
        let upper = c.offset.limbs[2..].iter().fold(B::Expr::ZERO, |sum, &limb| sum + limb.into());
        b.assert_zero(near.clone() * upper.clone());
        b.assert_zero(near.clone() * (c.bound.into() - high.clone() * int::<B>(4)));
        // `far`, `beyond`: the offset is 2^30 or more (forgery: zeros for call data that is there).
        let limit = 1 << (CALLDATA_BITS - 16);
        b.assert_zero(far.clone() * (upper * c.high_inverse - B::Expr::ONE));
        b.assert_zero(beyond.clone() * (c.bound.into() - high.clone() + int::<B>(limit)));
        bus::range16(b, c.bound.into(), near.clone() + beyond.clone());
        for limb in c.word {
            b.assert_zero((far.clone() + beyond.clone()) * limb);
        }

        // The word is the claim's, so its limbs are limbs (forgery: another caller, value or call data than the receipt shows).
        let frame = vec![state.frame.into(), c.call.into(), c.account.into(), c.doomed.into(), c.sentry.into()];
        bus::query(b, name::FRAME, frame, real.clone());
        let y = c.kind.into() + low + high * int::<B>(1 << 16);
        let tag = env.clone() * int::<B>(tag::ENV) + near.clone() * int::<B>(tag::CALLDATA);
        bus::query(b, name::CLAIM, message::<B, 3, LIMBS>([tag, c.call.into(), y], exprs::<B, LIMBS>(c.word)), env + near);

        bus::give_wire(b, state.region.into(), state.id.into(), exprs::<B, LIMBS>(c.word), c.uses.into());
        bus::enter(b, &state, real.clone());
        let next = state.id.into() + B::Expr::ONE;
        bus::leave(b, &state, next, state.region.into(), state.gas.into() + c.charge.into(), state.words.into(), real);
    }
}
