//! `ENV` and `CALLDATALOAD`: words of the claim (ISA 4.3).
//!
//! The claim serves call data words at byte offsets below 2^30 (past the end they are 0, which the verifier computes itself); call data is shorter
//! than that, so at greater offsets the word is 0 without the claim. 2^30, not 2^31: the claim's key is one field element, and 2^31 > p.
//!
//! Context: consumes `rom`, `uses`, `frame_info`; fills `range`, `frames`, `claims`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::InputAir;
pub use columns::InputCols;
pub use generate::InputRows;

/// Call data is shorter than 2^30 bytes; the verifier refuses a receipt with more.
pub const CALLDATA_BITS: u32 = 30;
