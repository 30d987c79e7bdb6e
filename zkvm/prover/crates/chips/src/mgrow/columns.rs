use crate::columns;
use crate::columns::{Operand, State};

/// One `MGROW`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MgrowCols<T> {
    /// 1 if len = 0.
    pub skip: T,
    /// 1 if the range is covered already: words <= w.
    pub keep: T,
    /// 1 if memory grows: words > w.
    pub grow: T,
    /// 1 if off = 0 and len = 2^32: words = 2^27.
    pub whole: T,
    /// 1 if the frame halts because some limb from 2 on is not 0 (and this is not `whole`).
    pub far: T,
    /// 1 if the frame halts because the lower limbs' last byte is at 2^32 or above.
    pub over: T,
    /// The state received.
    pub state: State<T>,
    /// The ROM row's gas.
    pub charge: T,
    /// Where control goes: id + 1, or 0 if the frame halts.
    pub next: T,
    /// Active memory words after: words if it grows, 2^27 if `whole`, else w.
    pub words_after: T,
    /// off.
    pub offset: Operand<T>,
    /// len.
    pub length: Operand<T>,
    /// Inverse of the sum of the limbs of len.
    pub length_inverse: T,
    /// Inverse of the sum of the limbs from 2 on of off and len, on rows with `far`.
    pub high_inverse: T,
    /// `far`, one of two reasons why it is not `whole`: inverse of the sum of all limbs but limb 2 of len; else 0.
    pub other_inverse: T,
    /// The other reason: inverse of l (l - 1), l being limb 2 of len; else 0.
    pub third_inverse: T,
    /// last mod 32.
    pub rest: T,
    /// floor(last / 32) mod 2^11.
    pub first: T,
    /// floor(last / 2^16), less 2^16 on rows with `over`.
    pub second: T,
    /// Carry from limb 0 to limb 1 of off + len - 1: -1, 0 or 1.
    pub carry: T,
    /// |words - w| (less 1 if it grows) = distance_low + 2^11 distance_high.
    pub distance_low: T,
    /// See `distance_low`.
    pub distance_high: T,
}

columns!(MgrowCols);
