use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::{U256, U512};
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::air::OFFSET;
use super::columns::ModMulCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::divmod::fill_below;
use crate::mul::{BYTES, bytes_of, fill_bytes, fill_carry};
use crate::word::{limbs, limbs16};

/// Rows of ADDMOD and MULMOD.
#[derive(Clone, Debug, Default)]
pub struct ModMulRows(Rows);

/// Low and high word.
fn halves(value: U512) -> [U256; 2] {
    let limbs = value.as_limbs();
    [0, 4].map(|start| U256::from_limbs(core::array::from_fn(|i| limbs[start + i])))
}

fn wide(word: U256) -> U512 {
    let mut parts = [0; 8];
    parts[..4].copy_from_slice(word.as_limbs());
    U512::from_limbs(parts)
}

impl ModMulRows {
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = ModMulCols::view_mut(self.0.push(ModMulCols::<F>::WIDTH));
        let [a, b, n] = step.operands;
        let (add, zero) = (step.op == isa::ADDMOD, n.is_zero());
        columns.add = F::from_bool(add);
        columns.mul = F::from_bool(!add);
        columns.zero = F::from_bool(zero);
        columns.sum = F::from_bool(add && !zero);
        columns.product = F::from_bool(!add && !zero);
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);
        ctx.operand(&mut columns.n, step.id, 2, step.region, n);
        fill_bytes(&mut columns.a_high, a, ctx);
        fill_bytes(&mut columns.b_high, b, ctx);
        fill_bytes(&mut columns.n_high, n, ctx);

        let left = if add { wide(a) + wide(b) } else { wide(a) * wide(b) };
        let (q, r) = if zero { (U512::ZERO, U512::ZERO) } else { left.div_rem(wide(n)) };
        let (q, r) = (halves(q), halves(r)[0]);
        for (word, &value) in q.iter().enumerate() {
            columns.quotient[word] = limbs(value);
            fill_bytes(&mut columns.quotient_high[word], value, ctx);
        }
        columns.result = limbs(r);
        ctx.range_word(r);
        carries(columns, (!zero).then_some(add), [a, b, n, r], q, ctx);
        let gap = if zero { 0 } else { fill_below(&mut columns.marks, &mut columns.gap, r, n) };
        ctx.range16(gap);
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ModMulCols::<F>::WIDTH, 2)
    }
}

/// Fills the carries; `add` is none where the left side is 0.
fn carries(columns: &mut ModMulCols<F>, add: Option<bool>, [a, b, n, r]: [U256; 4], q: [U256; 2], ctx: &mut Context) {
    let q: Vec<u32> = q.into_iter().flat_map(bytes_of).collect();
    let (x, y, n) = (bytes_of(a), bytes_of(b), bytes_of(n));
    let at = |x: &[u32], y: &[u32], k: usize| -> i64 { (0..=k).filter(|&i| i < x.len() && k - i < BYTES).map(|i| i64::from(x[i] * y[k - i])).sum() };
    let pair = |x: &[u32], y: &[u32], i: usize| at(x, y, 2 * i) + (at(x, y, 2 * i + 1) << 8);
    let (a, b, r) = (limbs16(a), limbs16(b), limbs16(r));
    let mut carry = 0;
    for i in 0..2 * LIMBS - 1 {
        let mut difference = carry - pair(&q, &n, i);
        if add == Some(false) {
            difference += pair(&x, &y, i);
        }
        if i < LIMBS {
            difference -= i64::from(r[i]);
            if add == Some(true) {
                difference += i64::from(a[i]) + i64::from(b[i]);
            }
        }
        carry = difference >> 16;
        fill_carry(&mut columns.carries[i], (carry + i64::from(OFFSET)) as u32, ctx);
    }
}
