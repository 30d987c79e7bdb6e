//! Results and their JSON form (ISA 8.2).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use ruint::aliases::U256;
use serde_json::{Map, Value, json};

use super::Address;
use super::request::AccountState;
use crate::program::CodeKind;
use crate::trace::Status;

/// A log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Emitting account.
    pub address: Address,
    /// Topics in order.
    pub topics: Vec<U256>,
    /// Data bytes.
    pub data: Vec<u8>,
}

/// Result of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallResult {
    /// Outcome.
    pub status: Status,
    /// Output bytes; the code, for a create.
    pub output: Vec<u8>,
    /// Gas left, refunds not applied.
    pub gas_left: u64,
    /// Refund counter; 0 if the frame failed.
    pub refund: u64,
    /// Logs, none if the frame failed.
    pub logs: Vec<Log>,
    /// Accounts removed at the call's end.
    pub destroyed: Vec<Address>,
    /// Chained instructions executed.
    pub steps: u64,
}

/// A run that met what the executor cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// `call`, `create`, `precompile`, `delegation`, `step-limit`, `memory-limit`, `balance-limit` or `arguments-as-code` (ISA 8.4).
    pub code: &'static str,
    /// The instruction's name or the address.
    pub what: String,
    /// Index of the call.
    pub call: usize,
    /// Local identifier of the instruction, 0 before the first.
    pub id: u32,
}

/// A code object without a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingCode {
    /// The code; creation code without arguments.
    pub code: Arc<[u8]>,
    /// Its kind.
    pub kind: CodeKind,
}

/// Result of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Results of the calls that ran.
    pub calls: Vec<CallResult>,
    /// Accounts after them.
    pub state: BTreeMap<Address, AccountState>,
    /// Why the calls after these did not run.
    pub unsupported: Option<Unsupported>,
    /// Or which code they would need.
    pub missing_code: Option<MissingCode>,
}

impl Outcome {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        let calls: Vec<Value> = self.calls.iter().map(CallResult::json).collect();
        let state: Map<String, Value> = self.state.iter().map(|(address, account)| (hex(address), account_json(account))).collect();
        let unsupported =
            self.unsupported.as_ref().map(|found| json!({"code": found.code, "what": found.what, "call": found.call, "pc": null, "id": found.id}));
        let missing = self.missing_code.as_ref().map(|found| json!({"code": hex(&found.code), "kind": found.kind.name()}));
        json!({"calls": calls, "state": state, "unsupported": unsupported, "missing_code": missing}).to_string()
    }
}

impl CallResult {
    fn json(&self) -> Value {
        let status = match self.status {
            Status::Success => "success",
            Status::Revert => "revert",
            Status::Halt => "halt",
        };
        let logs: Vec<Value> = self.logs.iter().map(Log::json).collect();
        let destroyed: Vec<String> = self.destroyed.iter().map(|address| hex(address)).collect();
        json!({
            "status": status,
            "return_data": hex(&self.output),
            "gas_left": format!("{:#x}", self.gas_left),
            "refund": format!("{:#x}", self.refund),
            "logs": logs,
            "destroyed": destroyed,
            "steps": self.steps,
        })
    }
}

impl Log {
    fn json(&self) -> Value {
        let topics: Vec<String> = self.topics.iter().map(|topic| hex(&topic.to_be_bytes::<32>())).collect();
        json!({"address": hex(&self.address), "topics": topics, "data": hex(&self.data)})
    }
}

fn account_json(account: &AccountState) -> Value {
    let storage: Map<String, Value> = account.storage.iter().map(|(key, word)| (quantity(*key), Value::String(quantity(*word)))).collect();
    json!({
        "balance": quantity(account.balance),
        "nonce": format!("{:#x}", account.nonce),
        "code": hex(&account.code),
        "storage": storage,
    })
}

fn quantity(word: U256) -> String {
    format!("{word:#x}")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 + 2 * bytes.len());
    out.push_str("0x");
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
