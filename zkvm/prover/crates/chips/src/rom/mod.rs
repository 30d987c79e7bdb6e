//! The ROM (instructions of all programs) and the pool (their constants as wires of time 0).

mod air;

pub use air::{PoolAir, RomAir};
