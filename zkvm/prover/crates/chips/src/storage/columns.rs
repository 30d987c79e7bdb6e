use crate::columns;
use crate::columns::{LIMBS, Operand, Previous, State};

/// One `SLOAD` or `SSTORE`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct StorageCols<T> {
    /// 1 on `SLOAD` rows.
    pub load: T,
    /// 1 on `SSTORE` rows that change nothing (old = new). Yellow Paper: that write 0.
    pub unchanged: T,
    /// 1 on `SSTORE` rows to a slot that the call changed before (old != original). Net metering only.
    pub dirty: T,
    /// 1 on `SSTORE` rows that make a slot other than 0: old = 0 (= original), new != old.
    pub create: T,
    /// 1 on `SSTORE` rows that change a slot: old != 0 (net: old = original, new != old).
    pub update: T,
    /// 1 on `SSTORE` rows that halt for lack of gas (ISA 3.5): nothing is accessed.
    pub trap: T,
    /// How often the wire (region, id) is read; 0 but on `SLOAD` rows.
    pub uses: T,
    /// How often the ORIGINAL message of this access is looked up; 0 but on the call's first access.
    pub original_uses: T,
    /// The state received.
    pub state: State<T>,
    /// The ROM row's gas.
    pub charge: T,
    /// Where control goes: id + 1, or 0 on `trap` rows.
    pub next: T,
    /// Key of the slot.
    pub key: Operand<T>,
    /// b of the ROM row: the word written; 0 on `SLOAD` rows.
    pub b: T,
    /// Whether b is a constant.
    pub b_constant: T,
    /// Time of the wire that is given or read: region (1 - b_constant).
    pub word_time: T,
    /// Its identifier: id on `SLOAD` rows, else b.
    pub word_id: T,
    /// Of the frame: its call.
    pub call: T,
    /// Of the frame: its account.
    pub account: T,
    /// Of the frame: whether it is doomed.
    pub doomed: T,
    /// Of the frame: whether its stores may skip the check of ISA 3.5.
    pub sentry: T,
    /// Handle of the slot.
    pub handle: T,
    /// The access before.
    pub previous: Previous<T>,
    /// Mark of the access before.
    pub mark: T,
    /// Inverse of mark - call - 1 on rows with `cold`.
    pub mark_inverse: T,
    /// 1 if this is the call's first access of the slot: mark != call + 1.
    pub cold: T,
    /// cold on `SSTORE` rows, else 0.
    pub cold_store: T,
    /// The word before.
    pub old: [T; LIMBS],
    /// The word after, which is the wire's; = old on `SLOAD` rows.
    pub word: [T; LIMBS],
    /// The word before the call's first access, where it matters; = old if `cold`.
    pub original: [T; LIMBS],
    /// Weights with sum weight (old - original) = 1 (`dirty`) or sum weight (old - word) = 1 (`create`; net: `update`): the words differ.
    pub weights: [T; LIMBS],
    /// Inverse of the sum of the limbs of old (`update`).
    pub old_inverse: T,
    /// 1 if the row looks the original up: a store whose cost depends on it, not the first access.
    pub asks: T,
    /// 1 on `SSTORE` rows of a doomed frame, but for `trap`.
    pub undone: T,
    /// 1 on rows that prove gas left > 2300 by a limb from 1 on that is not 0.
    pub ample: T,
    /// 1 on rows that prove gas left > 2300 by limb 0.
    pub tight: T,
    /// 1 on `trap` rows whose gas left is negative.
    pub negative: T,
    /// Gas left before the dynamic charge, or its absolute value.
    pub left: [T; 4],
    /// Inverse of the sum of the limbs of gas left from 1 on (`ample`).
    pub left_inverse: T,
    /// Limb 0 of gas left less 2301 (`tight`), or 2300 less it (`trap`): a 16-bit value.
    pub margin: T,
}

columns!(StorageCols);
