//! `SLOAD` and `SSTORE` (ISA 3.5, 3.6, 4.2, 5.2), with the gas of every rule set.
//!
//! One row makes one access of the storage argument: loads at clk, stores at clk + 1 (the access reads the old word and writes the new one). The
//! message of an access holds the slot's mark: 1 + the call that touched it last, so an access is its call's first one iff the mark differs from
//! 1 + call. That one provides the ORIGINAL message; stores that depend on the original value look it up.
//!
//! Context: consumes `rom`, `uses`, `frame_info`, `handles`, `gas_given`; changes `storage` (filled with the words before the batch at the start), which
//! the slot chip reads at the end; fills `range`, `frames`, `slots`, `gas_left`, and `undo`, which the undo chip consumes. `originals` is not used: the
//! chip both provides and asks ORIGINAL messages and counts them itself.

mod air;
mod columns;
mod generate;
mod rules;
#[cfg(test)]
mod tests;

pub use air::StorageAir;
pub use columns::StorageCols;
pub use generate::StorageRows;
pub use rules::{Rules, supports};
