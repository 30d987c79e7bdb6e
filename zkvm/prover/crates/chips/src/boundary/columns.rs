use crate::columns;
use crate::columns::LIMBS;

/// A row of the boundary chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BoundaryCols<T> {
    /// 1 if the row is real; real rows come first.
    pub real: T,
    /// frame = frame_low + 2^16 frame_high, frame_high < 2^14.
    pub frame_low: T,
    /// See `frame_low`.
    pub frame_high: T,
    /// address = address_low + 2^16 address_high, address_high < 2^14.
    pub address_low: T,
    /// See `address_low`.
    pub address_high: T,
    /// 1 if the next real row has the same frame.
    pub same: T,
    /// Next address (same frame) or next frame, minus this one, minus 1 = gap_low + 2^16 gap_high, gap_high < 2^13; 0 on the last real row.
    pub gap_low: T,
    /// See `gap_low`.
    pub gap_high: T,
    /// Time of the last access.
    pub time: T,
    /// Last word.
    pub limbs: [T; LIMBS],
}

columns!(BoundaryCols);
