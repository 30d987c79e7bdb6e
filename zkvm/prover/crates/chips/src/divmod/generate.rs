use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::columns::DivModCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::mul::{bytes_of, fill_bytes, fill_carry};
use crate::word::{limbs, limbs16};

/// Rows of the divisions.
#[derive(Clone, Debug, Default)]
pub struct DivModRows(Rows);

/// Fills the mark and gap that show x < y; returns the gap.
pub(crate) fn fill_below(marks: &mut [F; LIMBS], gap: &mut F, x: U256, y: U256) -> u32 {
    let (x, y) = (limbs16(x), limbs16(y));
    let mut value = 0;
    if let Some(i) = (0..LIMBS).rev().find(|&i| x[i] != y[i]) {
        marks[i] = F::ONE;
        value = u32::from(y[i].saturating_sub(x[i]).saturating_sub(1));
        *gap = F::from_u32(value);
    }
    value
}

impl DivModRows {
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = DivModCols::view_mut(self.0.push(DivModCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        let signed = matches!(step.op, isa::SDIV | isa::SMOD);
        let quotient = matches!(step.op, isa::DIV | isa::SDIV);
        let flag = match step.op {
            isa::DIV => &mut columns.div,
            isa::MOD => &mut columns.modulo,
            isa::SDIV => &mut columns.sdiv,
            _ => &mut columns.smod,
        };
        *flag = F::ONE;
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);

        let negative = |word: U256| signed && word.bit(255);
        let magnitude = |word: U256| if negative(word) { word.wrapping_neg() } else { word };
        if signed {
            for word in [a, b] {
                ctx.range16(u32::from(limbs16(word)[LIMBS - 1] & 0x7fff) * 2);
            }
        }
        columns.sign_a = F::from_bool(negative(a));
        columns.sign_b = F::from_bool(negative(b));
        columns.zero = F::from_bool(b.is_zero());
        let (x, d) = (magnitude(a), magnitude(b));
        let (q, r) = if d.is_zero() { (U256::ZERO, x) } else { x.div_rem(d) };
        columns.divisor = limbs(d);
        columns.quotient = limbs(q);
        columns.remainder = limbs(r);
        fill_bytes(&mut columns.quotient_high, q, ctx);
        fill_bytes(&mut columns.divisor_high, d, ctx);
        ctx.range_word(r);
        carries(columns, a, negative(a), q, d, r, ctx);
        let gap = if b.is_zero() { 0 } else { fill_below(&mut columns.marks, &mut columns.gap, r, d) };
        ctx.range16(gap);

        let negate = if quotient { negative(a) != negative(b) } else { negative(a) };
        let unit = if b.is_zero() {
            F::ZERO
        } else if negate {
            -F::ONE
        } else {
            F::ONE
        };
        columns.negate = F::from_bool(negate);
        columns.weight_q = unit * F::from_bool(quotient);
        columns.weight_r = unit * F::from_bool(!quotient);
        let value = match (b.is_zero(), quotient) {
            (true, _) => U256::ZERO,
            (false, true) => q,
            (false, false) => r,
        };
        if negate && let Some(i) = limbs16(value).iter().position(|&limb| limb != 0) {
            columns.pivots[i] = F::ONE;
            columns.pivot = -F::from_u16(limbs16(value)[i]);
            columns.inverse = columns.pivot.inverse();
        }
        columns.result = limbs(if negate { value.wrapping_neg() } else { value });
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(DivModCols::<F>::WIDTH, 2)
    }
}

/// Fills the carries of q d + r = |a|.
fn carries(columns: &mut DivModCols<F>, a: U256, negative: bool, q: U256, d: U256, r: U256, ctx: &mut Context) {
    let (a, r) = (limbs16(a).map(i64::from), limbs16(r).map(i64::from));
    let (q, d) = (bytes_of(q), bytes_of(d));
    let at = |k: usize| -> i64 { (0..=k).map(|i| i64::from(q[i] * d[k - i])).sum() };
    let mut carry = 0;
    for i in 0..LIMBS - 1 {
        let target = if negative { -a[i] } else { a[i] };
        carry = (at(2 * i) + (at(2 * i + 1) << 8) + r[i] + carry - target) >> 16;
        fill_carry(&mut columns.carries[i], carry as u32, ctx);
    }
}
