use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MulCols<T> {
    /// 1 if the row is real.
    pub real: T,
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
    /// Low bytes of the limbs of a.
    pub a_low: [T; LIMBS],
    /// Low bytes of the limbs of b.
    pub b_low: [T; LIMBS],
    /// The low 256 bits of the product.
    pub result: [T; LIMBS],
    /// s_2i + 256 s_2i+1 + carry_i-1 = result_i + 2^16 carry_i, where s_k sums the products of bytes whose places add to k.
    pub carry: [T; LIMBS],
}

columns!(MulCols);
