//! `MSIZE` and `GAS`: what a frame sees of its own memory size and gas (ISA 3.2, 3.3).
//!
//! A table of its own, for both are rare: most proofs do without it.
//!
//! Context: consumes `rom`, `uses`, `gas_given`; fills `range`, `gas_left`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ObserveAir;
pub use columns::ObserveCols;
pub use generate::ObserveRows;
pub(crate) use generate::{gas_left, limbs64};
