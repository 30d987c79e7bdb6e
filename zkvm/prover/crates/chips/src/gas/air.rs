use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::GasCols;
use crate::bus::{self, ChipBuilder, F, int, name};

/// The gas chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct GasAir;

impl BaseAir<F> for GasAir {
    fn width(&self) -> usize {
        GasCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for GasAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = GasCols::view(main.current_slice());
        let real: B::Expr = row.real.into();
        // Forgery: a row that counts otherwise than once and so answers range look-ups of others; gas left of another size than its digits say.
        b.assert_bool(row.real);
        b.assert_bool(row.negative);
        // A row that is not real answers nothing (forgery: gas left out of thin air).
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let [given0, given1, given2, given3] = bus::exprs::<B, 4>(row.given);
        let [left0, left1, left2, left3] = bus::exprs::<B, 4>(row.left);
        let [w0, w1, w2] = bus::exprs::<B, 3>(row.w);
        let [c1, c2, c3] = bus::exprs::<B, 3>(row.carry);
        let sign = B::Expr::ONE - row.negative.into() * int::<B>(2);
        let base = int::<B>(1 << 16);
        let (scale, three) = (int::<B>(512), int::<B>(3));
        // Digits of base 2^16. A digit is below 2^29 in absolute value and a carry below 2^13, so equality mod p is equality over the integers.
        // Forgery: more (or less) gas left than given - g - 3 w - floor(w^2 / 512).
        let low = w0.clone() + w1.clone() * int::<B>(256);
        b.assert_zero(
            scale.clone() * (given0 - row.g_low.into() - three.clone() * low - sign.clone() * left0.clone()) + row.rest.into()
                - (w0.clone() * w0.clone() + w0.clone() * w1.clone() * scale.clone())
                - base.clone() * c1.clone(),
        );
        b.assert_zero(
            scale.clone() * (given1 - row.g_high.into() - three * w2.clone() - sign.clone() * left1.clone())
                - (w1.clone() * w1.clone() + w0 * w2.clone() * int::<B>(2) + w1 * w2.clone() * scale.clone())
                + c1.clone()
                - base.clone() * c2.clone(),
        );
        b.assert_zero(scale.clone() * (given2 - sign.clone() * left2.clone()) - w2.clone() * w2 + c2.clone() - base * c3.clone());
        b.assert_zero(scale * (given3 - sign * left3.clone()) + c3.clone());
        // Minus nothing is not negative (forgery: out of gas with exactly enough gas).
        let sum = left0 + left1 + left2 + left3;
        b.assert_zero(row.negative.into() * (B::Expr::ONE - sum * row.inverse.into()));

        bus::query(b, name::BYTES, vec![row.w[0].into(), row.w[1].into()], real.clone());
        bus::range_bits(b, row.w[2].into(), 12, real.clone());
        bus::range16(b, row.g_low.into(), real.clone());
        bus::range_bits(b, row.g_high.into(), 14, real.clone());
        bus::range_bits(b, row.rest.into(), 9, real.clone());
        for limb in row.left {
            bus::range16(b, limb.into(), real.clone());
        }
        for carry in [c1, c2, c3] {
            bus::range_bits(b, carry + real.clone() * int::<B>(1 << 13), 14, real.clone());
        }
        let given = row.given.map(Into::into);
        bus::query(b, name::GIVEN, bus::message::<B, 1, 4>([row.frame.into()], given), real);
        let g = row.g_low.into() + row.g_high.into() * int::<B>(1 << 16);
        let w = row.w[0].into() + row.w[1].into() * int::<B>(1 << 8) + row.w[2].into() * int::<B>(1 << 16);
        let left = row.left.map(Into::into);
        bus::provide(b, name::GAS_LEFT, bus::message::<B, 4, 4>([row.frame.into(), g, w, row.negative.into()], left), row.uses.into());
    }
}
