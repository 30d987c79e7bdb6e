//! Keccak permutations: the stock table of `p3-keccak-air`, with one message a permutation whose state begins with zero capacity.
//!
//! The message on KECCAK is the 68 limbs of the rate before the permutation and the 16 limbs of the digest after it, in Keccak's own byte order
//! (limb = byte 2 j + 256 byte 2 j + 1). Limbs are 16-bit by the table's own constraints: they are sums of bits.
//! Messages of more than a block have a second table of the same kind, whose message on PERMUTATION is the whole state before and after.

mod air;
#[cfg(test)]
mod tests;

pub use air::{KeccakRows, KeccakTable, PermutationTable, RATE_LIMBS, STATE_LIMBS, state_lanes};
