use crate::columns;
use crate::columns::{LIMBS, Operand, State};

/// A row of the listed memory chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ListedMemoryCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// 1 if the message is not empty.
    pub some: T,
    /// State received.
    pub state: State<T>,
    /// Operand a: the offset.
    pub a: Operand<T>,
    /// Operand b: the length, below 2^20.
    pub b: Operand<T>,
    /// Gas field.
    pub gas: T,
    /// Entry of the listed hashes.
    pub entry: T,
    /// Length in words, rounded up: 32 words - length = slack < 2^5.
    pub words: T,
    /// See `words`.
    pub slack: T,
    /// Gas charged after = gas_low + 2^16 gas_high, gas_high < 2^14.
    pub gas_low: T,
    /// See `gas_low`.
    pub gas_high: T,
    /// The digest.
    pub result: [T; LIMBS],
    /// Reads of the wire.
    pub uses: T,
}

columns!(ListedMemoryCols);
