use crate::columns;
use crate::columns::{LIMBS, Operand};

/// A row of the power chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PowerCols<T> {
    /// 1 if the exponent is 0.
    pub zero: T,
    /// 1 if it is not.
    pub more: T,
    /// 1 if the row is an instruction.
    pub instruction: T,
    /// Identifier of the instruction and its wire.
    pub id: T,
    /// Region time of its wire.
    pub region: T,
    /// Readers of the wire.
    pub uses: T,
    /// Queries of POWER.
    pub powers: T,
    /// The base.
    pub base: Operand<T>,
    /// The exponent.
    pub exponent: Operand<T>,
    /// Inverse of the sum of its limbs, if it is not 0.
    pub inverse: T,
    /// Lowest bits of its limbs.
    pub odd: [T; LIMBS],
    /// 1 if it is odd and not 0 (its lowest bit).
    pub once: T,
    /// The power of half of it.
    pub root: [T; LIMBS],
    /// The square of that.
    pub square: [T; LIMBS],
    /// The power.
    pub result: [T; LIMBS],
}

columns!(PowerCols);
