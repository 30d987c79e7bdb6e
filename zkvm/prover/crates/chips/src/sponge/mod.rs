//! SHA3 over memory, of messages that fit one Keccak block (up to 135 bytes).
//!
//! The message comes as chunks from the stream and window chips (tag PREIMAGE). Consumes `memory` (reads it); fills `range`, `bytes`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::SpongeAir;
pub use columns::SpongeCols;
pub use generate::SpongeRows;

/// Longest message in bytes: a block less one byte of padding.
pub const LONGEST: u64 = 135;
