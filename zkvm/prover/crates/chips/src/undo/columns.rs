use crate::columns;
use crate::columns::{LIMBS, Previous};

/// One store undone.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct UndoCols<T> {
    /// 1 on rows that are not padding.
    pub real: T,
    /// The doomed frame.
    pub frame: T,
    /// Clock of the row; it writes at clk + 1.
    pub clk: T,
    /// The time above the record's: that of the record undone before, at first 2^29 - 1.
    pub bound: T,
    /// Time of the record's store, and bound - time - 1.
    pub record: Previous<T>,
    /// Handle of the slot.
    pub handle: T,
    /// The word that the store replaced.
    pub old: [T; LIMBS],
    /// The access before this one.
    pub previous: Previous<T>,
    /// The slot's mark.
    pub mark: T,
    /// The word that this row replaces.
    pub current: [T; LIMBS],
}

columns!(UndoCols);
