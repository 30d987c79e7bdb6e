use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};
use sol2zk_executor::isa;

use super::MulCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// The chip.
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

/// Bytes of a word, lowest first, from its limbs and their low bytes; looks them up.
fn bytes<B: ChipBuilder>(b: &mut B, limbs: &[B::Var; LIMBS], low: &[B::Var; LIMBS], real: &B::Expr) -> Vec<B::Expr> {
    let inverse = B::Expr::from(F::from_u32(256).inverse());
    let mut out = Vec::with_capacity(2 * LIMBS);
    for i in 0..LIMBS {
        let low: B::Expr = low[i].into();
        let high = (limbs[i].into() - low.clone()) * inverse.clone();
        bus::query(b, name::BYTES, vec![low.clone(), high.clone()], real.clone());
        out.extend([low, high]);
    }
    out
}

impl<B: ChipBuilder> Air<B> for MulAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = MulCols::view(main.current_slice());
        let real: B::Expr = row.real.into();
        b.assert_bool(row.real);
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        let op = real.clone() * int::<B>(isa::MUL.into());
        bus::fetch(b, row.id.into(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real.clone());
        bus::read_operand(b, &row.a, row.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.region.into(), real.clone());
        let (x, y) = (bytes(b, &row.a.limbs, &row.a_low, &real), bytes(b, &row.b.limbs, &row.b_low, &real));
        let place = |k: usize| -> B::Expr { (0..=k).map(|i| x[i].clone() * y[k - i].clone()).sum() };
        let mut carry = B::Expr::ZERO;
        for i in 0..LIMBS {
            // s_k <= 32 * 255^2 < 2^21, so the left side is below 2^29 + 2^21 + 2^14; with carry < 2^14 the right side is below 2^30 + 2^16:
            // equality over the integers (forgery: a product off by a multiple of p).
            let sum = place(2 * i) + place(2 * i + 1) * int::<B>(256) + carry;
            carry = row.carry[i].into();
            b.assert_zero(sum - row.result[i].into() - carry.clone() * int::<B>(1 << 16));
            bus::range16(b, row.result[i].into(), real.clone());
            bus::range_bits(b, carry.clone(), 14, real.clone());
        }
        bus::give_wire(b, row.region.into(), row.id.into(), exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
