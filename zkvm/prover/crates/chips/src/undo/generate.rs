use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::FIRST_BOUND;
use super::columns::UndoCols;
use crate::bus::{F, TICKS};
use crate::context::{Context, Rows, SlotState};
use crate::word::limbs;

/// Rows of the chip under construction.
#[derive(Clone, Debug, Default)]
pub struct UndoRows {
    rows: Rows,
}

impl UndoRows {
    /// Undoes the stores of a doomed frame from `clk` on (4 after its last step) and takes its records from the context. Gives the frame's exit
    /// (4 after the last undo row) and the last bound. To be called when the frame ends, before the next frame's steps.
    pub fn push_frame(&mut self, frame: u32, clk: u32, ctx: &mut Context) -> (u32, u32) {
        let (own, others) = core::mem::take(&mut ctx.undo).into_iter().partition(|record| record.0 == frame);
        ctx.undo = others;
        let records: Vec<(u32, u32, u32, U256)> = own;
        let (mut clk, mut bound) = (clk, FIRST_BOUND);
        for (_, time, handle, old) in records.into_iter().rev() {
            let now = clk + 1;
            let before = ctx.storage.get(&handle).copied().unwrap_or(SlotState { time: 0, mark: 0, word: U256::ZERO, original: U256::ZERO });
            ctx.storage.insert(handle, SlotState { time: now, word: old, ..before });
            let c = UndoCols::view_mut(self.rows.push(UndoCols::<F>::WIDTH));
            c.real = F::ONE;
            c.frame = F::from_u32(frame);
            c.clk = F::from_u32(clk);
            c.bound = F::from_u32(bound);
            ctx.previous(&mut c.record, time, bound);
            c.handle = F::from_u32(handle);
            c.old = limbs(old);
            ctx.previous(&mut c.previous, before.time, now);
            c.mark = F::from_u32(before.mark);
            c.current = limbs(before.word);
            bound = time;
            clk += TICKS;
        }
        (clk, bound)
    }

    /// The table; none if there are no rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(UndoCols::<F>::WIDTH, 2)
    }
}
