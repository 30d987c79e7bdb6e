//! What a run decided by: the slots that it read and the words that it compared, for whoever looks for other inputs.

use std::collections::{BTreeSet, VecDeque};

use revm::bytecode::opcode;
use revm::primitives::{Address, U256};
use serde_json::{Value, json};

use crate::result::{hex, quantity};

/// Slots that are listed of a call.
const READS: usize = 256;

/// Comparisons that are listed of a call, the last ones.
const COMPARED: usize = 96;

/// What one call decided by, in all its frames.
#[derive(Clone, Debug, Default)]
pub struct Guide {
    /// (account, key, word) of each slot whose word from before the call an `SLOAD` found, in order.
    reads: Vec<(Address, U256, U256)>,
    /// The slots that were read or written.
    known: BTreeSet<(Address, U256)>,
    /// The operands of the last comparisons, of which no two neighbours are equal; those of `ISZERO` are its operand and 0.
    compared: VecDeque<(U256, U256)>,
}

impl Guide {
    /// Notes an instruction: what lay on the stack before it (the top first) and, of an `SLOAD`, the word that it found.
    pub fn note(&mut self, account: Address, code: u8, (top, second): (U256, U256), found: Option<U256>) {
        match (code, found) {
            (opcode::LT | opcode::GT | opcode::SLT | opcode::SGT | opcode::EQ | opcode::SUB, _) => self.compare((top, second)),
            (opcode::ISZERO, _) => self.compare((top, U256::ZERO)),
            (opcode::SLOAD, Some(word)) if self.known.insert((account, top)) && self.reads.len() < READS => {
                self.reads.push((account, top, word));
            }
            (opcode::SSTORE, _) => {
                self.known.insert((account, top));
            }
            _ => {}
        }
    }

    fn compare(&mut self, pair: (U256, U256)) {
        if self.compared.back() == Some(&pair) {
            return;
        }
        if self.compared.len() == COMPARED {
            self.compared.pop_front();
        }
        self.compared.push_back(pair);
    }

    /// The JSON form.
    #[must_use]
    pub fn json(&self) -> Value {
        let reads: Vec<Value> = self.reads.iter().map(|(account, key, word)| json!([hex(account.as_slice()), quantity(*key), quantity(*word)])).collect();
        let compared: Vec<Value> = self.compared.iter().map(|(left, right)| json!([quantity(*left), quantity(*right)])).collect();
        json!({"reads": reads, "compared": compared})
    }
}
