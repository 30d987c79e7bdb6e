use crate::columns;
use crate::columns::LIMBS;

/// Lanes of a chunk.
pub const LANES: usize = 4;

/// A row of the preimage chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PreimageCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// Clock of the SHA3.
    pub clk: T,
    /// Index of the chunk.
    pub chunk: T,
    /// 1 if the lane is sent. One that is not is zero, as the absorb chip takes it to be.
    pub sent: [T; LANES],
    /// The chunk's limbs, as a word's.
    pub limbs: [T; LIMBS],
    /// Their low bytes.
    pub low: [T; LIMBS],
}

columns!(PreimageCols);
