//! HASH1 and HASH2: keccak256 of one or two words, straight from wires.
//!
//! Fills `bytes`; hands the padded block to the Keccak table.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::{HashAir, swapped};
pub use columns::HashCols;
pub use generate::{HashRows, keccak_limbs};
