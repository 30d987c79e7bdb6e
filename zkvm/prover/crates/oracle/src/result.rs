//! Results and their JSON form (ISA 8.2).

use std::fmt::Write as _;

use revm::primitives::{Address, Bytes, Log, U256};
use serde_json::{Map, Value, json};

use crate::messages::Message;
use crate::world::{Account, World};

/// Bytes as 0x-hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A quantity as minimal 0x-hex.
#[must_use]
pub fn quantity(value: U256) -> String {
    format!("{value:#x}")
}

/// How a transaction or a message ended: every exceptional halt is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Success.
    Success,
    /// Revert.
    Revert,
    /// Exceptional halt.
    Halt,
    /// Nothing ran: the rule set refuses the transaction, or no frame was entered.
    Refused,
}

impl Status {
    /// The name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Revert => "revert",
            Self::Halt => "halt",
            Self::Refused => "refused",
        }
    }
}

/// Result of a transaction.
#[derive(Clone, Debug)]
pub struct CallResult {
    /// Outcome.
    pub status: Status,
    /// Why it was refused.
    pub reason: Option<&'static str>,
    /// Output; the code, for a create.
    pub output: Bytes,
    /// Gas left: of a bare message in its frame, refunds not applied; else the limit less what is paid.
    pub gas_left: u64,
    /// Refund counter, before any cap; 0 if the frame failed, but for authorizations.
    pub refund: u64,
    /// Logs in order; none if the frame failed.
    pub logs: Vec<Log>,
    /// Accounts deleted at the end.
    pub destroyed: Vec<Address>,
    /// The messages, if they were asked for.
    pub messages: Option<Vec<Message>>,
}

impl CallResult {
    /// A result with nothing in it but its outcome.
    #[must_use]
    pub fn of(status: Status) -> Self {
        let (output, logs, destroyed) = (Bytes::new(), Vec::new(), Vec::new());
        Self { status, reason: None, output, gas_left: 0, refund: 0, logs, destroyed, messages: None }
    }

    fn json(&self) -> Value {
        let logs: Vec<Value> = self.logs.iter().map(log_json).collect();
        let destroyed: Vec<String> = self.destroyed.iter().map(|address| hex(address.as_slice())).collect();
        let mut document = json!({
            "status": self.status.name(),
            "return_data": hex(&self.output),
            "gas_left": format!("{:#x}", self.gas_left),
            "refund": format!("{:#x}", self.refund),
            "logs": logs,
            "destroyed": destroyed,
            "steps": 0,
        });
        if let Some(reason) = self.reason {
            document["reason"] = json!(reason);
        }
        if let Some(messages) = &self.messages {
            document["messages"] = messages.iter().map(Message::json).collect();
        }
        document
    }
}

fn log_json(log: &Log) -> Value {
    let topics: Vec<String> = log.topics().iter().map(|topic| hex(topic.as_slice())).collect();
    json!({"address": hex(log.address.as_slice()), "topics": topics, "data": hex(&log.data.data)})
}

fn account_json(account: &Account) -> Value {
    let storage: Map<String, Value> = account.storage.iter().map(|(key, value)| (quantity(*key), json!(quantity(*value)))).collect();
    let code = account.code.original_byte_slice();
    let mut document = json!({"balance": quantity(account.balance), "nonce": format!("{:#x}", account.nonce), "code": hex(code), "storage": storage});
    if !account.exists {
        document["absent"] = json!(true);
    }
    document
}

/// The result of a request.
#[must_use]
pub fn document(calls: &[CallResult], world: &World) -> Value {
    let calls: Vec<Value> = calls.iter().map(CallResult::json).collect();
    let state: Map<String, Value> = world.accounts.iter().map(|(address, account)| (hex(address.as_slice()), account_json(account))).collect();
    json!({"calls": calls, "state": state, "unsupported": null, "missing_code": null})
}
