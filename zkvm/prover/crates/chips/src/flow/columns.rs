use crate::columns;
use crate::columns::{Operand, State};

/// A row of the flow chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FlowCols<T> {
    /// 1 if the row is a REGION.
    pub is_region: T,
    /// 1 if the row is a LABEL.
    pub is_label: T,
    /// 1 if the row is a MOVE.
    pub is_move: T,
    /// 1 if the row is a CHARGE.
    pub is_charge: T,
    /// 1 if the row is a JMP.
    pub is_jump: T,
    /// 1 if the row is a JMPR.
    pub is_return: T,
    /// State received.
    pub state: State<T>,
    /// Operand a of MOVE and JMPR.
    pub a: Operand<T>,
    /// Field c of the ROM tuple.
    pub c: T,
    /// Gas field.
    pub gas: T,
    /// Identifier sent.
    pub next: T,
    /// T sent: clk for REGION and LABEL, else T.
    pub region: T,
    /// Reads of the wire that a MOVE gives.
    pub uses: T,
    /// state.gas + gas = low + 2^16 high, low < 2^16, high < 2^14 (REGION, LABEL).
    pub gas_low: T,
    /// See `gas_low`.
    pub gas_high: T,
    /// Gas field of the LABEL that JMPR looks up.
    pub label_gas: T,
    /// Queries of BEGUN; 0 but on REGION and LABEL rows.
    pub begun_uses: T,
}

columns!(FlowCols);
