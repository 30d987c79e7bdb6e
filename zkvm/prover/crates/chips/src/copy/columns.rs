use crate::columns;
use crate::columns::{LIMBS, Operand, State};

/// A row of the copy chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct CopyCols<T> {
    /// 1 if the row is an MLOAD.
    pub is_load: T,
    /// 1 if the row is an MSTORE.
    pub is_store: T,
    /// 1 if the row is an MSTORE8.
    pub is_byte: T,
    /// 1 if the row is an MCOPY.
    pub is_memory: T,
    /// 1 if the row is a CODECOPY.
    pub is_code: T,
    /// 1 if the row is a CALLDATACOPY.
    pub is_calldata: T,
    /// State received.
    pub state: State<T>,
    /// Operand a: the destination; MLOAD: the source.
    pub a: Operand<T>,
    /// Operand b: the word of MSTORE and MSTORE8, the source of copies.
    pub b: Operand<T>,
    /// Operand c: the length of copies.
    pub c: Operand<T>,
    /// Gas field.
    pub gas: T,
    /// Call of the frame (CODECOPY, CALLDATACOPY).
    pub call: T,
    /// Account of the frame (not used here).
    pub account: T,
    /// Doomed flag of the frame (not used here).
    pub doomed: T,
    /// Sentry flag of the frame (not used here).
    pub sentry: T,
    /// MLOAD: the result. MSTORE, MSTORE8: operand b. Else 0.
    pub word: [T; LIMBS],
    /// Reads of the wire that MLOAD gives.
    pub uses: T,
    /// a's lowest limb = 32 position + first, position < 2^11, first < 2^5 (not MLOAD).
    pub position: T,
    /// See `position`.
    pub first: T,
    /// 1 if there are bytes to be moved to memory.
    pub active: T,
    /// Inverse of the length of a copy, if it is not 0.
    pub inverse: T,
    /// Length in bytes: 32 for MSTORE, 1 for MSTORE8, c for copies.
    pub length: T,
    /// Length in words, rounded up (copies): 32 words - length = slack < 2^5; words = words_low + 2^16 words_high, words_high < 2^6.
    pub words_low: T,
    /// See `words_low`.
    pub words_high: T,
    /// See `words_low`.
    pub slack: T,
    /// Gas charged after a copy = gas_low + 2^16 gas_high, gas_high < 2^14.
    pub gas_low: T,
    /// See `gas_low`.
    pub gas_high: T,
    /// MCOPY: source word. CODECOPY, CALLDATACOPY: source offset, or 2^29 if it is far. Else 0.
    pub asked: T,
    /// MCOPY: source byte. MSTORE8: 31. Else 0.
    pub byte: T,
    /// MCOPY: b's lowest limb = 32 source_position + byte.
    pub source_position: T,
    /// CODECOPY, CALLDATACOPY: 1 if an upper limb of b is not 0.
    pub far_high: T,
    /// CODECOPY, CALLDATACOPY: 1 if b's second limb is 2^13 or more.
    pub far_middle: T,
    /// Inverse of the sum of the upper limbs if far_high.
    pub far_inverse: T,
    /// 1 if the source is near: is_code + is_calldata - far_high - far_middle.
    pub near: T,
    /// Call if the source is the claim's, else 0.
    pub label: T,
}

columns!(CopyCols);
