use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::trace::Step;

use super::columns::CHUNKS;
use super::{LONGEST, SpongeCols};
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::finish::Stream;
use crate::keccak::{KeccakRows, RATE_LIMBS};
use crate::word::{limbs, limbs16};

/// Rows of the sponge chip.
#[derive(Clone, Debug, Default)]
pub struct SpongeRows(Rows);

impl SpongeRows {
    /// Whether the chip takes a message of this length.
    pub fn takes(length: U256) -> bool {
        length <= U256::from(LONGEST)
    }

    /// Appends the row of a SHA3 whose length it takes, and the permutation it needs; returns the range of memory to be streamed, if any.
    pub fn push(&mut self, step: &Step, ctx: &mut Context, keccak: &mut KeccakRows) -> Option<Stream> {
        let rom = ctx.row(step);
        let row = SpongeCols::view_mut(self.0.push(SpongeCols::<F>::WIDTH));
        row.real = F::ONE;
        ctx.state(&mut row.state, step);
        row.gas = F::from_u32(rom.gas);
        ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
        ctx.operand(&mut row.b, step.id, 1, step.region, step.operands[1]);
        let length = step.operands[1].as_limbs()[0] as usize;
        let offset = step.operands[0].as_limbs()[0] as u32;
        let chunks = length.div_ceil(32);
        for flag in &mut row.chunk[..chunks.min(CHUNKS)] {
            *flag = F::ONE;
        }
        row.slack = F::from_usize(32 * chunks - length);
        ctx.range_bits((32 * chunks - length) as u32, 5);
        let ends = if length.is_multiple_of(2) { &mut row.even } else { &mut row.odd };
        ends[length / 2] = F::ONE;
        let message = ctx.memory_bytes(step.frame, offset, length as u32);
        let mut block = [0; RATE_LIMBS];
        for (j, limb) in block.iter_mut().enumerate() {
            let byte = |k: usize| message.get(k).copied().unwrap_or(0);
            let (high, low) = (byte(2 * j), byte(2 * j + 1));
            let value = u16::from(high) * 256 + u16::from(low);
            row.limbs[j] = F::from_u16(value);
            row.low[j] = F::from_u8(low);
            ctx.limb_bytes(value);
            *limb = value.swap_bytes();
        }
        block[length / 2] += if length.is_multiple_of(2) { 1 } else { 256 };
        block[RATE_LIMBS - 1] += 0x8000;
        keccak.push(&block);
        row.result = limbs(step.result);
        row.result_low = limbs16(step.result).map(|limb| {
            ctx.limb_bytes(limb);
            F::from_u16(limb & 0xff)
        });
        row.uses = ctx.uses(step.region, step.id);
        (length != 0).then_some(Stream { frame: step.frame, clk: step.clk, offset, length: length as u32 })
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(SpongeCols::<F>::WIDTH, 2)
    }
}
