use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row of the hash chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct HashCols<T> {
    /// 1 if the row is a HASH1.
    pub is_one: T,
    /// 1 if the row is a HASH2.
    pub is_two: T,
    /// Identifier.
    pub id: T,
    /// Region time T.
    pub region: T,
    /// First word.
    pub a: Operand<T>,
    /// Second word; zero for HASH1.
    pub b: Operand<T>,
    /// Low bytes of the limbs of a.
    pub a_low: [T; LIMBS],
    /// Low bytes of the limbs of b.
    pub b_low: [T; LIMBS],
    /// The digest.
    pub result: [T; LIMBS],
    /// Low bytes of its limbs.
    pub result_low: [T; LIMBS],
    /// Reads of the wire.
    pub uses: T,
}

columns!(HashCols);
