//! AND of 16-bit limbs: one row a pair of limbs that a run needs, over the 4-bit table.
//!
//! Consumes `limb_ands`; fills `nibbles`.

mod air;
#[cfg(test)]
mod tests;

pub use air::{LimbAndAir, LimbAndCols, generate};
