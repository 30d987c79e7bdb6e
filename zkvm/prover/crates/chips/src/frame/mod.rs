//! One row a frame: the claim's call and result, the entry into the program, the end, the turn of the next call (ISA 5).
//!
//! Consumes `frames`, `gas_given`; fills `gas_left`, `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::FrameAir;
pub use columns::FrameCols;
pub use generate::{FrameEnd, FrameRows, sentry};
