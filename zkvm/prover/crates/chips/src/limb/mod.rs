//! 16-bit values and pairs of bytes that a run looks up: one row a value, by its bits.
//!
//! It stands for the range table where a run meets few values: that one has all of them, whoever asks. Every row is true whatever its
//! multiplicities, so rows need no flag.

mod air;
mod columns;
#[cfg(test)]
mod tests;

pub use air::LimbAir;
pub use columns::LimbCols;

/// Most rows that cost less than the range table: 33 cells each, auxiliary ones with them, where that one has 487,000.
pub const MOST: usize = 1 << 13;
