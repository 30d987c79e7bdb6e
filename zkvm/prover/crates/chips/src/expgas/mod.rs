//! EXPGAS: what an exponent costs by its length in bytes, one row an instruction.
//!
//! Fills `bytes`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ExpGasAir;
pub use columns::ExpGasCols;
pub use generate::ExpGasRows;
