//! The bitwise AND of limbs that no mask settles: one row a pair of 16-bit values.
//!
//! Not a fixed table: a run pays for the pairs that it meets. Every row is true whatever its multiplicity, so rows need no flag.

mod air;
mod columns;
#[cfg(test)]
mod tests;

pub use air::LimbAndAir;
pub use columns::LimbAndCols;
