use crate::columns;

/// Bits of a limb.
pub const BITS: usize = 16;

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct LimbAndCols<T> {
    /// Bits of x, least significant first.
    pub x: [T; BITS],
    /// Bits of y.
    pub y: [T; BITS],
    /// x & y.
    pub both: T,
    /// Look-ups of (x, y, both).
    pub uses: T,
}
columns!(LimbAndCols);
