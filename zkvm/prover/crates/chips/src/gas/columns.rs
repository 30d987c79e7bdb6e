use crate::columns;

/// A row of the gas chip: `512 (given - g - 3 w - s left) + rest = w^2` over the integers, s = 1 - 2 negative.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct GasCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// Frame.
    pub frame: T,
    /// Gas given, 16-bit limbs (range-checked where the claim is read).
    pub given: [T; 4],
    /// g = g_low + 2^16 g_high, g_high < 2^14.
    pub g_low: T,
    /// See `g_low`.
    pub g_high: T,
    /// w = w0 + 2^8 w1 + 2^16 w2; w0, w1 bytes, w2 < 2^12.
    pub w: [T; 3],
    /// 1 if gas left is negative.
    pub negative: T,
    /// |gas left|, 16-bit limbs.
    pub left: [T; 4],
    /// w^2 mod 512.
    pub rest: T,
    /// Carries of the digits of base 2^16, each in [-2^13, 2^13).
    pub carry: [T; 3],
    /// Inverse of the sum of `left` if negative.
    pub inverse: T,
    /// Queries of this row.
    pub uses: T,
}

columns!(GasCols);
