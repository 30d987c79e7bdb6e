use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::FrameCols;
use crate::bus::{self, ChipBuilder, F, TICKS, int, name, tag};
use crate::columns::LIMBS;

/// The frame chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameAir;

/// First bound of an undo chain: above every time (ISA 10.3).
pub const UNDO_BOUND: u32 = (1 << 29) - 1;
/// EIP-2200: an SSTORE needs more gas than this.
pub const STIPEND: u32 = 2300;

impl BaseAir<F> for FrameAir {
    fn width(&self) -> usize {
        FrameCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for FrameAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = FrameCols::view(main.current_slice());
        // One outcome a frame.
        let outcomes = [row.is_success, row.is_revert, row.is_halt];
        for flag in outcomes {
            b.assert_bool(flag);
        }
        let real: B::Expr = outcomes.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let (reverts, halts): (B::Expr, B::Expr) = (row.is_revert.into(), row.is_halt.into());
        let status = reverts.clone() + halts.clone() * int::<B>(2);
        let doomed = reverts + halts.clone();
        let entry: B::Expr = row.entry.into();
        let limbs = |head: Vec<B::Expr>| -> [B::Expr; LIMBS] { core::array::from_fn(|i| head.get(i).cloned().unwrap_or(B::Expr::ZERO)) };
        let left = row.left.map(Into::<B::Expr>::into);

        // What was asked and what came out, as the receipt shows them (forgery: another gas, outcome, length).
        let mut asked: Vec<B::Expr> = row.given.iter().map(|&limb| limb.into()).collect();
        asked.extend([row.account.into(), doomed.clone()]);
        let call = bus::message::<B, 3, LIMBS>([int::<B>(tag::CALL), row.call.into(), row.program.into()], limbs(asked));
        bus::receive(b, name::CLAIM, call, real.clone());
        let mut answer: Vec<B::Expr> = left.to_vec();
        answer.extend([status.clone(), row.length_low.into(), row.length_high.into()]);
        let result = bus::message::<B, 3, LIMBS>([int::<B>(tag::RESULT), row.call.into(), row.end.into()], limbs(answer));
        bus::receive(b, name::CLAIM, result, real.clone());

        // Calls run one after the other (forgery: two calls on the state before both).
        let turn = |call: B::Expr, clk: B::Expr| bus::message::<B, 3, LIMBS>([int::<B>(tag::TURN), call, clk], limbs(vec![]));
        bus::receive(b, name::CLAIM, turn(row.call.into(), entry.clone()), real.clone());
        bus::send(b, name::CLAIM, turn(row.call.into() + B::Expr::ONE, row.exit.into()), real.clone());

        // The frame starts at its program's entry with nothing charged, and ends once (forgery: a frame that never runs, or runs twice).
        let zero = || B::Expr::ZERO;
        let first = vec![row.program.into(), entry.clone(), entry.clone(), entry.clone() + int::<B>(TICKS), zero(), zero()];
        bus::send(b, name::CHAIN, first, real.clone());
        let length = row.length_low.into() + row.length_high.into() * int::<B>(1 << 16);
        bus::receive(b, name::END, vec![entry.clone(), status, row.end.into(), row.gas.into(), row.words.into(), length], real.clone());

        // Gas left is not negative unless the frame halts; then none is left and there is no output (forgery: a run beyond its gas).
        let lives = real.clone() - halts.clone();
        bus::query(b, name::GAS_LEFT, bus::message::<B, 4, 4>([entry.clone(), row.gas.into(), row.words.into(), zero()], left.clone()), lives);
        for cell in row.left.into_iter().chain([row.length_low, row.length_high]) {
            b.assert_zero(halts.clone() * cell.into());
        }

        // Gas only falls: what holds at the end held at each SSTORE (ISA 3.5, 10.6). A frame that halts has no gas left, so each of its stores shows its own
        // (forgery: a store in the last 2300 gas of a frame that goes on to halt, by which it touches a slot).
        b.assert_bool(row.sentry);
        b.assert_bool(row.sentry_high);
        b.assert_bool(row.sentry_low);
        b.assert_zero(row.sentry.into() - row.sentry_high.into() - row.sentry_low.into());
        let [left0, left1, left2, left3] = left;
        b.assert_zero(row.sentry_high.into() * (B::Expr::ONE - (left1 + left2 + left3) * row.inverse.into()));
        bus::range16(b, left0 - int::<B>(STIPEND + 1) * row.sentry_low.into(), row.sentry_low.into());

        // A doomed frame's writes are undone before the next call starts (forgery: a revert that keeps its writes).
        let after: B::Expr = row.end.into() + int::<B>(TICKS);
        bus::send(b, name::UNDO_CHAIN, vec![entry.clone(), after.clone(), int::<B>(UNDO_BOUND)], doomed.clone());
        bus::receive(b, name::UNDO_CHAIN, vec![entry.clone(), row.exit.into(), row.bound.into()], doomed.clone());
        b.assert_zero((B::Expr::ONE - doomed.clone()) * real.clone() * (row.exit.into() - after));

        // A row that is not real vouches for nothing (forgery: a frame of another account or outcome, or with other gas, than any call's).
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());
        b.assert_zero((B::Expr::ONE - real) * row.given_uses.into());
        bus::provide(b, name::FRAME, vec![entry.clone(), row.call.into(), row.account.into(), doomed, row.sentry.into()], row.uses.into());
        bus::provide(b, name::GIVEN, bus::message::<B, 1, 4>([entry], row.given.map(Into::into)), row.given_uses.into());
    }
}
