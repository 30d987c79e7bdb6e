//! GAS_LEFT: what is left of a frame's gas at (g, w), with its sign (ISA 3.2).
//!
//! Consumes `gas_left` (the queries) and `gas_given`; fills `range`, `bytes`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::GasAir;
pub use columns::GasCols;
pub use generate::{gas_left, generate};
