use p3_field::PrimeCharacteristicRing;
use p3_keccak::KeccakF;
use p3_matrix::dense::RowMajorMatrix;
use p3_symmetric::Permutation;

use super::AbsorbCols;
use super::columns::{BLOCK_BYTES, BLOCK_LANES};
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::keccak::{KeccakRows, RATE_LIMBS, STATE_LIMBS, state_lanes};

/// Rows of the absorb chip.
#[derive(Clone, Debug, Default)]
pub struct AbsorbRows(Rows);

impl AbsorbRows {
    /// Appends the rows of a message, and the permutations they need.
    pub fn push(&mut self, clk: u32, message: &[u8], ctx: &mut Context, permutations: &mut KeccakRows) {
        let lanes = message.len().div_ceil(8);
        let mut state = [0_u16; STATE_LIMBS];
        for block in 0..=message.len() / BLOCK_BYTES {
            let rest = message.get(block * BLOCK_BYTES..).unwrap_or_default();
            let row = AbsorbCols::view_mut(self.0.push(AbsorbCols::<F>::WIDTH));
            let last = rest.len() < BLOCK_BYTES;
            *if last { &mut row.last } else { &mut row.more } = F::ONE;
            row.clk = F::from_u32(clk);
            row.block = F::from_usize(block);
            row.remaining = F::from_usize(rest.len());
            row.before = state.map(F::from_u16);
            row.there = core::array::from_fn(|i| F::from_bool(BLOCK_LANES * block + i < lanes));
            let byte = |i: usize| rest.get(i).copied().unwrap_or(0);
            let mut padded: [u16; RATE_LIMBS] = core::array::from_fn(|j| u16::from_le_bytes([byte(2 * j), byte(2 * j + 1)]));
            row.message = padded.map(F::from_u16);
            if last {
                let (at, high) = (rest.len() / 2, rest.len() % 2 == 1);
                *if high { &mut row.odd[at] } else { &mut row.even[at] } = F::ONE;
                padded[at] += if high { 256 } else { 1 };
                padded[RATE_LIMBS - 1] += 0x8000;
            }
            for (j, limb) in padded.into_iter().enumerate() {
                row.both[j] = F::from_u16(state[j] & limb);
                *ctx.limb_ands.entry((state[j], limb)).or_default() += 1;
                state[j] ^= limb;
            }
            permutations.push_state(&state);
            let mut lanes = state_lanes(&state);
            KeccakF.permute_mut(&mut lanes);
            state = core::array::from_fn(|i| (lanes[i / 4] >> (16 * (i % 4))) as u16);
            row.after = state.map(F::from_u16);
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(AbsorbCols::<F>::WIDTH, 2)
    }
}
