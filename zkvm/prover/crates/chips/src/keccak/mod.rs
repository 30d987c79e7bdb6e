//! Keccak permutations: the stock table of `p3-keccak-air`, with one message a permutation whose state begins with zero capacity.
//!
//! The message on KECCAK is the 68 limbs of the rate before the permutation and the 16 limbs of the digest after it, in Keccak's own byte order
//! (limb = byte 2 j + 256 byte 2 j + 1). Limbs are 16-bit by the table's own constraints: they are sums of bits.

mod air;

pub use air::{KeccakRows, KeccakTable, RATE_LIMBS};
