//! REGION, LABEL, MOVE, CHARGE, JMP, JMPR: control without a condition (ISA 2.2 to 2.4).
//!
//! Reads no Context map but `rom` and `uses`; fills `range`, and `executions` of the LABEL that a JMPR looks up.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::FlowAir;
pub use columns::FlowCols;
pub use generate::FlowRows;
