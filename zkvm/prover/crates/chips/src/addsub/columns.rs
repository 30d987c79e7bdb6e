use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct AddSubCols<T> {
    /// 1 on an ADD: a + b = result + 2^256 carry.
    pub add: T,
    /// 1 on a SUB: result + b = a + 2^256 carry.
    pub sub: T,
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
    /// a + b or a - b.
    pub result: [T; LIMBS],
}
columns!(AddSubCols);
