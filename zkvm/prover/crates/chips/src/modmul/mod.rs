//! ADDMOD and MULMOD: a + b or a b = q n + r over the integers, r < n; 0 if n = 0.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ModMulAir;
pub use columns::ModMulCols;
pub use generate::ModMulRows;
