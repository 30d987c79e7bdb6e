//! Tables that hold all there is, whoever asks: 16-bit values and byte pairs (folded, 16 entries a row), and the 4-bit AND table.

mod air;
#[cfg(test)]
mod tests;

pub use air::{NibblesAir, RangeAir};

/// Entries in one row of the range table.
pub const FOLD: usize = 16;
/// log2 of the range table's rows.
pub const RANGE_LOG_HEIGHT: usize = 12;
