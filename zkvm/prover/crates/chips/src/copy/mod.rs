//! MCOPY, CODECOPY, CALLDATACOPY, MSTORE8, and MLOAD and MSTORE at offsets that are no multiple of 32: one row an instruction; the window chip moves the bytes.
//!
//! Consumes `frame_info`; fills `range`, `frames`; hands a [`Job`] to the window chip.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::CopyAir;
pub use columns::CopyCols;
pub use generate::CopyRows;
