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
pub struct MulRows(Rows);

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
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = MulCols::view_mut(self.0.push(MulCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        columns.real = F::ONE;
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);
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
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(MulCols::<F>::WIDTH, 2)
    }
}
