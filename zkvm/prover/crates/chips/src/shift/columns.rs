use crate::columns;
use crate::columns::{LIMBS, Operand};

/// Places that a word can move right by, in limbs: 0 to 16.
pub const RIGHT: usize = LIMBS + 1;

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ShiftCols<T> {
    /// 1 on an SHL.
    pub is_left: T,
    /// 1 on an SHR.
    pub is_right: T,
    /// 1 on an SAR.
    pub is_signed: T,
    /// Identifier of the instruction and its wire.
    pub id: T,
    /// Region time of its wire.
    pub region: T,
    /// Readers of the wire.
    pub uses: T,
    /// Operand a: the amount.
    pub a: Operand<T>,
    /// Operand b: the word.
    pub b: Operand<T>,
    /// Highest bit of the word (SAR).
    pub sign: T,
    /// Highest limb of the word without that bit (SAR).
    pub rest: T,
    /// 1 on an SAR of a negative word.
    pub negative: T,
    /// The word, or its complement if negative.
    pub word: [T; LIMBS],
    /// One-hot: bits shifted left within limbs.
    pub bits: [T; LIMBS],
    /// word_i 2^bits = low_i + 2^16 high_i.
    pub low: [T; LIMBS],
    /// See `low`.
    pub high: [T; LIMBS],
    /// One-hot: limbs moved left.
    pub left: [T; LIMBS],
    /// One-hot: limbs moved right.
    pub right: [T; RIGHT],
    /// 1 if an upper limb of the amount is not 0: all bits leave.
    pub far: T,
    /// 1 if the amount's lowest limb is 256 or more: all bits leave.
    pub beyond: T,
    /// Inverse of the sum of the amount's upper limbs, if far.
    pub inverse: T,
    /// The shifted word, before it is complemented again.
    pub shifted: [T; LIMBS],
    /// The result.
    pub result: [T; LIMBS],
}

columns!(ShiftCols);
