use crate::columns;
use crate::columns::{Operand, State};

/// A row of the finish chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FinishCols<T> {
    /// 1 if the row is a STOP.
    pub is_stop: T,
    /// 1 if the row is a RETURN.
    pub is_return: T,
    /// 1 if the row is a REVERT.
    pub is_revert: T,
    /// 1 if the row is a HALT.
    pub is_halt: T,
    /// 1 if the row is the arrival at identifier 0: no instruction.
    pub is_trap: T,
    /// 1 if the gas field of the instruction at hand is more than is left: the instruction does not run.
    pub is_out: T,
    /// State received.
    pub state: State<T>,
    /// Operand a: offset of the output. Out of gas: only `id` and `constant`, as fields of the ROM tuple.
    pub a: Operand<T>,
    /// Operand b: length of the output.
    pub b: Operand<T>,
    /// ROM tuple's op, for out of gas.
    pub op: T,
    /// ROM tuple's c.
    pub c: T,
    /// Gas field.
    pub gas: T,
    /// 1 if there is output.
    pub nonempty: T,
    /// Inverse of the length, if there is output.
    pub inverse: T,
    /// |gas left| when out of gas.
    pub missing: [T; 4],
    /// 1 if the frame halts before its first region: T is still its entry.
    pub bare: T,
    /// Halts but for `bare`: g where the region began.
    pub begun_gas: T,
    /// As `begun_gas`: w.
    pub begun_words: T,
    /// As `begun_gas`: gas left, which is not negative.
    pub begun_left: [T; 4],
}

columns!(FinishCols);
