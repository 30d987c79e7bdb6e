use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};
use sol2zk_executor::isa;

use super::ShiftCols;
use crate::bus::{self, ChipBuilder, F, exprs, int};
use crate::columns::LIMBS;

/// The chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShiftAir;

impl BaseAir<F> for ShiftAir {
    fn width(&self) -> usize {
        ShiftCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ShiftAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = ShiftCols::view(main.current_slice());
        let flags = [row.is_left, row.is_right, row.is_signed];
        // One instruction a row.
        for flag in flags {
            b.assert_bool(flag);
        }
        let real: B::Expr = flags.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let op = flags.iter().zip([isa::SHL, isa::SHR, isa::SAR]).map(|(&flag, code)| flag.into() * int::<B>(code.into())).sum();
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, row.id.into(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real.clone());
        bus::read_operand(b, &row.a, row.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.region.into(), real.clone());
        self.sign(b, row);
        self.amount(b, row, &real);
        self.limbs(b, row, &real);
        b.assert_zero((B::Expr::ONE - real) * row.uses.into());
        bus::give_wire(b, row.region.into(), row.id.into(), exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}

impl ShiftAir {
    /// The word to be shifted: b, or its complement for SAR of a negative word.
    fn sign<B: ChipBuilder>(&self, b: &mut B, row: &ShiftCols<B::Var>) {
        let signed: B::Expr = row.is_signed.into();
        b.assert_bool(row.sign);
        // Highest limb = 2^15 sign + rest, rest < 2^15 (forgery: an arithmetic shift that forgets the sign).
        b.assert_zero(signed.clone() * (row.b.limbs[LIMBS - 1].into() - row.sign.into() * int::<B>(1 << 15) - row.rest.into()));
        bus::range_bits(b, row.rest.into(), 15, signed.clone());
        b.assert_zero(row.negative.into() - signed * row.sign.into());
        for i in 0..LIMBS {
            let (limb, negative): (B::Expr, B::Expr) = (row.b.limbs[i].into(), row.negative.into());
            b.assert_zero(row.word[i].into() - limb.clone() - negative.clone() * (int::<B>(0xffff) - limb * int::<B>(2)));
            let shifted: B::Expr = row.shifted[i].into();
            b.assert_zero(row.result[i].into() - shifted.clone() - negative * (int::<B>(0xffff) - shifted * int::<B>(2)));
        }
    }

    /// The amount: 16 limbs moved + bits to the left, 16 limbs moved - bits to the right, or at least 256.
    fn amount<B: ChipBuilder>(&self, b: &mut B, row: &ShiftCols<B::Var>, real: &B::Expr) {
        let (far, beyond): (B::Expr, B::Expr) = (row.far.into(), row.beyond.into());
        for flag in row.bits.into_iter().chain(row.left).chain(row.right).chain([row.far, row.beyond]) {
            b.assert_bool(flag);
        }
        let sum = |flags: &[B::Var]| -> B::Expr { flags.iter().map(|&flag| flag.into()).sum() };
        let place = |flags: &[B::Var]| -> B::Expr { flags.iter().zip(0..).map(|(&flag, i)| flag.into() * int::<B>(i)).sum() };
        let (lefts, rights) = (sum(&row.left), sum(&row.right));
        // Exactly one of: a move to the left, a move to the right, all bits leave; each for its instructions.
        b.assert_zero(lefts.clone() + rights.clone() + far.clone() + beyond.clone() - real.clone());
        b.assert_zero(lefts.clone() * (B::Expr::ONE - row.is_left.into()));
        b.assert_zero(rights.clone() * row.is_left.into());
        b.assert_zero(sum(&row.bits) - real.clone());
        let low: B::Expr = row.a.limbs[0].into();
        let upper = sum(&row.a.limbs[1..]);
        let near = lefts.clone() + rights.clone();
        // Forgery: shifting by another amount; by 2^16 as if it were 0.
        b.assert_zero(near * upper.clone());
        b.assert_zero(lefts * (low.clone() - place(&row.left) * int::<B>(16) - place(&row.bits)));
        b.assert_zero(rights * (low.clone() - place(&row.right) * int::<B>(16) + place(&row.bits)));
        // All bits leave only from 256 on (forgery: a word shifted away).
        b.assert_zero(far * (B::Expr::ONE - upper * row.inverse.into()));
        bus::range16(b, low - beyond.clone() * int::<B>(256), beyond);
    }

    /// The shift itself.
    fn limbs<B: ChipBuilder>(&self, b: &mut B, row: &ShiftCols<B::Var>, real: &B::Expr) {
        let factor: B::Expr = row.bits.iter().zip(0..LIMBS - 1).map(|(&flag, i)| flag.into() * int::<B>(1 << i)).sum();
        let most: B::Expr = row.bits[LIMBS - 1].into();
        let half = B::Expr::from(F::from_u32(1 << 15).inverse());
        let mut moved = Vec::with_capacity(LIMBS + 1);
        for i in 0..LIMBS {
            let (word, low, high): (B::Expr, B::Expr, B::Expr) = (row.word[i].into(), row.low[i].into(), row.high[i].into());
            // Up to 14 bits: word 2^bits < 2^30 and low + 2^16 high < 2^30 + 2^16 with high < 2^14: equality over the integers.
            b.assert_zero((real.clone() - most.clone()) * (word.clone() * factor.clone() - low.clone() - high.clone() * int::<B>(1 << 16)));
            bus::range_bits(b, high.clone(), 14, real.clone() - most.clone());
            // 15 bits: word = 2 high + low / 2^15, low 0 or 2^15, high < 2^16: equality over the integers.
            b.assert_zero(most.clone() * (word - high.clone() * int::<B>(2) - low.clone() * half.clone()));
            b.assert_zero(most.clone() * low.clone() * (low.clone() - int::<B>(1 << 15)));
            bus::range16(b, high.clone(), most.clone());
            // Forgery: bits made up where limbs meet.
            bus::range16(b, low.clone(), real.clone());
            moved.push(if i == 0 { low } else { low + row.high[i - 1].into() });
        }
        moved.push(row.high[LIMBS - 1].into());
        // Sums of a low (a multiple of 2^bits) and a high (below 2^bits) are 16-bit values, so the result needs no range check.
        for i in 0..LIMBS {
            let left: B::Expr = (0..=i).map(|place| row.left[place].into() * moved[i - place].clone()).sum();
            let right: B::Expr = (0..=LIMBS - i).map(|place| row.right[place].into() * moved[i + place].clone()).sum();
            b.assert_zero(row.shifted[i].into() - left - right);
        }
    }
}
