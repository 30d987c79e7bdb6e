//! MUL modulo 2^256: one row each, over bytes.
//!
//! Fills `bytes`, `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::MulAir;
pub use columns::MulCols;
pub use generate::MulRows;
