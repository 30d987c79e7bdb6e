use crate::columns;
use crate::columns::{LIMBS, Operand, State};

/// A row of the digest chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct DigestCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// State received.
    pub state: State<T>,
    /// Operand a: the offset.
    pub a: Operand<T>,
    /// Operand b: the length, below 2^26 and not 0.
    pub b: Operand<T>,
    /// Gas field.
    pub gas: T,
    /// Length in words, rounded up: 32 words - length = slack < 2^5; words = words_low + 2^16 words_high, words_high < 2^6.
    pub words_low: T,
    /// See `words_low`.
    pub words_high: T,
    /// See `words_low`.
    pub slack: T,
    /// Gas charged after = gas_low + 2^16 gas_high, gas_high < 2^14.
    pub gas_low: T,
    /// See `gas_low`.
    pub gas_high: T,
    /// The digest.
    pub result: [T; LIMBS],
    /// Low bytes of its limbs.
    pub result_low: [T; LIMBS],
    /// Reads of the wire.
    pub uses: T,
}

columns!(DigestCols);
