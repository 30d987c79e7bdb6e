use std::collections::HashMap;

use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::trace::PureStep;

use super::columns::{BYTES, Carry, MulCols};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of MUL.
#[derive(Clone, Debug, Default)]
pub struct MulRows {
    rows: Rows,
    count: usize,
    /// Rows that answer PRODUCT, by their words.
    products: HashMap<(U256, U256), usize>,
}

/// Fills the high bytes of a word's limbs and counts the look-ups.
pub(crate) fn fill_bytes(high: &mut [F; LIMBS], word: U256, ctx: &mut Context) {
    for (cell, limb) in high.iter_mut().zip(limbs16(word)) {
        *cell = F::from_u16(limb >> 8);
        ctx.limb_bytes(limb);
    }
}

/// Fills a carry below 2^14 and counts its look-up.
pub(crate) fn fill_carry(columns: &mut Carry<F>, carry: u32, ctx: &mut Context) {
    let (low, high) = (carry % 64, carry / 64);
    columns.low = F::from_u32(low);
    columns.high = F::from_u32(high);
    ctx.limb_bytes((low | high << 8) as u16);
}

/// Little-endian bytes.
pub(crate) fn bytes_of(word: U256) -> [u32; BYTES] {
    word.to_le_bytes::<BYTES>().map(u32::from)
}

impl MulRows {
    /// Appends an instruction's row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let [a, b, _] = step.operands;
        let columns = self.multiply(a, b, ctx);
        columns.instruction = F::ONE;
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);
    }

    /// Answers one query of PRODUCT, by a new row if no other does; returns the product.
    pub fn product(&mut self, a: U256, b: U256, ctx: &mut Context) -> U256 {
        let row = match self.products.get(&(a, b)) {
            Some(&row) => row,
            None => {
                self.products.insert((a, b), self.count);
                self.multiply(a, b, ctx);
                self.count - 1
            }
        };
        MulCols::view_mut(self.rows.row(row, MulCols::<F>::WIDTH)).products += F::ONE;
        a.wrapping_mul(b)
    }

    fn multiply(&mut self, a: U256, b: U256, ctx: &mut Context) -> &mut MulCols<F> {
        self.count += 1;
        let columns = MulCols::view_mut(self.rows.push(MulCols::<F>::WIDTH));
        columns.real = F::ONE;
        (columns.a.limbs, columns.b.limbs) = (limbs(a), limbs(b));
        fill_bytes(&mut columns.a_high, a, ctx);
        fill_bytes(&mut columns.b_high, b, ctx);
        let (x, y) = (bytes_of(a), bytes_of(b));
        let at = |k: usize| -> u32 { (0..=k).map(|i| x[i] * y[k - i]).sum() };
        let mut carry = 0;
        for i in 0..LIMBS {
            carry = (at(2 * i) + (at(2 * i + 1) << 8) + carry) >> 16;
            fill_carry(&mut columns.carries[i], carry, ctx);
        }
        let result = a.wrapping_mul(b);
        columns.result = limbs(result);
        ctx.range_word(result);
        columns
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(MulCols::<F>::WIDTH, 2)
    }
}
