use crate::columns;
use crate::keccak::{RATE_LIMBS, STATE_LIMBS};

/// Lanes of a block.
pub const BLOCK_LANES: usize = RATE_LIMBS / 4;
/// Bytes of a block.
pub const BLOCK_BYTES: usize = 2 * RATE_LIMBS;

/// A row of the absorb chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct AbsorbCols<T> {
    /// 1 if the row is a block that another follows.
    pub more: T,
    /// 1 if the row is a message's last block.
    pub last: T,
    /// Clock of the SHA3.
    pub clk: T,
    /// Index of the block.
    pub block: T,
    /// Bytes of the message from this block on.
    pub remaining: T,
    /// State before.
    pub before: [T; STATE_LIMBS],
    /// 1 if the lane is taken from the message; else it is zero.
    pub there: [T; BLOCK_LANES],
    /// The message's limbs, in Keccak's order.
    pub message: [T; RATE_LIMBS],
    /// AND of the state's limbs and the padded message's.
    pub both: [T; RATE_LIMBS],
    /// One-hot with `odd` on last rows: the message ends before byte 2 j of the block.
    pub even: [T; RATE_LIMBS],
    /// The message ends before byte 2 j + 1.
    pub odd: [T; RATE_LIMBS],
    /// State after the permutation.
    pub after: [T; STATE_LIMBS],
}

columns!(AbsorbCols);
