//! BYTE and SIGNEXTEND: instructions that take an index of a byte.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ByteAir;
pub use columns::ByteCols;
pub use generate::ByteRows;
