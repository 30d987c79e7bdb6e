//! TOPIC and LOG: logs of frames that are not doomed, against the claim (ISA 5.2).
//!
//! Consumes `frame_info`; fills `frames`, `range`. The data of a LOG is streamed by the copy chips.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::LogAir;
pub use columns::LogCols;
pub use generate::LogRows;
