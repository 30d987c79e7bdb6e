//! Where a run went: program counters, jumps, and the instructions that observable effects come from.

use std::collections::{BTreeMap, BTreeSet};

use revm::bytecode::opcode;
use revm::interpreter::instructions::{GasTable, InstructionTable};
use revm::interpreter::interpreter::EthInterpreter;
use revm::interpreter::interpreter_types::{InputsTr, Jumps, LoopControl};
use revm::interpreter::{Host, Interpreter, InterpreterAction};
use revm::primitives::{B256, U256};
use serde_json::{Value, json};

use crate::guide::Guide;
use crate::result::{hex, quantity};

/// Executed program counters and control transfers of one code object.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Program counters.
    pub pcs: BTreeSet<usize>,
    /// (pc of the last instruction, pc of the next): jumps taken or not, and falls into a `JUMPDEST`.
    pub edges: BTreeSet<(usize, usize)>,
}

/// Longest path that is recorded.
const PATH: usize = 1 << 16;

/// The observable steps of one call's own frame.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// The last instruction.
    pub end: usize,
    /// Of each log, the instruction.
    pub logs: Vec<usize>,
    /// Of each `SSTORE` and `TSTORE`, key and instruction.
    pub stores: Vec<(U256, usize)>,
    /// The keys that `SLOAD` and `SSTORE` name.
    pub slots: BTreeSet<U256>,
    /// Instructions executed, called frames included.
    pub count: u64,
    /// The instructions that decide or show something, in order, the first [`PATH`] of them: `JUMPI`, stores, logs, ends.
    pub path: Vec<usize>,
    /// Control transfers, as in [`Coverage::edges`].
    pub edges: BTreeSet<(usize, usize)>,
    /// What the call decided by, where that is asked for.
    pub guide: Option<Guide>,
}

/// A recording of a request's run.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// By hash of the code, of creation code without arguments.
    pub coverage: BTreeMap<B256, Coverage>,
    /// By call.
    pub calls: Vec<Steps>,
    /// Whether any frame ran `SSTORE`.
    pub stored: bool,
}

impl Trace {
    /// Runs an interpreter to its next action and records the way; `outer` for a call's own frame.
    pub fn run<H: Host + ?Sized>(
        &mut self,
        interpreter: &mut Interpreter<EthInterpreter>,
        instructions: &InstructionTable<EthInterpreter, H>,
        gas: &GasTable,
        host: &mut H,
        (code_hash, outer): (B256, bool),
    ) -> InterpreterAction {
        let coverage = self.coverage.entry(code_hash).or_default();
        let mut before: Option<(usize, u8)> = None;
        if self.calls.is_empty() {
            self.calls.push(Steps::default());
        }
        let last = self.calls.len() - 1;
        let steps = &mut self.calls[last];
        let halted = loop {
            let (pc, code) = (interpreter.bytecode.pc(), interpreter.bytecode.opcode());
            if let Some((from, by)) = before
                && (matches!(by, opcode::JUMP | opcode::JUMPI) || code == opcode::JUMPDEST)
            {
                coverage.edges.insert((from, pc));
                if outer {
                    steps.edges.insert((from, pc));
                }
            }
            coverage.pcs.insert(pc);
            steps.count += 1;
            self.stored |= code == opcode::SSTORE;
            let key = interpreter.stack.data().last().copied().unwrap_or_default();
            let second = steps.guide.is_some().then(|| interpreter.stack.data().iter().nth_back(1).copied()).flatten().unwrap_or_default();
            let result = interpreter.step(instructions, gas, host);
            if let Some(guide) = &mut steps.guide {
                let found = result.is_ok().then(|| interpreter.stack.data().last().copied()).flatten();
                guide.note(interpreter.input.target_address(), code, (key, second), found);
            }
            if outer {
                steps.end = pc;
                if shows(code) && steps.path.len() < PATH {
                    steps.path.push(pc);
                }
                if matches!(code, opcode::SLOAD | opcode::SSTORE) {
                    steps.slots.insert(key);
                }
                match code {
                    opcode::SSTORE | opcode::TSTORE if result.is_ok() => steps.stores.push((key, pc)),
                    opcode::LOG0..=opcode::LOG4 if result.is_ok() => steps.logs.push(pc),
                    _ => {}
                }
            }
            if let Err(end) = result {
                break end;
            }
            before = Some((pc, code));
        };
        if interpreter.bytecode.action().is_none() {
            interpreter.halt(halted);
        }
        interpreter.take_next_action()
    }

    /// The JSON form.
    #[must_use]
    pub fn json(&self) -> Value {
        let coverage: Vec<Value> =
            self.coverage.iter().map(|(hash, seen)| json!({"code_hash": hex(hash.as_slice()), "pcs": seen.pcs, "edges": seen.edges})).collect();
        let calls: Vec<Value> = self.calls.iter().map(Steps::json).collect();
        json!({"coverage": coverage, "calls": calls})
    }
}

const fn shows(code: u8) -> bool {
    let end = matches!(code, opcode::STOP | opcode::RETURN | opcode::REVERT | opcode::INVALID | opcode::SELFDESTRUCT);
    end || matches!(code, opcode::JUMPI | opcode::SSTORE | opcode::TSTORE | opcode::LOG0..=opcode::LOG4)
}

impl Steps {
    fn json(&self) -> Value {
        let stores: Vec<Value> = self.stores.iter().map(|(key, pc)| json!([quantity(*key), pc])).collect();
        let slots: Vec<String> = self.slots.iter().copied().map(quantity).collect();
        let mut found = json!({
            "end": self.end, "logs": self.logs, "stores": stores, "slots": slots, "instructions": self.count, "path": self.path,
            "edges": self.edges
        });
        if let Some(guide) = &self.guide {
            found["guide"] = guide.json();
        }
        found
    }
}
