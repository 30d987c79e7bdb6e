//! AND, OR, XOR, NOT: one row each. A limb whose other operand's limb is 0 or 0xffff is settled in the row (masks); others are looked up on LIMB_AND.
//!
//! Fills `limb_ands`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::BitwiseAir;
pub use columns::BitwiseCols;
pub use generate::BitwiseRows;
