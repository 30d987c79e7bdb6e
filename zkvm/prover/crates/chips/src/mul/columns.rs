use crate::columns;
use crate::columns::{LIMBS, Operand};

/// Bytes of a word.
pub(crate) const BYTES: usize = 2 * LIMBS;

/// A carry between 16-bit positions of a product: low + 64 high, both bytes; so it is an integer from 0 to 16575.
///
/// (A value below 2^14 has such a form, and one look-up bounds it; that the form is not unique does no harm.)
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Carry<T> {
    /// The low part.
    pub low: T,
    /// The high part, in units of 64.
    pub high: T,
}

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MulCols<T> {
    /// 1 on a row that multiplies.
    pub real: T,
    /// 1 if it is an instruction; else it only answers PRODUCT.
    pub instruction: T,
    /// Queries of PRODUCT.
    pub products: T,
    /// Identifier of the instruction and its wire.
    pub id: T,
    /// Region time of its wire.
    pub region: T,
    /// Readers of the wire.
    pub uses: T,
    /// Operand a.
    pub a: Operand<T>,
    /// Operand b.
    pub b: Operand<T>,
    /// High bytes of the limbs of a.
    pub a_high: [T; LIMBS],
    /// High bytes of the limbs of b.
    pub b_high: [T; LIMBS],
    /// s_2i + 2^8 s_2i+1 + carry_{i-1} = result_i + 2^16 carry_i, where s_k is the sum of the products of bytes at positions that add to k.
    pub carries: [Carry<T>; LIMBS],
    /// a b modulo 2^256.
    pub result: [T; LIMBS],
}
columns!(MulCols);
