//! SHL, SHR and SAR by any amount.
//!
//! A shift to the left by s = 16 L + 8 byte + k multiplies by 2^k, moves by a byte or not, and moves by L limbs. A shift to the right by
//! s = 16 L - 8 byte - k does the same but for the last step, which goes L limbs to the right: so both share the product, whose limb 16 is filled with the sign.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ShiftAir;
pub use columns::ShiftCols;
pub use generate::ShiftRows;
