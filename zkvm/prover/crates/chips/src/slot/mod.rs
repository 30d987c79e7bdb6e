//! The claimed storage slots: one row a slot of the claim's list (ISA 4.2).
//!
//! A row puts the slot's word before the batch on the storage bus (time 0, mark 0), takes its last state off it, and provides the slot's handle.
//! Rows are unique because the claim has each handle once; handles stand for different (account, key) because the verifier builds the claim from a strictly sorted list.
//!
//! Context: consumes `slots` and `storage` (so call [`generate`] after the storage and undo chips); fills nothing.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::SlotAir;
pub use columns::SlotCols;
pub use generate::{Slot, generate};
