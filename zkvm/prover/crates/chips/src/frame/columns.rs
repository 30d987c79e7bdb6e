use crate::columns;

/// A row of the frame chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FrameCols<T> {
    /// 1 if the frame succeeds.
    pub is_success: T,
    /// 1 if it reverts.
    pub is_revert: T,
    /// 1 if it halts exceptionally.
    pub is_halt: T,
    /// Call index.
    pub call: T,
    /// Clock of the entry: the frame's identifier.
    pub entry: T,
    /// Identifier of the program's first instruction.
    pub program: T,
    /// Account index.
    pub account: T,
    /// Gas given.
    pub given: [T; 4],
    /// Gas left, 0 if it halts.
    pub left: [T; 4],
    /// Clock of the end instruction.
    pub end: T,
    /// Gas charged at the end.
    pub gas: T,
    /// Active memory words at the end.
    pub words: T,
    /// Output length = length_low + 2^16 length_high.
    pub length_low: T,
    /// See `length_low`.
    pub length_high: T,
    /// Clock at which the next call may start.
    pub exit: T,
    /// Bound in the last message of the undo chain.
    pub bound: T,
    /// 1 if no SSTORE of the frame needs the check of ISA 3.5.
    pub sentry: T,
    /// 1 if that is so because the upper limbs of `left` are not all zero.
    pub sentry_high: T,
    /// 1 if that is so because the lowest limb of `left` is above 2300.
    pub sentry_low: T,
    /// Inverse of the sum of the upper limbs.
    pub inverse: T,
    /// Queries of FRAME.
    pub uses: T,
    /// Queries of GIVEN.
    pub given_uses: T,
}

columns!(FrameCols);
