//! The journal: what frames have changed, so that a frame that fails changes nothing (ISA 9.4).

use std::sync::Arc;

use ruint::aliases::U256;

use super::Address;
use super::state::{Handle, World};

/// One change and what was there before it.
#[derive(Debug)]
pub(crate) enum Change {
    /// A balance.
    Balance(Handle, U256),
    /// A nonce.
    Nonce(Handle, u64),
    /// Code and its hash.
    Code(Handle, Arc<[u8]>, [u8; 32]),
    /// The word of a slot, by key.
    Slot(Handle, U256, U256),
    /// The mark of a slot, by key: it was cold.
    SlotMark(Handle, U256, u32),
    /// A transient slot, by key.
    Transient(Handle, U256, U256),
    /// The account was cold.
    Warm(Handle),
    /// The account was not created in this transaction.
    Created(Handle),
    /// The account was not to be destroyed.
    Destroyed(Handle),
    /// The account was not touched in this transaction; whether it existed, and whether results listed it.
    Touched(Handle, bool, bool),
}

/// A point to go back to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Checkpoint {
    changes: usize,
    logs: usize,
    refund: i64,
    destroyed: usize,
}

/// The precompile whose touch no failure takes back, from EIP-161 on: what clients did in mainnet's block 2675119 (execution-specs,
/// `incorporate_child_on_error`).
const NEVER_UNTOUCHED: Address = {
    let mut address = [0; 20];
    address[19] = 3;
    address
};

impl World {
    /// The point that has been reached.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { changes: self.journal.len(), logs: self.logs.len(), refund: self.refund, destroyed: self.destroyed.len() }
    }

    /// Takes back what was done since, latest first.
    pub fn revert(&mut self, to: Checkpoint) {
        while self.journal.len() > to.changes {
            let Some(change) = self.journal.pop() else { break };
            self.take_back(change);
        }
        self.logs.truncate(to.logs);
        self.destroyed.truncate(to.destroyed);
        self.refund = to.refund;
    }

    fn take_back(&mut self, change: Change) {
        let never_untouched = self.rules.empty_is_absent;
        match change {
            Change::Balance(handle, old) => self.at(handle).balance = old,
            Change::Nonce(handle, old) => self.at(handle).nonce = old,
            Change::Code(handle, old, hash) => {
                let account = self.at(handle);
                (account.code, account.code_hash, account.program) = (old, hash, None);
            }
            Change::Slot(handle, key, old) => {
                if let Some(slot) = self.at(handle).storage.get_mut(&key) {
                    slot.value = old;
                }
            }
            Change::SlotMark(handle, key, old) => {
                if let Some(slot) = self.at(handle).storage.get_mut(&key) {
                    slot.mark = old;
                }
            }
            Change::Transient(handle, key, old) => drop(self.transient.insert((handle, key), old)),
            Change::Warm(handle) => self.at(handle).marks.warm = 0,
            Change::Created(handle) => self.at(handle).marks.created = 0,
            Change::Destroyed(handle) => self.at(handle).marks.destroyed = 0,
            Change::Touched(handle, existed, listed) => {
                let account = self.at(handle);
                if never_untouched && account.address == NEVER_UNTOUCHED {
                    return;
                }
                account.marks.touched = 0;
                (account.exists, account.listed) = (existed, listed);
            }
        }
    }
}
