use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BitwiseCols<T> {
    /// 1 on an AND.
    pub is_and: T,
    /// 1 on an OR.
    pub is_or: T,
    /// 1 on an XOR.
    pub is_xor: T,
    /// 1 on a NOT.
    pub is_not: T,
    /// Identifier of the instruction and its wire.
    pub id: T,
    /// Region time of its wire.
    pub region: T,
    /// Readers of the wire.
    pub uses: T,
    /// Operand a.
    pub a: Operand<T>,
    /// Operand b; its limbs are 0 on a NOT.
    pub b: Operand<T>,
    /// a & b.
    pub and: [T; LIMBS],
    /// 1 if limb i of a is 0 or 0xffff, which settles the AND.
    pub by_a: [T; LIMBS],
    /// 1 if limb i of b is.
    pub by_b: [T; LIMBS],
    /// AND: and. OR: a + b - and. XOR: a + b - 2 and. NOT: 0xffff - a.
    pub result: [T; LIMBS],
}

columns!(BitwiseCols);
