use p3_air::{Air, AirBuilder, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::columns::{BYTES, Carry, MulCols};
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// Constraints of MUL.
#[derive(Clone, Copy, Debug, Default)]
pub struct MulAir;

impl BaseAir<F> for MulAir {
    fn width(&self) -> usize {
        MulCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

/// Splits limbs into bytes, given the high ones, and looks the pairs up.
///
/// Forgery prevented: a split into other numbers. Looked-up bytes also show that the limb has 16 bits.
pub(crate) fn limb_bytes<B: ChipBuilder>(b: &mut B, limbs: &[B::Var; LIMBS], high: &[B::Var; LIMBS], real: B::Expr) -> [B::Expr; BYTES] {
    for (&limb, &high) in limbs.iter().zip(high) {
        bus::query(b, name::BYTES, vec![limb.into() - high.into() * int::<B>(256), high.into()], real.clone());
    }
    core::array::from_fn(|i| if i % 2 == 0 { limbs[i / 2].into() - high[i / 2].into() * int::<B>(256) } else { high[i / 2].into() })
}

/// The sum of x_i y_j over i + j = k.
pub(crate) fn convolution<B: AirBuilder>(x: &[B::Expr], y: &[B::Expr], k: usize) -> B::Expr {
    (0..=k).filter(|&i| i < x.len() && k - i < y.len()).map(|i| x[i].clone() * y[k - i].clone()).sum()
}

/// Looks a carry's parts up and returns its value, an integer from 0 to 16575.
pub(crate) fn carry_value<B: ChipBuilder>(b: &mut B, carry: &Carry<B::Var>, real: B::Expr) -> B::Expr {
    bus::query(b, name::BYTES, vec![carry.low.into(), carry.high.into()], real);
    carry.low.into() + carry.high.into() * int::<B>(64)
}

impl<B: ChipBuilder> Air<B> for MulAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &MulCols<B::Var> = MulCols::view(main.current_slice());

        // A row that is a fraction of an instruction, or an instruction that does not multiply.
        b.assert_bool(row.real);
        b.assert_bool(row.instruction);
        let (real, instruction): (B::Expr, B::Expr) = (row.real.into(), row.instruction.into());
        b.assert_zero((B::Expr::ONE - real.clone()) * instruction.clone());
        // A result given by a row that is no instruction, or an answer by one that does not multiply.
        b.assert_zero((B::Expr::ONE - instruction.clone()) * row.uses.into());
        b.assert_zero((B::Expr::ONE - real.clone()) * row.products.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.a, region.clone(), instruction.clone());
        bus::read_operand(b, &row.b, region.clone(), instruction.clone());
        let x = limb_bytes(b, &row.a.limbs, &row.a_high, real.clone());
        let y = limb_bytes(b, &row.b.limbs, &row.b_high, real.clone());

        // A wrong limb. s_k <= 32 * 255^2 < 2^21, so the left side is below 2^30; the right side is at most 65535 + 2^16 * 16575 < 2^30.1: neither wraps.
        let mut carry = B::Expr::ZERO;
        for i in 0..LIMBS {
            let sum = convolution::<B>(&x, &y, 2 * i) + convolution::<B>(&x, &y, 2 * i + 1) * int::<B>(1 << 8) + carry;
            carry = carry_value(b, &row.carries[i], real.clone());
            b.assert_zero(sum - row.result[i].into() - carry.clone() * int::<B>(1 << 16));
        }
        // A limb of 2^16 or more, or a negative one, with a carry that makes up for it.
        for limb in row.result {
            bus::range16(b, limb.into(), real.clone());
        }

        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        let op = instruction.clone() * int::<B>(sol2zk_executor::isa::MUL.into());
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, instruction);
        // The words have 16-bit limbs by their bytes, so the entry is true for any who ask.
        let product = row.a.limbs.iter().chain(&row.b.limbs).chain(&row.result).map(|&limb| limb.into()).collect();
        bus::provide(b, name::PRODUCT, product, row.products.into());
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
