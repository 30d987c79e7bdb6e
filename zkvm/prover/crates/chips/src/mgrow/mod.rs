//! `MGROW`: active memory grows to cover a range, or the frame goes to 0 (ISA 3.4).
//!
//! Over the integers, with len > 0: last = off + len - 1 = 32 (first + 2^11 second) + rest, words = first + 2^11 second + 1. The sum is taken in two
//! pieces of 16 bits; limbs above them must be 0, or the range ends beyond 2^32 (but for off = 0, len = 2^32).
//!
//! Context: consumes `rom`; fills `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::MgrowAir;
pub use columns::MgrowCols;
pub use generate::MgrowRows;
