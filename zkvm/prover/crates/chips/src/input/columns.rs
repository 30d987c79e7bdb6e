use crate::columns;
use crate::columns::{LIMBS, Operand, State};

/// One `ENV` or `CALLDATALOAD`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct InputCols<T> {
    /// 1 on `ENV` rows.
    pub env: T,
    /// 1 on `CALLDATALOAD` rows with an offset below 2^30.
    pub near: T,
    /// 1 on `CALLDATALOAD` rows whose offset has a limb from 2 on that is not 0.
    pub far: T,
    /// 1 on `CALLDATALOAD` rows whose limb 1 of the offset is 2^14 or more.
    pub beyond: T,
    /// How often the wire (region, id) is read; 0 on padding rows.
    pub uses: T,
    /// The state received.
    pub state: State<T>,
    /// The ROM row's gas.
    pub charge: T,
    /// The environment kind; 0 on `CALLDATALOAD` rows.
    pub kind: T,
    /// The offset; 0 on `ENV` rows.
    pub offset: Operand<T>,
    /// Limb 1 of the offset times 4 (`near`), or less 2^14 (`beyond`): a 16-bit value.
    pub bound: T,
    /// Inverse of the sum of the offset's limbs from 2 on (`far`).
    pub high_inverse: T,
    /// Of the frame: its call.
    pub call: T,
    /// Of the frame: its account.
    pub account: T,
    /// Of the frame: whether it is doomed.
    pub doomed: T,
    /// Of the frame: its sentry flag.
    pub sentry: T,
    /// The result.
    pub word: [T; LIMBS],
}

columns!(InputCols);
