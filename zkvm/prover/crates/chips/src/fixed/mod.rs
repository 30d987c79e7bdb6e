//! The fixed tables: 16-bit values and byte pairs (folded, 16 entries a row), and the 4-bit AND table.

mod air;
#[cfg(test)]
mod tests;

pub use air::{NibblesAir, RangeAir};

/// Entries in one row of the range table.
pub const FOLD: usize = 16;
