use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row of the listed words chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ListedWordsCols<T> {
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
    /// Second word (HASH2).
    pub b: Operand<T>,
    /// Entry of the listed hashes.
    pub entry: T,
    /// The digest.
    pub result: [T; LIMBS],
    /// Reads of the wire.
    pub uses: T,
}

columns!(ListedWordsCols);
