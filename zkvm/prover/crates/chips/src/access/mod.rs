//! Registers and aligned memory words: `GET`, `SET`, and `MLOAD`, `MSTORE` at offsets that are multiples of 32 (ISA 2.4, 4.1).
//!
//! Accesses at other offsets are the copy chip's, under the same instructions. One row makes one access of the memory argument:
//! reads at clk, writes at clk + 1. A row also has one message on the wire bus: readers give the word, writers look it up.
//!
//! Context: consumes `rom`, `uses`; changes `memory` (by `touch`); fills `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::AccessAir;
pub use columns::AccessCols;
pub use generate::AccessRows;
