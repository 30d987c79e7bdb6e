//! The machine: frames, effects, and the two loops that run schedules.

mod address;
mod batch;
mod calls;
mod codes;
mod driver;
mod effects;
mod fast;
mod frame;
mod library;
mod precompile;
mod storage;
mod surroundings;
mod traced;
mod transact;

use thiserror::Error;

use crate::host::request::RequestError;
use crate::host::result::{MissingCode, Unsupported};
use crate::program::ProgramError;
use crate::schedule::Undefined;
use crate::trace::Status;

pub use address::{create_address, create2_address};
pub use batch::{MAX_STEPS, execute, execute_asking, execute_limited, time, trace, trace_asking};
pub use codes::Translate;
pub use library::{Library, Loaded};
pub use precompile::{Answer, precompile};

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
    /// What was asked to translate gave no answer, or a wrong one.
    #[error("translation: {0}")]
    Translation(String),
    /// A precompile's library failed for no fault of its input.
    #[error("precompile: {0}")]
    Precompile(String),
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
    /// Creation code runs off its end, or jumps behind it, and there are arguments (ISA 11.4).
    Arguments,
    /// What the executor cannot do.
    Unsupported { code: &'static str, what: &'static str },
    /// See [`Fault`].
    Fault(Fault),
}

/// A run that is longer than the caller allows.
const STEP_LIMIT: Trap = Trap::Unsupported { code: "step-limit", what: "more steps than the limit" };

/// A balance that no word holds.
const BALANCE_LIMIT: Trap = Trap::Unsupported { code: "balance-limit", what: "a balance of 2^256 or more" };

impl From<Fault> for Trap {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Why a frame's loop stops.
#[derive(Debug)]
enum Exit {
    /// The frame has ended.
    Ended(Status),
    /// It waits for a CALL.
    Calling(Box<calls::Calling>),
    /// It waits for a CREATE.
    Creating(Box<calls::Creating>),
    /// Its creation code goes on in its arguments.
    Arguments,
}

/// A trap and the local identifier it struck at.
#[derive(Clone, Copy, Debug)]
struct Struck {
    trap: Trap,
    id: u32,
}

/// Why a batch goes no further.
enum Stop {
    Error(RunError),
    Unsupported(Unsupported),
    Missing(MissingCode),
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::Error(error)
    }
}

impl Stop {
    /// What a trap that no frame answers for means to the batch.
    fn of(struck: Struck, call: usize) -> Self {
        match struck {
            Struck { trap: Trap::Unsupported { code, what }, id } => Self::Unsupported(Unsupported { code, what: what.to_owned(), call, id }),
            Struck { trap: Trap::Fault(fault), id } => Self::Error(RunError::Fault { call, id, fault }),
            Struck { id, .. } => Self::Error(RunError::Fault { call, id, fault: Fault::Misplaced }),
        }
    }
}

#[cfg(test)]
mod tests;
