//! Accounts while calls run: warm sets, original values, undo (ISA 4.2, 5.2, 8.3).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use ruint::aliases::U256;

use super::Address;
use super::request::{AccountState, Request};
use crate::gas::Rules;
use crate::keccak::keccak256;

/// Hashes words fast; keys are a run's own slots.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut limb = [0; 8];
            limb[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(limb));
        }
    }

    fn write_u64(&mut self, limb: u64) {
        self.0 = (self.0.rotate_left(23) ^ limb).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, _length: usize) {}
}

/// Words by word.
pub(crate) type WordMap<T> = HashMap<U256, T, BuildHasherDefault<WordHasher>>;

/// A storage slot.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    pub value: U256,
    /// Value before the call that `mark` names.
    pub original: U256,
    /// 1 + index of the call that touched it last (ISA 4.2).
    pub mark: u32,
}

impl Slot {
    /// Marks it as touched by the call; true if it was cold.
    pub fn touch(&mut self, call: u32) -> bool {
        let cold = self.mark != call + 1;
        if cold {
            self.mark = call + 1;
            self.original = self.value;
        }
        cold
    }
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub balance: U256,
    pub nonce: u64,
    pub code: Arc<[u8]>,
    pub code_hash: [u8; 32],
    pub storage: WordMap<Slot>,
    /// False after its deletion, until it receives value (ISA 8.7).
    pub exists: bool,
}

impl Default for Account {
    fn default() -> Self {
        Self { balance: U256::ZERO, nonce: 0, code: Arc::default(), code_hash: keccak256(&[]), storage: WordMap::default(), exists: true }
    }
}

impl Account {
    /// EIP-161.
    pub fn is_empty(&self) -> bool {
        self.balance.is_zero() && self.nonce == 0 && self.code.is_empty()
    }

    pub fn set_code(&mut self, code: Arc<[u8]>) {
        self.code_hash = keccak256(&code);
        self.code = code;
    }
}

/// Accounts, and what the current call has warmed.
#[derive(Debug)]
pub(crate) struct World {
    pub rules: Rules,
    pub accounts: BTreeMap<Address, Account>,
    warm: HashSet<Address>,
}

impl World {
    pub fn new(request: &Request) -> Self {
        let accounts = request.state.iter().map(|(address, state)| {
            let slot = |value: U256| Slot { value, original: value, mark: 0 };
            let mut account = Account { balance: state.balance, nonce: state.nonce, ..Account::default() };
            account.storage = state.storage.iter().map(|(key, value)| (*key, slot(*value))).collect();
            if !state.code.is_empty() {
                account.set_code(Arc::clone(&state.code));
            }
            (*address, account)
        });
        Self { rules: Rules { fork: request.fork }, accounts: accounts.collect(), warm: HashSet::new() }
    }

    /// Starts a call's warm set (ISA 8.3).
    pub fn start_call(&mut self, warm: impl IntoIterator<Item = Address>) {
        self.warm.clear();
        self.warm.extend(warm);
    }

    /// Warms the account; true if it was cold.
    pub fn touch(&mut self, address: &Address) -> bool {
        !self.rules.is_precompile(address) && self.warm.insert(*address)
    }

    pub fn account(&mut self, address: Address) -> &mut Account {
        self.accounts.entry(address).or_default()
    }

    pub fn balance(&self, address: &Address) -> U256 {
        self.accounts.get(address).map_or(U256::ZERO, |account| account.balance)
    }

    /// Code bytes of the account; none if there are none.
    pub fn code(&self, address: &Address) -> Arc<[u8]> {
        self.accounts.get(address).map(|account| Arc::clone(&account.code)).unwrap_or_default()
    }

    /// EIP-1052: 0 for an account that does not exist or is empty.
    pub fn code_hash(&self, address: &Address) -> U256 {
        let live = self.accounts.get(address).filter(|account| !account.is_empty());
        live.map_or(U256::ZERO, |account| U256::from_be_bytes(account.code_hash))
    }

    /// Moves value, after which the receiver exists (ISA 8.7); false, and nothing moved, if it cannot be paid or held.
    pub fn transfer(&mut self, from: Address, to: Address, value: U256) -> bool {
        let Some(rest) = self.balance(&from).checked_sub(value) else {
            return false;
        };
        let before = if from == to { rest } else { self.balance(&to) };
        let Some(sum) = before.checked_add(value) else {
            return false;
        };
        if let Some(payer) = self.accounts.get_mut(&from) {
            payer.balance = rest;
        }
        let receiver = self.account(to);
        (receiver.balance, receiver.exists) = (sum, true);
        true
    }

    /// What stands in the way of a create at an address (ISA 8.9): a storage slot counts only while it holds a word.
    pub fn occupied(&self, address: &Address) -> Option<&'static str> {
        let account = self.accounts.get(address);
        if self.rules.is_precompile(address) {
            Some("it is a precompile")
        } else if account.is_some_and(|account| account.nonce != 0) {
            Some("its nonce is not 0")
        } else if account.is_some_and(|account| !account.code.is_empty()) {
            Some("it has code")
        } else if account.is_some_and(|account| account.storage.values().any(|slot| !slot.value.is_zero())) {
            Some("it has storage")
        } else {
            None
        }
    }

    /// Whether the account is there, and whether it exists (ISA 8.7).
    pub fn existence(&self, address: &Address) -> Option<bool> {
        self.accounts.get(address).map(|account| account.exists)
    }

    /// Deletes an account; it stays listed (ISA 8.6).
    pub fn delete(&mut self, address: Address) {
        self.accounts.insert(address, Account { exists: false, ..Account::default() });
    }

    /// The accounts as results show them: zero slots omitted.
    pub fn into_state(self) -> BTreeMap<Address, AccountState> {
        let shown = self.accounts.into_iter().map(|(address, account)| {
            let slots = account.storage.into_iter().filter(|(_, slot)| !slot.value.is_zero());
            let storage = slots.map(|(key, slot)| (key, slot.value)).collect();
            (address, AccountState { balance: account.balance, nonce: account.nonce, code: account.code, storage })
        });
        shown.collect()
    }
}
