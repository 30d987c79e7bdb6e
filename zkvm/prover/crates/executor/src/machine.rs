//! The machine: frames, effects, and the two loops that run schedules.

mod effects;
mod fast;
mod frame;
mod library;
mod run;
mod storage;
mod traced;

use thiserror::Error;

use crate::host::request::RequestError;
use crate::program::ProgramError;
use crate::schedule::Undefined;
use crate::trace::Status;

pub use library::{Library, Loaded};
pub use run::{MAX_STEPS, execute, execute_limited, trace};

/// Why there is no outcome.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// The request is wrong.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A program is wrong.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A program reads what it may not have computed.
    #[error(transparent)]
    Undefined(#[from] Undefined),
    /// Two programs for one code object under one rule set.
    #[error("programs: two for the {kind} code {code_hash}")]
    Twice {
        /// Hash of the code, in hex.
        code_hash: String,
        /// Its kind.
        kind: &'static str,
    },
    /// A linted program did what no translation does.
    #[error("program: call {call}, identifier {id}: {fault}")]
    Fault {
        /// Index of the call.
        call: usize,
        /// Local identifier.
        id: u32,
        /// What it did.
        fault: Fault,
    },
}

/// What no translation does; no proof could be made of it either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// A memory access that no MGROW covers.
    #[error("a memory access that no MGROW covers")]
    Uncovered,
    /// JMPR to what is no LABEL.
    #[error("JMPR leads to no LABEL")]
    NoLabel,
    /// A stack access of the generic tier below the bottom or above the top.
    #[error("a stack access outside the stack")]
    Stack,
    /// An instruction that a schedule cannot hold.
    #[error("an instruction that cannot run here")]
    Misplaced,
}

/// Why an instruction does not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trap {
    /// Gas left is negative where it has to be noticed.
    OutOfGas,
    /// Goes to identifier 0.
    Halt,
    /// What the executor cannot do.
    Unsupported { code: &'static str, what: &'static str },
    /// See [`Fault`].
    Fault(Fault),
}

/// A run that is longer than the caller allows.
const STEP_LIMIT: Trap = Trap::Unsupported { code: "step-limit", what: "more steps than the limit" };

/// Creation code that runs off its end, or jumps behind it (ISA 11.4).
const ARGUMENTS: Trap = Trap::Unsupported { code: "arguments-as-code", what: "creation code that goes on in its arguments" };

impl From<Fault> for Trap {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// How a frame ended, and how many steps it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ended {
    status: Status,
    steps: u64,
}

/// A trap and the local identifier it struck at.
#[derive(Clone, Copy, Debug)]
struct Struck {
    trap: Trap,
    id: u32,
}

#[cfg(test)]
mod tests;
