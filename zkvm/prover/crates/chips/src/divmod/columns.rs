use crate::columns;
use crate::columns::{LIMBS, Operand};
use crate::mul::Carry;

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct DivModCols<T> {
    /// 1 on a DIV.
    pub div: T,
    /// 1 on a MOD.
    pub modulo: T,
    /// 1 on a SDIV.
    pub sdiv: T,
    /// 1 on a SMOD.
    pub smod: T,
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
    /// 1 if b = 0.
    pub zero: T,
    /// Sign bit of a; 0 unless the instruction is signed.
    pub sign_a: T,
    /// Sign bit of b; 0 unless the instruction is signed.
    pub sign_b: T,
    /// d = |b|.
    pub divisor: [T; LIMBS],
    /// High bytes of its limbs.
    pub divisor_high: [T; LIMBS],
    /// q; without meaning if b = 0.
    pub quotient: [T; LIMBS],
    /// High bytes of its limbs.
    pub quotient_high: [T; LIMBS],
    /// r = |a| - q d, below d unless b = 0.
    pub remainder: [T; LIMBS],
    /// (q d + r) in limb i, with carry_{i-1}, = |a|_i + 2^16 carry_i, where |a|_i is a_i, or -a_i if a is negative; carry_15 is `sign_a`.
    pub carries: [Carry<T>; LIMBS - 1],
    /// 1 at the most significant limb in which r and d differ; all 0 if b = 0.
    pub marks: [T; LIMBS],
    /// d_i - r_i - 1 at the marked limb.
    pub gap: T,
    /// 1 if the result is the negative of q or r.
    pub negate: T,
    /// Weight of q in the result: 1, -1 or 0.
    pub weight_q: T,
    /// Weight of r in the result: 1, -1 or 0.
    pub weight_r: T,
    /// If the result is negated: 1 at the least significant limb that is not 0.
    pub pivots: [T; LIMBS],
    /// The negated limb at the pivot, else 0.
    pub pivot: T,
    /// 1 / pivot, else without meaning.
    pub inverse: T,
    /// The result.
    pub result: [T; LIMBS],
}
columns!(DivModCols);
