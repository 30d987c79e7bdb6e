//! The messages of a transaction, in the order in which they begin (ISA 8.11).

use revm::handler::FrameResult;
use revm::interpreter::interpreter_action::FrameInit;
use revm::interpreter::{CallScheme, CreateScheme, FrameInput, InstructionResult};
use revm::primitives::{Address, Bytes, U256};
use serde_json::{Value, json};

use crate::follow::Machine;
use crate::result::{Status, hex, quantity};

/// A message and how it ended.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names of ISA 8.11")]
pub struct Message {
    pub depth: usize,
    pub kind: &'static str,
    pub from: Address,
    pub to: Address,
    pub value: U256,
    pub gas: u64,
    pub input: Bytes,
    pub output: Bytes,
    pub status: Status,
}

impl Message {
    /// What revm is about to enter; `created` is the address of a create.
    #[must_use]
    pub fn of(machine: &Machine, init: &FrameInit, created: Option<Address>) -> Self {
        let (output, status) = (Bytes::new(), Status::Refused);
        match &init.frame_input {
            FrameInput::Call(inputs) => {
                let kind = match inputs.scheme {
                    CallScheme::Call => "call",
                    CallScheme::CallCode => "callcode",
                    CallScheme::DelegateCall => "delegatecall",
                    CallScheme::StaticCall => "staticcall",
                };
                // of a DELEGATECALL revm's caller is the parent's
                let from = if inputs.scheme == CallScheme::DelegateCall { inputs.target_address } else { inputs.caller };
                let (to, value, gas) = (inputs.bytecode_address, inputs.value.get(), inputs.gas_limit);
                Self { depth: init.depth, kind, from, to, value, gas, input: inputs.input.bytes(&machine.ctx), output, status }
            }
            FrameInput::Create(inputs) => {
                let kind = if matches!(inputs.scheme(), CreateScheme::Create2 { .. }) { "create2" } else { "create" };
                let (from, to, value, gas) = (inputs.caller(), created.unwrap_or_default(), inputs.value(), inputs.gas_limit());
                Self { depth: init.depth, kind, from, to, value, gas, input: inputs.init_code().clone(), output, status }
            }
            FrameInput::Empty => {
                let (kind, from, to, value) = ("call", Address::ZERO, Address::ZERO, U256::ZERO);
                Self { depth: init.depth, kind, from, to, value, gas: 0, input: Bytes::new(), output, status }
            }
        }
    }

    /// The JSON form.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "depth": self.depth,
            "kind": self.kind,
            "from": hex(self.from.as_slice()),
            "to": hex(self.to.as_slice()),
            "value": quantity(self.value),
            "gas": format!("{:#x}", self.gas),
            "input": hex(&self.input),
            "output": hex(&self.output),
            "status": self.status.name(),
        })
    }
}

/// How a message ended.
#[must_use]
pub fn status(outcome: &FrameResult) -> Status {
    // revm gives a create that finds no nonce as a return without an address
    let unborn = matches!(outcome, FrameResult::Create(create) if create.address.is_none());
    match outcome.instruction_result() {
        InstructionResult::CallTooDeep | InstructionResult::OutOfFunds => Status::Refused,
        ended if ended.is_ok() && unborn => Status::Refused,
        ended if ended.is_ok() => Status::Success,
        ended if ended.is_revert() => Status::Revert,
        _ => Status::Halt,
    }
}

/// Messages under way.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    /// All that began.
    pub list: Vec<Message>,
    open: Vec<usize>,
}

impl Messages {
    /// A message begins.
    pub fn begin(&mut self, message: Message) {
        self.open.push(self.list.len());
        self.list.push(message);
    }

    /// The message that began last, of those that have not ended, ends.
    pub fn end(&mut self, outcome: &FrameResult) {
        let Some(message) = self.open.pop().and_then(|index| self.list.get_mut(index)) else {
            return;
        };
        message.status = status(outcome);
        if matches!(message.status, Status::Success | Status::Revert) {
            message.output = outcome.output().into_data();
        }
    }
}
