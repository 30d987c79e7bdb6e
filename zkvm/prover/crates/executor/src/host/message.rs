//! Messages as results list them (ISA 8.11).

use ruint::aliases::U256;

use super::Address;
use crate::trace::Status;

/// What enters a frame, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// CALL, and a transaction's own message.
    Call,
    /// CALLCODE.
    CallCode,
    /// DELEGATECALL.
    DelegateCall,
    /// STATICCALL.
    StaticCall,
    /// CREATE, and a transaction that creates.
    Create,
    /// CREATE2.
    Create2,
}

impl Kind {
    /// Kinds of CALL by its immediate.
    pub const CALLS: [Self; 4] = [Self::Call, Self::CallCode, Self::DelegateCall, Self::StaticCall];
    /// Kinds of CREATE by its immediate.
    pub const CREATES: [Self; 2] = [Self::Create, Self::Create2];

    /// Name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::CallCode => "callcode",
            Self::DelegateCall => "delegatecall",
            Self::StaticCall => "staticcall",
            Self::Create => "create",
            Self::Create2 => "create2",
        }
    }

    /// Whether its instruction names a value.
    #[must_use]
    pub fn has_value(self) -> bool {
        !matches!(self, Self::DelegateCall | Self::StaticCall)
    }

    /// Whether it creates an account.
    #[must_use]
    pub fn creates(self) -> bool {
        matches!(self, Self::Create | Self::Create2)
    }
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its frame ended.
    Frame(Status),
    /// No frame was entered: depth, balance or nonce.
    Refused,
}

impl Ending {
    /// Name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Frame(status) => status.name(),
            Self::Refused => "refused",
        }
    }
}

/// A message of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// 0 for the transaction's own.
    pub depth: u32,
    /// Its kind.
    pub kind: Kind,
    /// The account that runs the instruction, or the transaction's caller.
    pub from: Address,
    /// The account whose code runs, not followed through a delegation, or that is created.
    pub to: Address,
    /// What CALLVALUE gives.
    pub value: U256,
    /// Gas given, stipend included.
    pub gas: u64,
    /// Call data or init code.
    pub input: Vec<u8>,
    /// Output as the frame ends; the code of a create that succeeds.
    pub output: Vec<u8>,
    /// How it ended.
    pub ending: Ending,
}
