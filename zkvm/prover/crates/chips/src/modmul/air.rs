use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::columns::ModMulCols;
use crate::bus::{self, ChipBuilder, F, exprs, int};
use crate::columns::LIMBS;
use crate::divmod::below;
use crate::mul::{BYTES, carry_value, convolution, limb_bytes};

/// What a carry's value exceeds the carry by.
pub(super) const OFFSET: u32 = 8192;

/// Constraints of ADDMOD and MULMOD.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModMulAir;

impl BaseAir<F> for ModMulAir {
    fn width(&self) -> usize {
        ModMulCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ModMulAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &ModMulCols<B::Var> = ModMulCols::view(main.current_slice());
        let [add, mul, zero] = exprs::<B, 3>([row.add, row.mul, row.zero]);

        // A row that is both instructions, or a fraction of one.
        b.assert_bool(row.add);
        b.assert_bool(row.mul);
        let real = add.clone() + mul.clone();
        b.assert_bool(real.clone());
        // A result given by a row that is not real.
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        for operand in [&row.a, &row.b, &row.n] {
            bus::read_operand(b, operand, region.clone(), real.clone());
        }
        // A modulus that is not 0 called 0. The sum of its limbs is at most 2^20.
        b.assert_bool(row.zero);
        b.assert_zero(zero.clone() * row.n.limbs.iter().map(|&limb| limb.into()).sum::<B::Expr>());
        // Another instruction's left side, or one that is not 0 where n = 0: there r = 0 follows.
        b.assert_zero(row.sum.into() - add.clone() * (B::Expr::ONE - zero.clone()));
        b.assert_zero(row.product.into() - mul.clone() * (B::Expr::ONE - zero.clone()));
        divide(b, row, real.clone());
        // A result not below the modulus, unless n = 0: so where n is 0 `zero` must be 1, for nothing is below 0.
        below(b, &row.result, &row.n.limbs, &row.marks, row.gap.into(), real.clone() - zero, real.clone());

        let op = add * int::<B>(isa::ADDMOD.into()) + mul * int::<B>(isa::MULMOD.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), row.n.constant.into()];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), row.n.id.into()], B::Expr::ZERO, real);
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}

/// Constrains a + b or a b = q n + r over the integers.
fn divide<B: ChipBuilder>(b: &mut B, row: &ModMulCols<B::Var>, real: B::Expr) {
    let x = limb_bytes(b, &row.a.limbs, &row.a_high, real.clone());
    let y = limb_bytes(b, &row.b.limbs, &row.b_high, real.clone());
    let n = limb_bytes(b, &row.n.limbs, &row.n_high, real.clone());
    let q: Vec<B::Expr> = (0..2).flat_map(|word| limb_bytes(b, &row.quotient[word], &row.quotient_high[word], real.clone())).collect();
    for limb in row.result {
        // A limb of 2^16 or more, or a negative one.
        bus::range16(b, limb.into(), real.clone());
    }
    // A quotient or remainder that does not add up. Each side's products are below 2^29.1 (at most 32 byte products a position, as in MUL), a carry lies in -8192 ..= 8383:
    // the difference of the sides is below 2^29.2 in magnitude, 2^16 carry_i too, so nothing wraps.
    let mut carry = B::Expr::ZERO;
    for i in 0..2 * LIMBS {
        let at = |x: &[B::Expr], y: &[B::Expr]| convolution::<B>(x, y, 2 * i) + convolution::<B>(x, y, 2 * i + 1) * int::<B>(1 << 8);
        let mut difference = row.product.into() * at(&x, &y) - at(&q, &n) + carry;
        if i < LIMBS {
            difference += row.sum.into() * (row.a.limbs[i].into() + row.b.limbs[i].into()) - row.result[i].into();
        }
        carry = match row.carries.get(i) {
            Some(carry) => carry_value(b, carry, real.clone()) - real.clone() * int::<B>(OFFSET),
            None => B::Expr::ZERO,
        };
        b.assert_zero(difference - carry.clone() * int::<B>(1 << 16));
    }
    // A product q n of 2^512 or more: the byte products at positions 64 and above are all 0, since their sum (below 496 * 255^2 < 2^25) is.
    let mut tail = B::Expr::ZERO;
    let mut high = B::Expr::ZERO;
    for i in 1..BYTES {
        tail += n[BYTES - i].clone();
        high += q[BYTES + i].clone() * tail.clone();
    }
    b.assert_zero(high);
}
