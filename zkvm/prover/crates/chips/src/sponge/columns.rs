use crate::columns;
use crate::columns::{LIMBS, Operand, State};
use crate::keccak::RATE_LIMBS;

/// Chunks of 32 bytes that a block touches; of the last only the first 8 bytes.
pub const CHUNKS: usize = 5;

/// A row of the sponge chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SpongeCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// State received.
    pub state: State<T>,
    /// Operand a: the offset.
    pub a: Operand<T>,
    /// Operand b: the length.
    pub b: Operand<T>,
    /// Gas field.
    pub gas: T,
    /// 1 if the message has chunk k.
    pub chunk: [T; CHUNKS],
    /// 32 chunks - length, below 32.
    pub slack: T,
    /// The message's limbs in Keccak's order of places: limb j holds bytes 2 j (high) and 2 j + 1 (low); 0 beyond the message.
    pub limbs: [T; RATE_LIMBS],
    /// Their low bytes.
    pub low: [T; RATE_LIMBS],
    /// One-hot with `odd`: the message ends before byte 2 j.
    pub even: [T; RATE_LIMBS],
    /// The message ends before byte 2 j + 1.
    pub odd: [T; RATE_LIMBS],
    /// The digest.
    pub result: [T; LIMBS],
    /// Low bytes of its limbs.
    pub result_low: [T; LIMBS],
    /// Reads of the wire.
    pub uses: T,
}

columns!(SpongeCols);
