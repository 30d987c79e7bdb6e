//! ADD and SUB modulo 2^256, one row each; the carries are expressions.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::AddSubAir;
pub use columns::AddSubCols;
pub use generate::AddSubRows;
