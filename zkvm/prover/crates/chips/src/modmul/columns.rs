use crate::columns;
use crate::columns::{LIMBS, Operand};
use crate::mul::Carry;

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ModMulCols<T> {
    /// 1 on an ADDMOD.
    pub add: T,
    /// 1 on a MULMOD.
    pub mul: T,
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
    /// Operand c: the modulus n.
    pub n: Operand<T>,
    /// 1 if n = 0.
    pub zero: T,
    /// `add` unless n = 0.
    pub sum: T,
    /// `mul` unless n = 0.
    pub product: T,
    /// High bytes of the limbs of a.
    pub a_high: [T; LIMBS],
    /// High bytes of the limbs of b.
    pub b_high: [T; LIMBS],
    /// High bytes of the limbs of n.
    pub n_high: [T; LIMBS],
    /// q, of 512 bits: low and high word. Without meaning if n = 0.
    pub quotient: [[T; LIMBS]; 2],
    /// High bytes of its limbs.
    pub quotient_high: [[T; LIMBS]; 2],
    /// sum_i + product_i + carry_{i-1} = (q n + r)_i + 2^16 carry_i, where carry_i is 8192 less than this value, and carry_31 is 0.
    pub carries: [Carry<T>; 2 * LIMBS - 1],
    /// 1 at the most significant limb in which r and n differ; all 0 if n = 0.
    pub marks: [T; LIMBS],
    /// n_i - r_i - 1 at the marked limb.
    pub gap: T,
    /// r: the result.
    pub result: [T; LIMBS],
}
columns!(ModMulCols);
