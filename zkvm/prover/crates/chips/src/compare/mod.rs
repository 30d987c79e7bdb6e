//! Comparisons: the pure LT GT SLT SGT EQ ISZERO, and the branches that compare, in one table.
//!
//! A row finds the most significant limb in which its operands differ and proves the sign of the difference there. A row of a branch also takes the machine
//! state and gives the next one; a pure row gives a wire and leaves the state columns zero but for `id` and `region`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::CompareAir;
pub use columns::{CompareCols, KINDS, Test};
pub use generate::CompareRows;
