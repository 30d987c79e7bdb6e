use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::trace::Status;

use super::FrameCols;
use super::air::{STIPEND, UNDO_BOUND};
use crate::bus::F;
use crate::context::{Context, Rows};

/// What a frame's row needs to know of its end.
#[derive(Clone, Copy, Debug)]
pub struct FrameEnd {
    /// Clock of the entry.
    pub entry: u32,
    /// Shifted identifier of the program's first instruction.
    pub program: u32,
    /// Gas given.
    pub given: u64,
    /// Gas left, 0 if it halts.
    pub left: u64,
    /// Outcome.
    pub status: Status,
    /// Clock of the end instruction.
    pub end: u32,
    /// Gas charged at the end.
    pub gas: u32,
    /// Memory words at the end.
    pub words: u32,
    /// Output length.
    pub length: u32,
    /// Clock at which the next call may start.
    pub exit: u32,
    /// Time of the undo record undone last, if any.
    pub last_undo: Option<u32>,
}

/// Whether no SSTORE of a frame with this much gas left at its end (none if it halts) needs the check of ISA 3.5.
pub fn sentry(left: u64) -> bool {
    left > u64::from(STIPEND)
}

/// Rows of the frame chip.
#[derive(Clone, Debug, Default)]
pub struct FrameRows {
    rows: Rows,
    entries: Vec<u32>,
}

impl FrameRows {
    /// Appends a frame's row. `ctx.frame_info` of the frame must be set.
    pub fn push(&mut self, end: &FrameEnd, ctx: &mut Context) {
        let info = ctx.frame_info[&end.entry];
        self.entries.push(end.entry);
        let row = FrameCols::view_mut(self.rows.push(FrameCols::<F>::WIDTH));
        *match end.status {
            Status::Success => &mut row.is_success,
            Status::Revert => &mut row.is_revert,
            Status::Halt => &mut row.is_halt,
        } = F::ONE;
        let digits = |value: u64| -> [F; 4] { core::array::from_fn(|i| F::from_u64(value >> (16 * i) & 0xffff)) };
        row.call = F::from_u32(info.call);
        row.entry = F::from_u32(end.entry);
        row.program = F::from_u32(end.program);
        row.account = F::from_u32(info.account);
        row.given = digits(end.given);
        row.left = digits(end.left);
        row.end = F::from_u32(end.end);
        row.gas = F::from_u32(end.gas);
        row.words = F::from_u32(end.words);
        row.length_low = F::from_u32(end.length & 0xffff);
        row.length_high = F::from_u32(end.length >> 16);
        row.exit = F::from_u32(end.exit);
        row.bound = F::from_u32(end.last_undo.unwrap_or(UNDO_BOUND));
        row.sentry = F::from_bool(info.sentry);
        if info.sentry {
            if end.left >> 16 != 0 {
                row.sentry_high = F::ONE;
            } else {
                row.sentry_low = F::ONE;
                ctx.range16((end.left as u32 & 0xffff) - STIPEND - 1);
            }
        }
        row.inverse = row.left[1..].iter().copied().sum::<F>().try_inverse().unwrap_or(F::ZERO);
        if end.status != Status::Halt {
            *ctx.gas_left.entry((end.entry, end.gas, end.words)).or_default() += 1;
        }
    }

    /// The table; `given` are the queries of GIVEN by frame.
    pub fn finish(mut self, ctx: &Context, given: &std::collections::HashMap<u32, u32>) -> Option<RowMajorMatrix<F>> {
        for (i, entry) in self.entries.iter().enumerate() {
            let row = FrameCols::view_mut(&mut self.rows.cells[i * FrameCols::<F>::WIDTH..][..FrameCols::<F>::WIDTH]);
            row.uses = F::from_u32(ctx.frames.get(entry).copied().unwrap_or(0));
            row.given_uses = F::from_u32(given.get(entry).copied().unwrap_or(0));
        }
        self.rows.finish(FrameCols::<F>::WIDTH, 2)
    }
}
