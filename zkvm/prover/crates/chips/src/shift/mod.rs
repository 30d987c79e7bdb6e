//! SHL, SHR, SAR by any amount: one row each.
//!
//! The word is shifted left by `bits` < 16 within its limbs (17 limbs come out), then moved by whole limbs: left for SHL; right for SHR, whose amount is
//! 16 times the limbs moved, less `bits`. SAR of a negative word shifts the complement and complements the result.
//!
//! Fills `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ShiftAir;
pub use columns::ShiftCols;
pub use generate::ShiftRows;
