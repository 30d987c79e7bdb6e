use crate::columns;
use crate::columns::{LIMBS, Operand};

/// Powers of two that a row multiplies by: 2^0 .. 2^7.
pub const POWERS: usize = 8;

/// A row. It is *small* (the amount is below 256), or one of `low` and `high` is 1.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ShiftCols<T> {
    /// 1 on a SHL.
    pub shl: T,
    /// 1 on a SHR.
    pub shr: T,
    /// 1 on a SAR.
    pub sar: T,
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
    /// 1 if limb 0 of the amount is shown to be 256 or more.
    pub low: T,
    /// 1 if limbs 1.. of the amount are shown not to be all 0.
    pub high: T,
    /// 1 / (sum of limbs 1.. of the amount) where `high`; else without meaning.
    pub inverse: T,
    /// moves[L]: L limbs to the left, L in 0..16; moves[15 + L]: L limbs to the right, L in 1..=16. One 1 on small rows.
    pub moves: [T; 2 * LIMBS],
    /// powers[k]: the multiplier is 2^k. One 1 on small rows.
    pub powers: [T; POWERS],
    /// 1 to move by a byte. Without meaning on rows that are not small.
    pub byte: T,
    /// Low bytes of the product's limbs: 2^k b_i + carry_{i-1} = low_i + 2^8 high_i + 2^16 carry_i.
    pub product_low: [T; LIMBS],
    /// High bytes of the product's limbs.
    pub product_high: [T; LIMBS],
    /// Carries of the product, below 2^k.
    pub carries: [T; LIMBS],
    /// Limb 16 of the product moved by the byte: carry_15 and the high byte of limb 15 below the sign's fill.
    pub top: T,
    /// Sign bit of b on a SAR, else 0.
    pub sign: T,
    /// The result.
    pub result: [T; LIMBS],
}
columns!(ShiftCols);
