//! Accounts while transactions run: warm sets, original values, existence (ISA 4.2, 8.3, 8.6, 8.7).

use std::collections::BTreeMap;
use std::sync::Arc;

use ruint::aliases::U256;

use super::Address;
use super::journal::{Change, Checkpoint};
use super::request::{AccountState, Request};
use super::result::{AccountAfter, Log};
use super::words::{AddressMap, FastMap, WordMap};
use crate::gas::rules;
use crate::keccak::keccak256;
use crate::machine::Loaded;
use crate::rules::RuleSet;

/// Code of an account that delegates to another begins so (EIP-7702).
pub(crate) const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];

/// Index of an account in the world; it stays the same while the world lives.
pub(crate) type Handle = u32;

/// A storage slot.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    pub value: U256,
    /// Value before the transaction that `mark` names.
    pub original: U256,
    /// Number of the transaction that touched it last.
    pub mark: u32,
}

/// Numbers of the transactions that did something to an account last; transactions count from 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    pub warm: u32,
    pub touched: u32,
    pub created: u32,
    pub destroyed: u32,
}

/// An account, or an address that was asked about.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub address: Address,
    pub balance: U256,
    pub nonce: u64,
    pub code: Arc<[u8]>,
    pub code_hash: [u8; 32],
    /// The program of the code, once it was looked up.
    pub program: Option<Arc<Loaded>>,
    pub storage: WordMap<Slot>,
    /// Empty accounts count as existing here whatever the rule set (see [`World::exists`]).
    pub exists: bool,
    /// Results list it.
    pub listed: bool,
    pub marks: Marks,
}

impl Account {
    fn new(address: Address) -> Self {
        Self {
            address,
            balance: U256::ZERO,
            nonce: 0,
            code: Arc::default(),
            code_hash: NO_CODE,
            program: None,
            storage: WordMap::default(),
            exists: false,
            listed: false,
            marks: Marks::default(),
        }
    }

    /// EIP-161.
    pub fn is_empty(&self) -> bool {
        self.balance.is_zero() && self.nonce == 0 && self.code.is_empty()
    }

    fn has_words(&self) -> bool {
        self.storage.values().any(|slot| !slot.value.is_zero())
    }

    /// The address that the code delegates to, if it is a designator (EIP-7702).
    pub fn delegate(&self) -> Option<Address> {
        let target = self.code.strip_prefix(&DELEGATION)?;
        target.try_into().ok()
    }
}

/// keccak256 of nothing.
const NO_CODE: [u8; 32] = [
    0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa,
    0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
];

/// Why value does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Immovable {
    /// The payer has less.
    Unpaid,
    /// The receiver would have 2^256 or more.
    Overflow,
}

/// Accounts, and what the current transaction has done.
#[derive(Debug)]
pub(crate) struct World {
    pub rules: &'static RuleSet,
    accounts: Vec<Account>,
    handles: AddressMap<Handle>,
    /// Number of the transaction, from 1.
    transaction: u32,
    pub(super) journal: Vec<Change>,
    pub(super) transient: FastMap<(Handle, U256), U256>,
    pub logs: Vec<Log>,
    pub refund: i64,
    /// Accounts to be deleted at the transaction's end, in order.
    pub destroyed: Vec<Handle>,
    /// Accounts touched so far; those whose touch was taken back have no mark.
    touched: Vec<Handle>,
}

impl World {
    pub fn new(request: &Request) -> Self {
        let mut world = Self {
            rules: rules(request.fork),
            accounts: Vec::with_capacity(2 * request.state.len() + 8),
            handles: AddressMap::default(),
            transaction: 0,
            journal: Vec::new(),
            transient: FastMap::default(),
            logs: Vec::new(),
            refund: 0,
            destroyed: Vec::new(),
            touched: Vec::new(),
        };
        for (address, state) in &request.state {
            let handle = world.open(address);
            let account = world.at(handle);
            (account.exists, account.listed, account.balance, account.nonce) = (true, true, state.balance, state.nonce);
            let slot = |value: U256| Slot { value, original: value, mark: 0 };
            account.storage = state.storage.iter().map(|(key, value)| (*key, slot(*value))).collect();
            if !state.code.is_empty() {
                (account.code, account.code_hash) = (Arc::clone(&state.code), keccak256(&state.code));
            }
        }
        world
    }

    /// Begins a transaction: nothing is warm, transient storage is empty (ISA 8.3).
    pub fn begin(&mut self) {
        self.transaction += 1;
        self.journal.clear();
        self.transient.clear();
        self.logs.clear();
        self.destroyed.clear();
        self.touched.clear();
        self.refund = 0;
    }

    /// The account's handle; one that was never asked about gets one.
    pub fn open(&mut self, address: &Address) -> Handle {
        if let Some(handle) = self.handles.get(address) {
            return *handle;
        }
        let handle = self.accounts.len() as Handle;
        self.accounts.push(Account::new(*address));
        self.handles.insert(*address, handle);
        handle
    }

    /// The account of a handle.
    #[inline]
    pub fn get(&self, handle: Handle) -> &Account {
        &self.accounts[handle as usize]
    }

    /// The account of a handle, to change it past the journal.
    #[inline]
    pub(super) fn at(&mut self, handle: Handle) -> &mut Account {
        &mut self.accounts[handle as usize]
    }

    /// Keeps the program of the account's code at hand.
    pub fn keep_program(&mut self, handle: Handle, program: Arc<Loaded>) {
        self.at(handle).program = Some(program);
    }

    /// Warms the account; true if it was cold.
    pub fn warm(&mut self, handle: Handle) -> bool {
        let now = self.transaction;
        let account = self.at(handle);
        if account.marks.warm == now {
            return false;
        }
        account.marks.warm = now;
        let address = account.address;
        self.journal.push(Change::Warm(handle));
        !self.rules.is_precompile(&address)
    }

    /// Whether the account is there for the rule set (ISA 8.7).
    pub fn exists(&self, handle: Handle) -> bool {
        let account = self.get(handle);
        account.exists && !(self.rules.empty_is_absent && account.is_empty())
    }

    /// EIP-1052: 0 for an account that does not exist or is empty.
    pub fn code_hash(&self, handle: Handle) -> U256 {
        let account = self.get(handle);
        if account.is_empty() { U256::ZERO } else { U256::from_be_bytes(account.code_hash) }
    }

    /// What the account's code delegates to, where the rule set knows delegation (ISA 8.5).
    pub fn delegate(&mut self, handle: Handle) -> Option<Handle> {
        if !self.rules.delegation {
            return None;
        }
        let target = self.get(handle).delegate()?;
        Some(self.open(&target))
    }

    /// Touches the account: it exists from now on, and is deleted at the end if it is empty then (EIP-161).
    pub fn touch(&mut self, handle: Handle) {
        let now = self.transaction;
        let account = self.at(handle);
        if account.marks.touched == now {
            return;
        }
        let before = Change::Touched(handle, account.exists, account.listed);
        account.marks.touched = now;
        (account.exists, account.listed) = (true, true);
        self.journal.push(before);
        self.touched.push(handle);
    }

    /// Sets a balance and touches the account.
    pub fn set_balance(&mut self, handle: Handle, balance: U256) {
        self.touch(handle);
        let old = std::mem::replace(&mut self.at(handle).balance, balance);
        self.journal.push(Change::Balance(handle, old));
    }

    /// Sets a nonce and touches the account.
    pub fn set_nonce(&mut self, handle: Handle, nonce: u64) {
        self.touch(handle);
        let old = std::mem::replace(&mut self.at(handle).nonce, nonce);
        self.journal.push(Change::Nonce(handle, old));
    }

    /// Sets the code and touches the account.
    pub fn set_code(&mut self, handle: Handle, code: Arc<[u8]>) {
        self.touch(handle);
        let hash = if code.is_empty() { NO_CODE } else { keccak256(&code) };
        let account = self.at(handle);
        account.program = None;
        let old = (std::mem::replace(&mut account.code, code), std::mem::replace(&mut account.code_hash, hash));
        self.journal.push(Change::Code(handle, old.0, old.1));
    }

    /// Moves value, after which the receiver is touched; nothing moves if it cannot.
    pub fn transfer(&mut self, from: Handle, to: Handle, value: U256) -> Result<(), Immovable> {
        let rest = self.get(from).balance.checked_sub(value).ok_or(Immovable::Unpaid)?;
        if value.is_zero() || from == to {
            self.touch(to);
            return Ok(());
        }
        let sum = self.get(to).balance.checked_add(value).ok_or(Immovable::Overflow)?;
        self.set_balance(from, rest);
        self.set_balance(to, sum);
        Ok(())
    }

    /// Marks an account as created in this transaction.
    pub fn create(&mut self, handle: Handle) {
        self.touch(handle);
        self.at(handle).marks.created = self.transaction;
        self.journal.push(Change::Created(handle));
    }

    /// Whether this transaction created the account.
    pub fn is_created(&self, handle: Handle) -> bool {
        self.get(handle).marks.created == self.transaction
    }

    /// Marks an account for deletion; true if it was not marked before.
    pub fn destroy(&mut self, handle: Handle) -> bool {
        let now = self.transaction;
        let account = self.at(handle);
        if account.marks.destroyed == now {
            return false;
        }
        account.marks.destroyed = now;
        self.journal.push(Change::Destroyed(handle));
        self.destroyed.push(handle);
        true
    }

    /// The word of a slot, and whether it was cold.
    pub fn load(&mut self, handle: Handle, key: U256) -> (U256, bool) {
        let now = self.transaction;
        let slot = self.accounts[handle as usize].storage.entry(key).or_default();
        let mark = slot.mark;
        if mark != now {
            (slot.mark, slot.original) = (now, slot.value);
            let value = slot.value;
            self.journal.push(Change::SlotMark(handle, key, mark));
            return (value, true);
        }
        (slot.value, false)
    }

    /// Sets a slot: its original word, the word before, and whether it was cold.
    pub fn store(&mut self, handle: Handle, key: U256, word: U256) -> (U256, U256, bool) {
        let now = self.transaction;
        let slot = self.accounts[handle as usize].storage.entry(key).or_default();
        let mark = slot.mark;
        if mark != now {
            (slot.mark, slot.original) = (now, slot.value);
            self.journal.push(Change::SlotMark(handle, key, mark));
        }
        let old = std::mem::replace(&mut slot.value, word);
        let original = slot.original;
        self.journal.push(Change::Slot(handle, key, old));
        (original, old, mark != now)
    }

    pub fn load_transient(&self, handle: Handle, key: U256) -> U256 {
        self.transient.get(&(handle, key)).copied().unwrap_or_default()
    }

    pub fn store_transient(&mut self, handle: Handle, key: U256, word: U256) {
        let old = self.transient.insert((handle, key), word).unwrap_or_default();
        self.journal.push(Change::Transient(handle, key, old));
    }

    /// What stands in the way of a create at an address (EIP-684, EIP-7610): a storage slot counts only while it holds a word.
    pub fn occupied(&self, handle: Handle) -> Option<&'static str> {
        let account = self.get(handle);
        if account.nonce != 0 {
            Some("its nonce is not 0")
        } else if !account.code.is_empty() {
            Some("it has code")
        } else if account.has_words() {
            Some("it has storage")
        } else {
            None
        }
    }

    /// Ends the transaction: deletes what was destroyed, and what is touched and empty (ISA 8.6, 8.7); the addresses destroyed, sorted.
    pub fn end(&mut self) -> Vec<Address> {
        let mut destroyed = Vec::with_capacity(self.destroyed.len());
        for handle in std::mem::take(&mut self.destroyed) {
            destroyed.push(self.get(handle).address);
            self.delete(handle);
        }
        let touched = std::mem::take(&mut self.touched);
        for handle in touched.iter().copied().filter(|_| self.rules.empty_is_absent) {
            let account = &self.accounts[handle as usize];
            if account.marks.touched == self.transaction && account.is_empty() {
                self.delete(handle);
            }
        }
        self.touched = touched;
        destroyed.sort_unstable();
        destroyed
    }

    /// Takes back the whole transaction.
    pub fn abandon(&mut self) {
        self.revert(Checkpoint::default());
    }

    /// Deletes an account; it stays listed (ISA 8.6).
    fn delete(&mut self, handle: Handle) {
        let account = self.at(handle);
        *account = Account { listed: true, ..Account::new(account.address) };
    }

    /// The accounts as results show them: zero slots omitted.
    pub fn into_state(self) -> BTreeMap<Address, AccountAfter> {
        let absent_if_empty = self.rules.empty_is_absent;
        let shown = self.accounts.into_iter().filter(|account| account.listed).map(|account| {
            let absent = !account.exists || (absent_if_empty && account.is_empty());
            let slots = account.storage.iter().filter(|(_, slot)| !slot.value.is_zero());
            let storage = slots.map(|(key, slot)| (*key, slot.value)).collect();
            (account.address, AccountAfter { account: AccountState { balance: account.balance, nonce: account.nonce, code: account.code, storage }, absent })
        });
        shown.collect()
    }
}

#[cfg(test)]
mod tests;
