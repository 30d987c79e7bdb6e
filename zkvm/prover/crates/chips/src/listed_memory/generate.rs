use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::trace::Step;

use super::ListedMemoryCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::finish::Stream;
use crate::word::limbs;

/// The length is below 2 to this.
pub const LENGTH_BITS: u32 = 20;

/// Rows of the listed memory chip.
#[derive(Clone, Debug, Default)]
pub struct ListedMemoryRows(Rows);

impl ListedMemoryRows {
    /// Whether the chip takes a message of this length.
    pub fn takes(length: U256) -> bool {
        length < U256::ONE << LENGTH_BITS as usize
    }

    /// Appends the row of a SHA3 whose length it takes; gives the message's number, which is its entry until [`ListedMemoryRows::place`], and the range of
    /// memory to be held against it, if the message is not empty.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) -> (u32, Option<Stream>) {
        let rom = ctx.row(step);
        let [offset, length] = [step.operands[0], step.operands[1]].map(|word| word.as_limbs()[0] as u32);
        let entry = ctx.listing.note(ctx.memory_bytes(step.frame, offset, length));
        let row = ListedMemoryCols::view_mut(self.0.push(ListedMemoryCols::<F>::WIDTH));
        row.real = F::ONE;
        row.some = F::from_bool(length != 0);
        ctx.state(&mut row.state, step);
        row.gas = F::from_u32(rom.gas);
        ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
        ctx.operand(&mut row.b, step.id, 1, step.region, step.operands[1]);
        row.entry = F::from_u32(entry);
        let words = length.div_ceil(32);
        let charged = (step.gas + step.charge) as u32;
        row.words = F::from_u32(words);
        row.slack = F::from_u32(32 * words - length);
        row.gas_low = F::from_u32(charged & 0xffff);
        row.gas_high = F::from_u32(charged >> 16);
        ctx.range16((length >> 16) << (32 - LENGTH_BITS));
        ctx.range16(words);
        ctx.range_bits(32 * words - length, 5);
        ctx.range16(charged & 0xffff);
        ctx.range_bits(charged >> 16, 14);
        row.result = limbs(step.result);
        row.uses = ctx.uses(step.region, step.id);
        (entry, (length != 0).then_some(Stream { frame: step.frame, clk: step.clk, offset, length }))
    }

    /// Replaces the messages' numbers with their places in the claim.
    pub fn place(&mut self, places: &[u32]) {
        for cells in self.0.cells.chunks_exact_mut(ListedMemoryCols::<F>::WIDTH) {
            let row = ListedMemoryCols::view_mut(cells);
            row.entry = F::from_u32(places[row.entry.as_canonical_u32() as usize]);
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ListedMemoryCols::<F>::WIDTH, 2)
    }
}
