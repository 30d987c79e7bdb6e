use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BitwiseCols<T> {
    /// 1 on an AND.
    pub and: T,
    /// 1 on an OR: a + b - (a & b).
    pub or: T,
    /// 1 on a XOR: a + b - 2 (a & b).
    pub xor: T,
    /// 1 on a NOT: 0xffff - a in each limb.
    pub not: T,
    /// Identifier of the instruction and its wire.
    pub id: T,
    /// Region time of its wire.
    pub region: T,
    /// Readers of the wire.
    pub uses: T,
    /// Operand a.
    pub a: Operand<T>,
    /// Operand b; without meaning on a NOT.
    pub b: Operand<T>,
    /// 1 where the limb of a is 0 or 0xffff and settles `both`.
    pub by_a: [T; LIMBS],
    /// 1 where the limb of b is 0 or 0xffff and settles `both`.
    pub by_b: [T; LIMBS],
    /// a & b; without meaning on a NOT.
    pub both: [T; LIMBS],
    /// The result.
    pub result: [T; LIMBS],
}
columns!(BitwiseCols);
