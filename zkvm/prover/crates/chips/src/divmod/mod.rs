//! DIV, MOD, SDIV and SMOD: |a| = q |b| + r, then the sign.
//!
//! The magnitude of a is never written down: a negative a enters the equation as q |b| + r + a = 2^256.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::DivModAir;
pub use columns::DivModCols;
pub use generate::DivModRows;

pub(crate) use air::below;
pub(crate) use generate::fill_below;
