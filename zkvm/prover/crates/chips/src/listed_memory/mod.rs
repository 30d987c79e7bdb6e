//! SHA3 over memory, of messages whose digests the claim lists: one row an instruction; the message is held against the claim as log data is.
//!
//! Consumes `memory` (reads it); fills `range`, `listing`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ListedMemoryAir;
pub use columns::ListedMemoryCols;
pub use generate::{LENGTH_BITS, ListedMemoryRows};
