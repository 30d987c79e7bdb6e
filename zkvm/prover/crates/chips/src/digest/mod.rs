//! SHA3 over memory, of messages of more than a Keccak block: one row an instruction; the preimage and absorb chips do the work.
//!
//! Consumes `memory` (reads it); fills `range`, `bytes`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::DigestAir;
pub use columns::DigestCols;
pub use generate::{DigestRows, LENGTH_BITS};
