//! Undo of the stores of doomed frames (ISA 5.2): one row a record, after the frame's last instruction, from the last store to the first.
//!
//! The frame's row sends the chain message (frame, clk, 2^29 - 1) and receives (frame, exit, last time); each undo row takes one record of the frame whose
//! time is below the bound, and passes the record's time on as the next bound. All records must be consumed for the undo bus to balance, and times
//! fall, so the order is the reverse of the stores'.
//!
//! An undo row keeps the slot's mark. Its frame is a whole call, whose end comes next: a later call has another number, so the slot is cold there whatever
//! the mark says, and the word before that call's first access, its original value, is the one that this row writes back.
//! (With inner frames a slot that only a failed frame touched is cold again for its caller: then the mark has to be in the record. *later*)
//!
//! Context: consumes `undo`; changes `storage`; fills `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::UndoAir;
pub use columns::UndoCols;
pub use generate::UndoRows;

/// First bound of a frame's chain: above every time.
pub const FIRST_BOUND: u32 = (1 << 29) - 1;
