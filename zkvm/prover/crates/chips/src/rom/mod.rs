//! The ROM (instructions of all programs) and the pool (their constants as wires of time 0).

mod air;
#[cfg(test)]
mod tests;

pub use air::{PoolAir, RomAir};
