use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row. The index is *inside* (below 32), or one of `low` and `high` is 1.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ByteCols<T> {
    /// 1 on a BYTE.
    pub byte: T,
    /// 1 on a SIGNEXTEND.
    pub extend: T,
    /// Identifier of the instruction and its wire.
    pub id: T,
    /// Region time of its wire.
    pub region: T,
    /// Readers of the wire.
    pub uses: T,
    /// Operand a: the index.
    pub a: Operand<T>,
    /// Operand b: the word.
    pub b: Operand<T>,
    /// High bytes of the limbs of b.
    pub b_high: [T; LIMBS],
    /// 1 if limb 0 of the index is shown to be 32 or more.
    pub low: T,
    /// 1 if limbs 1.. of the index are shown not to be all 0.
    pub high: T,
    /// 1 / (sum of limbs 1.. of the index) where `high`; else without meaning.
    pub inverse: T,
    /// 1 at the byte meant, from the least significant: a of a SIGNEXTEND, 31 - a of a BYTE. All 0 if the index is not inside.
    pub marks: [T; 2 * LIMBS],
    /// The byte meant, or 0.
    pub chosen: T,
    /// Its most significant bit on a SIGNEXTEND, else 0.
    pub sign: T,
    /// The result.
    pub result: [T; LIMBS],
}
columns!(ByteCols);
