//! First and last message of each address of the memory argument (ISA 4.1): one row an address, strictly increasing.
//!
//! Consumes `memory`; fills `range`.

mod air;
mod columns;
#[cfg(test)]
mod tests;

pub use air::{BoundaryAir, generate};
pub use columns::BoundaryCols;
