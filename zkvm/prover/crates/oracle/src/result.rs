//! Results and their JSON form (ISA 8.2).

use std::fmt::Write as _;

use revm::primitives::{Address, Bytes, Log, U256};
use serde_json::{Map, Value, json};

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

/// How a frame ended: every exceptional halt is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Success.
    Success,
    /// Revert.
    Revert,
    /// Exceptional halt.
    Halt,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Revert => "revert",
            Self::Halt => "halt",
        }
    }
}

/// Result of one call.
#[derive(Clone, Debug)]
pub struct CallResult {
    /// Outcome.
    pub status: Status,
    /// Output; the code, for a create.
    pub output: Bytes,
    /// Gas left in the frame, refunds not applied.
    pub gas_left: u64,
    /// Refund counter; 0 if the frame failed.
    pub refund: u64,
    /// Logs in order; none if the frame failed.
    pub logs: Vec<Log>,
    /// Accounts deleted at the call's end.
    pub destroyed: Vec<Address>,
}

impl CallResult {
    fn json(&self) -> Value {
        let logs: Vec<Value> = self.logs.iter().map(log_json).collect();
        let destroyed: Vec<String> = self.destroyed.iter().map(|address| hex(address.as_slice())).collect();
        json!({
            "status": self.status.name(),
            "return_data": hex(&self.output),
            "gas_left": format!("{:#x}", self.gas_left),
            "refund": format!("{:#x}", self.refund),
            "logs": logs,
            "destroyed": destroyed,
            "steps": 0,
        })
    }
}

fn log_json(log: &Log) -> Value {
    let topics: Vec<String> = log.topics().iter().map(|topic| hex(topic.as_slice())).collect();
    json!({"address": hex(log.address.as_slice()), "topics": topics, "data": hex(&log.data.data)})
}

fn account_json(account: &Account) -> Value {
    let storage: Map<String, Value> = account.storage.iter().map(|(key, value)| (quantity(*key), json!(quantity(*value)))).collect();
    let code = account.code.original_byte_slice();
    json!({"balance": quantity(account.balance), "nonce": format!("{:#x}", account.nonce), "code": hex(code), "storage": storage})
}

/// The result of a request.
#[must_use]
pub fn document(calls: &[CallResult], world: &World) -> Value {
    let calls: Vec<Value> = calls.iter().map(CallResult::json).collect();
    let state: Map<String, Value> = world.accounts.iter().map(|(address, account)| (hex(address.as_slice()), account_json(account))).collect();
    json!({"calls": calls, "state": state, "unsupported": null, "missing_code": null})
}
