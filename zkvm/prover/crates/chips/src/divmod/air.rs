use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};
use sol2zk_executor::isa;

use super::columns::DivModCols;
use crate::bus::{self, ChipBuilder, F, exprs, int};
use crate::columns::LIMBS;
use crate::mul::{BYTES, carry_value, convolution, limb_bytes};

/// Constraints of the divisions.
#[derive(Clone, Copy, Debug, Default)]
pub struct DivModAir;

impl BaseAir<F> for DivModAir {
    fn width(&self) -> usize {
        DivModCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for DivModAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &DivModCols<B::Var> = DivModCols::view(main.current_slice());
        let [div, modulo, sdiv, smod] = exprs::<B, 4>([row.div, row.modulo, row.sdiv, row.smod]);

        // A row that is two instructions at once, or a fraction of one.
        for flag in [row.div, row.modulo, row.sdiv, row.smod] {
            b.assert_bool(flag);
        }
        let real = div.clone() + modulo.clone() + sdiv.clone() + smod.clone();
        b.assert_bool(real.clone());
        // A result given by a row that is not real.
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.a, region.clone(), real.clone());
        bus::read_operand(b, &row.b, region.clone(), real.clone());

        magnitudes(b, row, sdiv.clone() + smod.clone());
        divide(b, row, real.clone());
        // A remainder not below the divisor, unless b = 0: so where b is 0 `zero` must be 1, for nothing is below 0.
        below(b, &row.remainder, &row.divisor, &row.marks, row.gap.into(), real.clone() - row.zero.into(), real.clone());
        sign(b, row);

        let op = div * int::<B>(isa::DIV.into()) + modulo * int::<B>(isa::MOD.into()) + sdiv * int::<B>(isa::SDIV.into()) + smod * int::<B>(isa::SMOD.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real);
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}

/// Constrains the signs, `zero` and d = |b|. (That d has 16-bit limbs follows from its bytes.)
fn magnitudes<B: ChipBuilder>(b: &mut B, row: &DivModCols<B::Var>, signed: B::Expr) {
    // A wrong sign: 0 where unsigned, boolean; the rest of the top limb has 15 bits.
    for (sign, operand) in [(row.sign_a, &row.a), (row.sign_b, &row.b)] {
        let sign: B::Expr = sign.into();
        b.assert_zero(sign.clone() * (signed.clone() - sign.clone()));
        bus::range16(b, (operand.limbs[LIMBS - 1].into() - sign * int::<B>(1 << 15)) * int::<B>(2), signed.clone());
    }
    // A divisor that is not 0 called 0. The sum of its limbs is at most 2^20.
    b.assert_bool(row.zero);
    b.assert_zero(row.zero.into() * row.b.limbs.iter().map(|&limb| limb.into()).sum::<B::Expr>());
    // A wrong magnitude: d = b, or d + b = 2^256 with carries 0 or 1 (numerators below 2^18), of which the last is 1.
    let negative: B::Expr = row.sign_b.into();
    let shrink = B::Expr::from(F::from_u32(1 << 16).inverse());
    let mut carry = B::Expr::ZERO;
    for (&limb, &divisor) in row.b.limbs.iter().zip(&row.divisor) {
        b.assert_zero((B::Expr::ONE - negative.clone()) * (divisor.into() - limb.into()));
        carry = (limb.into() + divisor.into() + carry) * shrink.clone();
        b.assert_zero(negative.clone() * carry.clone() * (carry.clone() - B::Expr::ONE));
    }
    b.assert_zero(negative * (carry - B::Expr::ONE));
}

/// Constrains q d + r = |a| over the integers.
fn divide<B: ChipBuilder>(b: &mut B, row: &DivModCols<B::Var>, real: B::Expr) {
    let q = limb_bytes(b, &row.quotient, &row.quotient_high, real.clone());
    let d = limb_bytes(b, &row.divisor, &row.divisor_high, real.clone());
    for limb in row.remainder {
        // A limb of 2^16 or more, or a negative one.
        bus::range16(b, limb.into(), real.clone());
    }
    // A quotient or remainder that does not add up. The left side is below 2^29.1 + 2^18 and above -2^16 (byte products as in MUL, a carry of at most 16575), the right at most
    // 2^16 * 16575 < 2^30.1: no wrap. A negative a: the sum and a make 2^256, which is carry_15 = 1; else carry_15 = 0.
    let mut carry = B::Expr::ZERO;
    for i in 0..LIMBS {
        let a: B::Expr = row.a.limbs[i].into();
        let a = a.clone() - a.double() * row.sign_a.into();
        let sum = convolution::<B>(&q, &d, 2 * i) + convolution::<B>(&q, &d, 2 * i + 1) * int::<B>(1 << 8) + row.remainder[i].into() + carry - a;
        carry = match row.carries.get(i) {
            Some(carry) => carry_value(b, carry, real.clone()),
            None => row.sign_a.into(),
        };
        b.assert_zero(sum - carry.clone() * int::<B>(1 << 16));
    }
    // A product of 2^256 or more: the byte products at positions 32 and above are all 0, since their sum (below 496 * 255^2 < 2^25) is.
    let mut tail = B::Expr::ZERO;
    let mut high = B::Expr::ZERO;
    for i in 1..BYTES {
        tail += d[BYTES - i].clone();
        high += q[i].clone() * tail.clone();
    }
    b.assert_zero(high);
}

/// Constrains x < y where `on` is 1, for words of 16-bit limbs: equal limbs above the mark, y_i - x_i = gap + 1 at it. No mark where `on` is 0.
///
/// Forgery prevented: x >= y. The difference is above -2^16 and gap + 1 in 1 ..= 2^16, so the equation holds over the integers.
pub(crate) fn below<B: ChipBuilder>(b: &mut B, x: &[B::Var; LIMBS], y: &[B::Var; LIMBS], marks: &[B::Var; LIMBS], gap: B::Expr, on: B::Expr, real: B::Expr) {
    let mut unseen = on.clone();
    let mut difference = B::Expr::ZERO;
    for i in (0..LIMBS).rev() {
        b.assert_bool(marks[i]);
        let delta = y[i].into() - x[i].into();
        unseen -= marks[i].into();
        b.assert_zero(unseen.clone() * delta.clone());
        difference += marks[i].into() * delta;
    }
    // No mark, or two.
    b.assert_zero(unseen);
    b.assert_zero(difference - gap.clone() - on);
    bus::range16(b, gap, real);
}

/// Constrains the result: q or r or the negative of one, 0 if b = 0.
fn sign<B: ChipBuilder>(b: &mut B, row: &DivModCols<B::Var>) {
    let one = B::Expr::ONE;
    let [sign_a, sign_b, negate] = exprs::<B, 3>([row.sign_a, row.sign_b, row.negate]);
    // A wrong sign: a quotient is negative iff the signs differ, a remainder has the sign of a.
    let differ = sign_a.clone() + sign_b.clone() - sign_a.clone() * sign_b.double();
    b.assert_zero(negate.clone() - row.sdiv.into() * differ - row.smod.into() * sign_a);
    // The quotient for the remainder, a wrong sign, or not 0 where b = 0.
    let (weight_q, weight_r): (B::Expr, B::Expr) = (row.weight_q.into(), row.weight_r.into());
    let weight = (one.clone() - negate.double()) * (one.clone() - row.zero.into());
    b.assert_zero(weight_q.clone() - (row.div.into() + row.sdiv.into()) * weight.clone());
    b.assert_zero(weight_r.clone() - (row.modulo.into() + row.smod.into()) * weight);

    // 2^256 - x: limbs 0 below the pivot, 2^16 - x_i at it, 2^16 - 1 - x_i above; so the result has 16-bit limbs. `from` is 1 at the pivot and above.
    let (mut from, mut pivot) = (B::Expr::ZERO, B::Expr::ZERO);
    for i in 0..LIMBS {
        let signed = weight_q.clone() * row.quotient[i].into() + weight_r.clone() * row.remainder[i].into();
        // Two pivots, or a fraction of one.
        b.assert_bool(row.pivots[i]);
        let borrow = from.clone();
        from += row.pivots[i].into();
        // A pivot above the first limb that is not 0, or none where there is such a limb.
        b.assert_zero((negate.clone() - from.clone()) * signed.clone());
        pivot += row.pivots[i].into() * signed.clone();
        // A wrong limb.
        b.assert_zero(row.result[i].into() - signed - from.clone() * int::<B>(1 << 16) + borrow);
    }
    b.assert_bool(from.clone());
    // A pivot where nothing is negated.
    b.assert_zero(from.clone() * (one - negate));
    // A pivot at a limb that is 0 (which would make a limb of 2^16).
    b.assert_zero(row.pivot.into() - pivot);
    b.assert_zero(row.pivot.into() * row.inverse.into() - from);
}
