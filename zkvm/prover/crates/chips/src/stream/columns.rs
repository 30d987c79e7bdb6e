use crate::columns;
use crate::columns::{LIMBS, Previous};

/// A row of the stream chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct StreamCols<T> {
    /// 1 if the row begins a stream.
    pub first: T,
    /// 1 if the row goes on with one.
    pub further: T,
    /// Frame.
    pub frame: T,
    /// Clock of the instruction that asks.
    pub clk: T,
    /// DATA, PREIMAGE, LOADED or CHUNK.
    pub tag: T,
    /// Key of the chunks on the claim bus: clk, or an entry of the listed hashes.
    pub key: T,
    /// Chunk index, 0 in the first row.
    pub index: T,
    /// Memory word.
    pub word: T,
    /// First row: offset low = 32 position, position < 2^11.
    pub position: T,
    /// First row: offset high; word = position + 2^11 high.
    pub high: T,
    /// Bytes from here to the end: 32 + rest.
    pub rest: T,
    /// rest = rest_low + 2^16 rest_high, rest_high < 2^14.
    pub rest_low: T,
    /// See `rest_low`.
    pub rest_high: T,
    /// 1 if rest > 0.
    pub more: T,
    /// Inverse of rest, if there is more.
    pub inverse: T,
    /// Previous access of the word.
    pub previous: Previous<T>,
    /// The word.
    pub limbs: [T; LIMBS],
}

columns!(StreamCols);
