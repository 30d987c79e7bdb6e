use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::columns::MgrowCols;
use crate::bus::{self, ChipBuilder, F, exprs, int};

/// Constraints of [`MgrowCols`].
#[derive(Clone, Copy, Debug, Default)]
pub struct MgrowAir;

impl BaseAir<F> for MgrowAir {
    fn width(&self) -> usize {
        MgrowCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

fn sum<B: ChipBuilder>(limbs: &[B::Var]) -> B::Expr {
    limbs.iter().fold(B::Expr::ZERO, |sum, &limb| sum + limb.into())
}

impl<B: ChipBuilder> Air<B> for MgrowAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = *MgrowCols::view(main.current_slice());
        let state = c.state;
        let [skip, keep, grow, whole, far, over] = exprs::<B, 6>([c.skip, c.keep, c.grow, c.whole, c.far, c.over]);
        let covers = keep.clone() + grow.clone();
        let sums = covers.clone() + over.clone();
        let positive = sums.clone() + far.clone() + whole.clone();
        let real = positive.clone() + skip.clone();
        let halts = far.clone() + over.clone();

        // One case a row (forgery: a row that counts twice, or in half).
        for flag in [c.skip, c.keep, c.grow, c.whole, c.far, c.over] {
            b.assert_bool(flag);
        }
        b.assert_bool(real.clone());

        let constants = [c.offset.constant.into(), c.length.constant.into(), B::Expr::ZERO];
        let fields = [c.offset.id.into(), c.length.id.into(), B::Expr::ZERO];
        bus::fetch(b, state.id.into(), real.clone() * int::<B>(isa::MGROW.into()), constants, fields, c.charge.into(), real.clone());
        bus::read_operand(b, &c.offset, state.region.into(), real.clone());
        bus::read_operand(b, &c.length, state.region.into(), real.clone());

        // len = 0 exactly on `skip` rows; sums of limbs are below 2^21 and cannot wrap (forgery: growth left out, or a halt for an empty range).
        let length = sum::<B>(&c.length.limbs);
        b.assert_zero(skip * length.clone());
        b.assert_zero(positive * (length * c.length_inverse - B::Expr::ONE));

        // Limbs from 2 on are 0 where the range is covered, and not all 0 where that is why the frame halts (forgery: off = 2^64 taken for 0; a halt without reason).
        let high = sum::<B>(&c.offset.limbs[2..]) + sum::<B>(&c.length.limbs[2..]);
        b.assert_zero(covers.clone() * high.clone());
        b.assert_zero(far.clone() * (high * c.high_inverse - B::Expr::ONE));
        // The one range that has such a limb and ends at 2^32: off = 0, len = 2^32 (forgery: a halt where 2^32 bytes can be paid for, and the reverse).
        let third: B::Expr = c.length.limbs[2].into();
        let other = sum::<B>(&c.offset.limbs) + sum::<B>(&c.length.limbs) - third.clone();
        b.assert_zero(whole.clone() * other.clone());
        b.assert_zero(whole.clone() * (third.clone() - B::Expr::ONE));
        b.assert_zero(other * c.other_inverse + third.clone() * (third - B::Expr::ONE) * c.third_inverse - far);

        // off + len - 1 over two pieces of 16 bits. Every term is below 2^16 (rest and first are looked up, limbs come from wires), the carry is -1, 0 or 1:
        // both sides stay below 2^18, no wrap (forgery: fewer words than the range needs).
        b.assert_zero(c.carry * (c.carry.into() * c.carry - B::Expr::ONE));
        let low = c.offset.limbs[0].into() + c.length.limbs[0].into() - B::Expr::ONE;
        b.assert_zero(sums.clone() * (low - c.rest - c.first.into() * int::<B>(32) - c.carry.into() * int::<B>(1 << 16)));
        let top = c.offset.limbs[1].into() + c.length.limbs[1].into() + c.carry - c.second;
        b.assert_zero(covers.clone() * top.clone());
        // `over`: the second piece is 2^16 or more: the range ends beyond 2^32, whatever the limbs from 2 on (forgery: a halt although memory suffices).
        b.assert_zero(over * (top - int::<B>(1 << 16)));
        bus::range_bits(b, c.rest.into(), 5, sums.clone());
        bus::range_bits(b, c.first.into(), 11, sums.clone());
        bus::range16(b, c.second.into(), sums);

        // max(w, words): the distance is below 2^16 + 2^27, words and w at most 2^27, no wrap (forgery: memory that shrinks, or grows for free).
        let words = c.first.into() + c.second.into() * int::<B>(1 << 11) + B::Expr::ONE;
        let distance = c.distance_low.into() + c.distance_high.into() * int::<B>(1 << 11);
        b.assert_zero(keep * (state.words.into() - words.clone() - distance.clone()));
        b.assert_zero(grow.clone() * (words.clone() - state.words - B::Expr::ONE - distance));
        bus::range16(b, c.distance_low.into(), covers.clone());
        bus::range16(b, c.distance_high.into(), covers);
        let all = int::<B>(1 << 27) - state.words;
        b.assert_zero(c.words_after.into() - state.words - grow * (words - state.words) - whole * all);

        // Control goes on, or to 0 (forgery: going on after an overflow, or jumping anywhere).
        b.assert_zero(c.next.into() - (real.clone() - halts) * (state.id.into() + B::Expr::ONE));
        bus::enter(b, &state, real.clone());
        bus::leave(b, &state, c.next.into(), state.region.into(), state.gas.into() + c.charge.into(), c.words_after.into(), real);
    }
}
