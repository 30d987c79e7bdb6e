use crate::columns;

/// Bits of a limb.
pub const BITS: usize = 16;

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct LimbCols<T> {
    /// Bits of the value, least significant first.
    pub bits: [T; BITS],
    /// Look-ups of the value on RANGE.
    pub range: T,
    /// Look-ups of its low and high byte on BYTES.
    pub bytes: T,
}
columns!(LimbCols);
