//! Messages of more than a block as Keccak's lanes: one row a chunk of 32 bytes, which has four of them.
//!
//! The chunks come from the stream and window chips (tag PREIMAGE); the lanes go to the absorb chip. Fills `bytes`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::PreimageAir;
pub use columns::PreimageCols;
pub use generate::PreimageRows;
