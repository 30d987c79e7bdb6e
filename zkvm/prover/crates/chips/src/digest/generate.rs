use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::trace::Step;

use super::DigestCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::finish::Stream;
use crate::word::{limbs, limbs16};

/// The length is below 2 to this.
pub const LENGTH_BITS: u32 = 26;

/// Rows of the digest chip.
#[derive(Clone, Debug, Default)]
pub struct DigestRows(Rows);

impl DigestRows {
    /// Whether the chip takes a message of this length.
    pub fn takes(length: U256) -> bool {
        !length.is_zero() && length < U256::ONE << LENGTH_BITS as usize
    }

    /// Appends the row of a SHA3 whose length it takes; returns the range of memory to be streamed, and its bytes.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) -> (Stream, Vec<u8>) {
        let rom = ctx.row(step);
        let row = DigestCols::view_mut(self.0.push(DigestCols::<F>::WIDTH));
        row.real = F::ONE;
        ctx.state(&mut row.state, step);
        row.gas = F::from_u32(rom.gas);
        ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
        ctx.operand(&mut row.b, step.id, 1, step.region, step.operands[1]);
        let [offset, length] = [step.operands[0], step.operands[1]].map(|word| word.as_limbs()[0] as u32);
        let words = length.div_ceil(32);
        let charged = (step.gas + step.charge) as u32;
        ctx.range_bits(length >> 16, LENGTH_BITS - 16);
        for (cell, value) in [
            (&mut row.words_low, words & 0xffff),
            (&mut row.words_high, words >> 16),
            (&mut row.slack, 32 * words - length),
            (&mut row.gas_low, charged & 0xffff),
            (&mut row.gas_high, charged >> 16),
        ] {
            *cell = F::from_u32(value);
        }
        ctx.range16(words & 0xffff);
        ctx.range_bits(words >> 16, LENGTH_BITS - 20);
        ctx.range_bits(32 * words - length, 5);
        ctx.range16(charged & 0xffff);
        ctx.range_bits(charged >> 16, 14);
        row.result = limbs(step.result);
        row.result_low = limbs16(step.result).map(|limb| {
            ctx.limb_bytes(limb);
            F::from_u16(limb & 0xff)
        });
        row.uses = ctx.uses(step.region, step.id);
        let message = ctx.memory_bytes(step.frame, offset, length);
        (Stream { frame: step.frame, clk: step.clk, offset, length }, message)
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(DigestCols::<F>::WIDTH, 2)
    }
}
