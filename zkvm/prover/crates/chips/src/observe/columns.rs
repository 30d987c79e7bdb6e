use crate::columns;
use crate::columns::State;

/// One `MSIZE` or `GAS`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ObserveCols<T> {
    /// 1 on `MSIZE` rows.
    pub size: T,
    /// 1 on `GAS` rows.
    pub gas: T,
    /// How often the wire (region, id) is read; 0 on padding rows.
    pub uses: T,
    /// The state received.
    pub state: State<T>,
    /// The ROM row's gas.
    pub charge: T,
    /// Limbs 0..4 of the result; the others are 0. `MSIZE`: 32 low, high, top, 0 where w = low + 2^11 high + 2^27 top. `GAS`: gas left.
    pub limbs: [T; 4],
    /// w mod 2^11 (`MSIZE` rows).
    pub low: T,
}

columns!(ObserveCols);
