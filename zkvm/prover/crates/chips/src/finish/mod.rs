//! The last row of a frame: STOP, RETURN, REVERT, HALT, arrival at identifier 0, out of gas (ISA 5.3).
//!
//! Fills `range`, `gas_left` (out of gas), `executions` of the instruction at which gas runs out.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::FinishAir;
pub use columns::FinishCols;
pub use generate::{Arrival, FinishRows, Stream};
