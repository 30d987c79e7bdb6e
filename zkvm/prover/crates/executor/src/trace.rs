//! What a traced run hands to the prover: every executed instruction with its operand and result words.
//!
//! Identifiers are the shifted ones of ISA 1.5. The trace holds values, not witness columns: previous times, multiplicities
//! and carries are the prover's business.
//!
//! Clock: the first frame's entry is 4; a frame's first step is at entry + 4, each next one 4 later; then one group of 4 ticks if the
//! frame did not end in an instruction of kind `end` and out of gas was not noticed by the last step itself (a row of its own
//! finds the arrival at 0, or the negative gas); after that, if the frame does not succeed, one group for each of its completed `SSTORE`s and `TSTORE`s (the undo records of
//! ISA 5.2), then `exit`, which is the next frame's entry. A frame without a program takes no time: no row of a proof stands for it.
//! Until its first `REGION` a frame's region time is its entry.
//!
//! Ends: a step that ends its frame has `next` = 0, out of gas apart. With [`End::OutOfGas`] there are two cases:
//! - The last step is one that need not notice negative gas before it acts: it is complete (result, words, stores and logs
//!   included, undone like all others), its `next` is where control would go, and given < gas + charge + M(words_after). A `REGION` or
//!   `LABEL` is of this case, too, though no proof lets a region begin so (ISA 3.3): the witness takes it back.
//! - The last step is `GAS`, `SSTORE`, `CALL`, `CREATE`, `RETURN`, `REVERT`, `STOP` or `SELFDESTRUCT`, and its own charge (its `gas` field, for
//!   SELFDESTRUCT, CALL and CREATE with what is dynamic) makes gas left negative: it does not act, `next` = 0, result 0, no storage access, no
//!   output; given < gas + charge + M(words), where words = words_after. An `SSTORE` is of the first case if its field leaves
//!   gas, and its dynamic gas does not: then `next` is not 0.
//!
//! `SSTORE` with gas left <= 2300 after its field (ISA 3.5) has `next` = 0, charge = its field, no storage access, and
//! [`End::Instruction`]; so have `HALT`, `MGROW` beyond 2^32, `SCHK` that fails, `RETURNDATACOPY` past the end, `JMPD` to nowhere.
//!
//! Nested frames: one line of time. The steps of all frames stand in one list in order of clk, each with its frame. A `CALL` or `CREATE` at clk
//! that enters a message gives it the entry clk + 4; a message that no code answers takes one group of 4, apart from a transaction's own. The
//! caller's next step stands at the callee's exit, in the region that the call stood in. The call's charge includes what it gives its callee;
//! what comes back (`gas_left` of the callee's frame) is not charged any more at the caller's next step. Where no message is entered (depth,
//! balance, nonce, a collision), no frame is listed and the next step stands 4 later: what the gas of that step shows is all that was given or
//! nothing. Call data is the caller's memory at the call, return data the callee's output: both are ranges of a memory that no longer changes,
//! given by the operands of the `ARG`s before the call and of the `RETURN` or `REVERT`. The undo groups of a frame that fails are those of its own
//! completed `SSTORE`s and `TSTORE`s and of the frames that it owns; what else nested frames undo (balances, marks, nonces) has no group here yet.

use ruint::aliases::U256;

/// One executed chained instruction (ISA 2.1).
#[derive(Clone, Debug)]
pub struct Step {
    /// Table code of the instruction.
    pub op: u16,
    /// Shifted identifier.
    pub id: u32,
    /// Identifier of the frame: the clk of its entry.
    pub frame: u32,
    /// Region time T before the instruction; the frame's entry before its first `REGION`.
    pub region: u32,
    /// Clock.
    pub clk: u32,
    /// Gas charged before this instruction, without memory growth.
    pub gas: u64,
    /// Gas charged by this instruction: its field plus what is dynamic.
    pub charge: u64,
    /// Active memory words before this instruction.
    pub words: u32,
    /// Active memory words after it.
    pub words_after: u32,
    /// Words of the operands; zero where the operand is an immediate or unused.
    pub operands: [U256; 3],
    /// Result word; zero if there is none.
    pub result: U256,
    /// Shifted identifier that runs next; 0 is the exceptional halt.
    pub next: u32,
}

/// One executed pure instruction; `region` and `id` name its wire.
#[derive(Clone, Debug)]
pub struct PureStep {
    /// Table code of the instruction.
    pub op: u16,
    /// Shifted identifier.
    pub id: u32,
    /// Region time T of the wire it gives.
    pub region: u32,
    /// Words of the operands.
    pub operands: [U256; 3],
    /// Result word.
    pub result: U256,
}

/// Outcome of a frame (ISA 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// STOP, RETURN, SELFDESTRUCT.
    Success,
    /// REVERT.
    Revert,
    /// Every exceptional halt, out of gas included.
    Halt,
}

impl Status {
    /// Name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Revert => "revert",
            Self::Halt => "halt",
        }
    }
}

/// Why a frame ended, where the prover has to tell cases of ISA 5.3 apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The last step is a chained instruction of kind `end`, or went to identifier 0.
    Instruction,
    /// Gas left is negative after the last step (ISA 3.3).
    OutOfGas,
}

/// A log as claimed.
#[derive(Clone, Debug)]
pub struct LogRecord {
    /// Clock of the LOG instruction.
    pub clk: u32,
    /// Emitting account.
    pub address: [u8; 20],
    /// Topics in order.
    pub topics: Vec<U256>,
    /// Data bytes.
    pub data: Vec<u8>,
}

/// One message that was entered: a frame, or one that no code answered (no code, a precompile).
#[derive(Clone, Debug)]
pub struct Frame {
    /// Clock of the entry: the frame's identifier. The first step has clk = entry + 4.
    pub entry: u32,
    /// Clock at which what follows may start: the next frame, or the caller's next step.
    pub exit: u32,
    /// Index of the transaction.
    pub call: u32,
    /// Index of the program in [`Trace::programs`]; none where no code runs (then there are no steps).
    pub program: Option<u32>,
    /// Account whose storage the frame uses, or that it creates.
    pub address: [u8; 20],
    /// Entry of the frame that called; 0 for a transaction's own.
    pub parent: u32,
    /// Clock of the CALL or CREATE; 0 for a transaction's own. Else the entry is 4 later.
    pub called_at: u32,
    /// 0 for a transaction's own.
    pub depth: u32,
    /// Kind of message.
    pub kind: crate::host::message::Kind,
    /// Whether it may change nothing.
    pub is_static: bool,
    /// What CALLER gives.
    pub caller: [u8; 20],
    /// The account whose code runs, not followed through a delegation.
    pub target: [u8; 20],
    /// Entry of the frame whose end undoes what this one did: itself if it failed, else its parent's owner, 0 if there is none.
    pub owner: u32,
    /// What CALLVALUE gives.
    pub value: U256,
    /// Gas given, the stipend included.
    pub gas_given: u64,
    /// Gas left, 0 on a halt; of a create what the deposit of its code left.
    pub gas_left: u64,
    /// Outcome.
    pub status: Status,
    /// How it ended.
    pub end: End,
    /// Range of steps, from the first of its own to its last; those of the frames that it called are among them.
    pub steps: core::ops::Range<usize>,
    /// Logs (also those of a doomed frame, which are not claimed).
    pub logs: Vec<LogRecord>,
    /// Output bytes.
    pub output: Vec<u8>,
}

/// A program with its place in the shifted identifiers.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The program.
    pub program: std::sync::Arc<crate::program::Program>,
    /// B_k: shifted identifier = local identifier + base.
    pub base: u32,
}

/// A traced run of a batch.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Programs in the order of the program table.
    pub programs: Vec<Placed>,
    /// Frames in order of entry.
    pub frames: Vec<Frame>,
    /// Chained instructions in order of clk.
    pub steps: Vec<Step>,
    /// Pure instructions that some executed instruction needs, each once per region instance.
    pub pures: Vec<PureStep>,
}
