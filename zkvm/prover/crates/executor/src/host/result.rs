//! Results and their JSON form (ISA 8.2).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use ruint::aliases::U256;
use serde_json::{Map, Value, json};

use super::Address;
use super::message::Message;
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

/// Result of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionResult {
    /// Outcome.
    pub status: Status,
    /// Why the rule set refused it: then nothing else is of note, and `status` is a halt.
    pub refused: Option<&'static str>,
    /// Output bytes; the code, for a create.
    pub output: Vec<u8>,
    /// Gas left; of a bare message refunds are not applied.
    pub gas_left: u64,
    /// Refund counter before its cap; 0 if the frame failed, apart from what authorizations refund.
    pub refund: u64,
    /// Logs, none if the frame failed.
    pub logs: Vec<Log>,
    /// Accounts removed at the transaction's end, sorted.
    pub destroyed: Vec<Address>,
    /// Chained instructions executed, those of nested frames included.
    pub steps: u64,
    /// Messages in the order in which they began, where the request asks for them.
    pub messages: Option<Vec<Message>>,
}

/// An account after a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountAfter {
    /// Its members.
    pub account: AccountState,
    /// It does not exist (ISA 8.7).
    pub absent: bool,
}

impl std::ops::Deref for AccountAfter {
    type Target = AccountState;

    fn deref(&self) -> &AccountState {
        &self.account
    }
}

/// A run that met what the executor cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// `step-limit`, `memory-limit` or `balance-limit` (ISA 8.4).
    pub code: &'static str,
    /// The instruction's name or the address.
    pub what: String,
    /// Index of the transaction.
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
    /// Results of the transactions that ran.
    pub calls: Vec<TransactionResult>,
    /// Accounts after them.
    pub state: BTreeMap<Address, AccountAfter>,
    /// Why the transactions after these did not run.
    pub unsupported: Option<Unsupported>,
    /// Or which code they would need.
    pub missing_code: Option<MissingCode>,
}

impl Outcome {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        let calls: Vec<Value> = self.calls.iter().map(TransactionResult::json).collect();
        let state: Map<String, Value> = self.state.iter().map(|(address, account)| (hex(address), account.json())).collect();
        let unsupported =
            self.unsupported.as_ref().map(|found| json!({"code": found.code, "what": found.what, "call": found.call, "pc": null, "id": found.id}));
        let missing = self.missing_code.as_ref().map(|found| json!({"code": hex(&found.code), "kind": found.kind.name()}));
        json!({"calls": calls, "state": state, "unsupported": unsupported, "missing_code": missing}).to_string()
    }
}

impl TransactionResult {
    fn json(&self) -> Value {
        let logs: Vec<Value> = self.logs.iter().map(Log::json).collect();
        let destroyed: Vec<String> = self.destroyed.iter().map(|address| hex(address)).collect();
        let mut document = json!({
            "status": self.refused.map_or(self.status.name(), |_| "refused"),
            "return_data": hex(&self.output),
            "gas_left": format!("{:#x}", self.gas_left),
            "refund": format!("{:#x}", self.refund),
            "logs": logs,
            "destroyed": destroyed,
            "steps": self.steps,
        });
        if let Some(reason) = self.refused {
            document["reason"] = json!(reason);
        }
        if let Some(messages) = &self.messages {
            document["messages"] = messages.iter().map(Message::json).collect();
        }
        document
    }
}

impl Message {
    fn json(&self) -> Value {
        json!({
            "depth": self.depth,
            "kind": self.kind.name(),
            "from": hex(&self.from),
            "to": hex(&self.to),
            "value": quantity(self.value),
            "gas": format!("{:#x}", self.gas),
            "input": hex(&self.input),
            "output": hex(&self.output),
            "status": self.ending.name(),
        })
    }
}

impl Log {
    fn json(&self) -> Value {
        let topics: Vec<String> = self.topics.iter().map(|topic| hex(&topic.to_be_bytes::<32>())).collect();
        json!({"address": hex(&self.address), "topics": topics, "data": hex(&self.data)})
    }
}

impl AccountAfter {
    fn json(&self) -> Value {
        let storage: Map<String, Value> = self.storage.iter().map(|(key, word)| (quantity(*key), Value::String(quantity(*word)))).collect();
        let mut document = json!({
            "balance": quantity(self.balance),
            "nonce": format!("{:#x}", self.nonce),
            "code": hex(&self.code),
            "storage": storage,
        });
        if self.absent {
            document["absent"] = json!(true);
        }
        document
    }
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
