//! MUL modulo 2^256: bytes inside.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::MulAir;
pub use columns::MulCols;
pub use generate::MulRows;

pub(crate) use air::{carry_value, convolution, limb_bytes};
pub(crate) use columns::{BYTES, Carry};
pub(crate) use generate::{bytes_of, fill_bytes, fill_carry};
