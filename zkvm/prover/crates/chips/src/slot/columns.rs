use crate::columns;
use crate::columns::LIMBS;

/// One slot of the claim.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SlotCols<T> {
    /// 1 on rows that are not padding.
    pub real: T,
    /// How often the slot's handle is looked up; 0 on padding rows.
    pub uses: T,
    /// Index in the claim's list.
    pub handle: T,
    /// Index of the account in the claim's list.
    pub account: T,
    /// Time of the last access; not 0, at which no access is.
    pub time: T,
    /// Inverse of `time`, 0 on padding rows.
    pub inverse: T,
    /// Mark of the last access.
    pub mark: T,
    /// Key of the slot.
    pub key: [T; LIMBS],
    /// Word before the batch.
    pub before: [T; LIMBS],
    /// Word after the batch.
    pub after: [T; LIMBS],
}

columns!(SlotCols);
