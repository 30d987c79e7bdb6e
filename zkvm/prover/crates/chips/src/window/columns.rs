use crate::columns;
use crate::columns::{LIMBS, Previous};

/// Bytes of a word.
pub const BYTES: usize = 32;

/// A word with the low bytes of its limbs; the high ones are (limb - low) / 256.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Split<T> {
    /// Limbs.
    pub limbs: [T; LIMBS],
    /// Low bytes.
    pub low: [T; LIMBS],
}

/// A row of the window chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct WindowCols<T> {
    /// One-hot kind: see [`super::kind`].
    pub kind: [T; 5],
    /// 1 if the row begins a STREAM.
    pub from_stream: T,
    /// 1 if the row takes the tail of a stream.
    pub from_tail: T,
    /// 1 if the row begins a JOB.
    pub from_job: T,
    /// 1 if the row goes on.
    pub further: T,
    /// Frame.
    pub frame: T,
    /// Clock of the instruction.
    pub clk: T,
    /// Tag of a stream, call of the claim's data.
    pub label: T,
    /// Key of a stream's chunks on the claim bus: clk, or an entry of the listed hashes; 0 for jobs.
    pub key: T,
    /// Destination: memory word or chunk index.
    pub destination: T,
    /// Source: memory word of the first source word, or byte offset in the claim's data.
    pub source: T,
    /// First row: byte in the source word `asked` at which the source begins.
    pub byte: T,
    /// First row: source word asked for, `source + back`.
    pub asked: T,
    /// First row: 1 if the source begins in the second source word: byte < first.
    pub back: T,
    /// First row of a STREAM: the offset's low limb is 32 position + byte, position < 2^11.
    pub position: T,
    /// First row of a STREAM: the offset's high limb.
    pub high: T,
    /// Bytes from here to the end of the job.
    pub remaining: T,
    /// One-hot shift.
    pub shift: [T; BYTES],
    /// One-hot first byte taken.
    pub first: [T; BYTES],
    /// One-hot end of the bytes taken: `last[i]` is 1 if it is i + 1.
    pub last: [T; BYTES],
    /// 1 if a row follows.
    pub more: T,
    /// Bytes after this row, minus 1, if a row follows = rest_low + 2^16 rest_high, rest_high < 2^14.
    pub rest_low: T,
    /// See `rest_low`.
    pub rest_high: T,
    /// Source of the next row: the next memory word, or the byte after those taken of the claim's data.
    pub next_source: T,
    /// Shift of the next row: the same, or 0 for the claim's data.
    pub next_shift: T,
    /// 1 if the first source word is read from memory here.
    pub reads_one: T,
    /// 1 if the second source word is read from memory here.
    pub reads_two: T,
    /// 1 if the first source word is carried over from the row before.
    pub carried: T,
    /// 1 if the first source word is the claim's or the given one.
    pub loads_one: T,
    /// 1 if the second source word is the claim's or the given one.
    pub loads_two: T,
    /// Queries of the claim's code or call data: loads_one and a kind of the claim; and the same of the second.
    pub claims: [T; 2],
    /// Whether the row before had a second source word.
    pub valid: T,
    /// Second source word of the row before, or the given word.
    pub carry: [T; LIMBS],
    /// First source word.
    pub one: Split<T>,
    /// Second source word.
    pub two: Split<T>,
    /// Destination before.
    pub old: Split<T>,
    /// Destination after.
    pub new: [T; LIMBS],
    /// Previous accesses of the first and second source word and the destination.
    pub previous: [Previous<T>; 3],
}

columns!(WindowCols);
