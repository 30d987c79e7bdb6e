//! Bytes moved at any alignment: one row a destination word, which takes bytes `first .. last` from a window over two source words.
//!
//! Window byte j is byte j + shift of the source words one after the other; the destination keeps its other bytes (0 where it is a chunk of a stream).
//! Sources: memory (read at clk, each word once: a row hands its second word on), the claim's code or call data at any byte offset, or a given word.
//! Destinations: memory (written at clk + 1) or chunks (claim bus). Jobs come from STREAM, from the tail of a stream (COPY), or from the copy chip (JOB).
//!
//! Consumes `memory`; fills `range`, `bytes`, `claims`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::WindowAir;
pub use columns::WindowCols;
pub use generate::{Job, WindowRows};

/// Kinds of a job, as in JOB and WINDOW messages.
pub mod kind {
    /// Memory to chunks.
    pub const STREAM: u32 = 0;
    /// Memory to memory.
    pub const MEMORY: u32 = 1;
    /// The claim's code to memory.
    pub const CODE: u32 = 2;
    /// The claim's call data to memory.
    pub const CALLDATA: u32 = 3;
    /// A given word to memory.
    pub const GIVEN: u32 = 4;
}
