//! Memory held against the claim (or sent to a SHA3) in whole aligned words: one row a word. What is unaligned or partial is the copy chip's.
//!
//! Consumes `memory` (by `touch`); fills `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::StreamAir;
pub use columns::StreamCols;
pub use generate::{Part, StreamRows};
