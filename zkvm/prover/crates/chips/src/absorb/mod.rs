//! The blocks of messages of more than a block: one row each, which pads, absorbs and permutes.
//!
//! The lanes come from the preimage chip; a chain of messages (bus ABSORB) leads from the digest chip over the blocks back to it. Fills `limb_ands`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::AbsorbAir;
pub use columns::AbsorbCols;
pub use generate::AbsorbRows;
