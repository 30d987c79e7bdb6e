use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::PreimageCols;
use super::columns::LANES;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};

/// Rows of the preimage chip.
#[derive(Clone, Debug, Default)]
pub struct PreimageRows(Rows);

impl PreimageRows {
    /// Appends the rows of a message.
    pub fn push(&mut self, clk: u32, message: &[u8], ctx: &mut Context) {
        let lanes = message.len().div_ceil(8);
        for (chunk, bytes) in message.chunks(32).enumerate() {
            let row = PreimageCols::view_mut(self.0.push(PreimageCols::<F>::WIDTH));
            row.real = F::ONE;
            row.clk = F::from_u32(clk);
            row.chunk = F::from_usize(chunk);
            row.sent = core::array::from_fn(|i| F::from_bool(LANES * chunk + i < lanes));
            let byte = |i: usize| bytes.get(i).copied().unwrap_or(0);
            for place in 0..LIMBS {
                let (high, low) = (byte(2 * (LIMBS - 1 - place)), byte(2 * (LIMBS - 1 - place) + 1));
                let limb = u16::from_be_bytes([high, low]);
                row.limbs[place] = F::from_u16(limb);
                row.low[place] = F::from_u8(low);
                ctx.limb_bytes(limb);
            }
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(PreimageCols::<F>::WIDTH, 2)
    }
}
