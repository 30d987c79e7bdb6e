use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::columns::ObserveCols;
use crate::bus::F;
use crate::context::{Context, Rows};

/// Rows of the chip under construction.
#[derive(Clone, Debug, Default)]
pub struct ObserveRows {
    rows: Rows,
}

/// Gas left at (frame, g, w) (ISA 3.2): whether it is negative, and its absolute value. Counts the query on the gas chip.
pub(crate) fn gas_left(ctx: &mut Context, frame: u32, gas: u64, words: u32) -> (bool, u64) {
    let memory = 3 * u64::from(words) + ((u64::from(words) * u64::from(words)) >> 9);
    let left = i128::from(ctx.gas_given.get(&frame).copied().unwrap_or(0)) - i128::from(gas) - i128::from(memory);
    *ctx.gas_left.entry((frame, gas as u32, words)).or_default() += 1;
    (left < 0, left.unsigned_abs() as u64)
}

/// Limbs of a 64-bit number.
pub(crate) fn limbs64(value: u64) -> [F; 4] {
    core::array::from_fn(|i| F::from_u16((value >> (16 * i)) as u16))
}

impl ObserveRows {
    /// Adds the row of an `MSIZE` or a `GAS`.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        let rom = ctx.row(step);
        let c = ObserveCols::view_mut(self.rows.push(ObserveCols::<F>::WIDTH));
        ctx.state(&mut c.state, step);
        c.charge = F::from_u32(rom.gas);
        c.uses = ctx.uses(step.region, step.id);
        if step.op == isa::MSIZE {
            c.size = F::ONE;
            c.limbs = limbs64(32 * u64::from(step.words));
            let low = step.words & 0x7ff;
            c.low = F::from_u32(low);
            ctx.range16(low);
            ctx.range16(32 * low);
            ctx.range16(step.words >> 11 & 0xffff);
        } else {
            c.gas = F::ONE;
            let (_, left) = gas_left(ctx, step.frame, step.gas + u64::from(rom.gas), step.words);
            c.limbs = limbs64(left);
        }
    }

    /// The table; none if there are no rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(ObserveCols::<F>::WIDTH, 2)
    }
}
