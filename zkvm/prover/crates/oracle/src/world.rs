//! The accounts between calls, as a database of revm.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use revm::Database;
use revm::bytecode::Bytecode;
use revm::primitives::{Address, B256, U256, hardfork::SpecId};
use revm::state::{AccountInfo, EvmState};

use crate::request::{Environment, Request, key_address, key_quantity};

/// An account. One that is listed but does not exist is gone: destroyed, or empty after EIP-161.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the terms of the Yellow Paper")]
pub struct Account {
    pub balance: U256,
    pub nonce: u64,
    pub code: Bytecode,
    pub code_hash: B256,
    pub storage: BTreeMap<U256, U256>,
    pub exists: bool,
}

impl Account {
    fn info(&self) -> AccountInfo {
        AccountInfo { balance: self.balance, nonce: self.nonce, code_hash: self.code_hash, code: Some(self.code.clone()), ..Default::default() }
    }

    fn is_empty(&self) -> bool {
        self.balance.is_zero() && self.nonce == 0 && self.code.is_empty()
    }
}

/// All accounts and the hashes of blocks.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Accounts of the request and those touched since.
    pub accounts: BTreeMap<Address, Account>,
    /// An account that is shown with nonce 1, so that revm sees the collision of EIP-7610, which it does not know.
    pub occupied: Option<Address>,
    hashes: BTreeMap<u64, B256>,
}

/// Code as it runs under a rule set.
#[must_use]
pub fn bytecode(code: &[u8], spec: SpecId) -> Bytecode {
    let delegation = spec.is_enabled_in(SpecId::PRAGUE) && code.len() == 23 && code.starts_with(&[0xef, 0x01, 0x00]);
    if delegation { Bytecode::new_eip7702(Address::from_slice(&code[3..])) } else { Bytecode::new_legacy(code.to_vec().into()) }
}

impl World {
    /// The world that a request states.
    ///
    /// # Errors
    /// If a value is malformed.
    pub fn new(request: &Request, spec: SpecId) -> Result<Self, String> {
        let mut accounts = BTreeMap::new();
        for (address, stated) in &request.state {
            let code = bytecode(&stated.code.0, spec);
            let mut storage = BTreeMap::new();
            for (key, value) in &stated.storage {
                storage.insert(key_quantity(key)?, value.0);
            }
            storage.retain(|_, value| !value.is_zero());
            let code_hash = code.hash_slow();
            let nonce = stated.nonce.narrow("a nonce")?;
            let mut account = Account { balance: stated.balance.0, nonce, code, code_hash, storage, exists: true };
            account.exists = !(spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) && account.is_empty());
            accounts.insert(key_address(address)?, account);
        }
        Ok(Self { accounts, ..Self::default() })
    }

    /// Sets the hashes of blocks.
    ///
    /// # Errors
    /// If one is malformed.
    pub fn set_hashes(&mut self, env: &Environment) -> Result<(), String> {
        self.hashes = block_hashes(env)?;
        Ok(())
    }

    /// Takes over what a transaction left in the accounts that it touched; the addresses that it destroyed.
    pub fn commit(&mut self, state: EvmState, touched: &BTreeSet<Address>, spec: SpecId) -> Vec<Address> {
        let mut destroyed = Vec::new();
        for (address, left) in state.into_iter().filter(|(address, _)| touched.contains(address)) {
            let account = self.accounts.entry(address).or_default();
            if left.is_selfdestructed() {
                *account = Account::default();
                destroyed.push(address);
                continue;
            }
            if left.is_created() {
                account.storage.clear();
            }
            account.balance = left.info.balance;
            account.nonce = left.info.nonce;
            account.code_hash = left.info.code_hash;
            if let Some(code) = left.info.code {
                account.code = code;
            }
            account.storage.extend(left.storage.into_iter().map(|(key, slot)| (key, slot.present_value)));
            account.storage.retain(|_, value| !value.is_zero());
            account.exists = true;
            if spec.is_enabled_in(SpecId::SPURIOUS_DRAGON) && account.is_empty() {
                *account = Account::default();
            }
        }
        destroyed.sort_unstable();
        destroyed
    }
}

fn block_hashes(env: &Environment) -> Result<BTreeMap<u64, B256>, String> {
    let mut hashes = BTreeMap::new();
    for (number, hash) in &env.block_hashes {
        if let Ok(number) = u64::try_from(key_quantity(number)?) {
            hashes.insert(number, hash.hash()?);
        }
    }
    Ok(hashes)
}

impl Database for World {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        if self.occupied == Some(address) {
            let info = self.accounts.get(&address).map(Account::info).unwrap_or_default();
            return Ok(Some(AccountInfo { nonce: 1, ..info }));
        }
        Ok(self.accounts.get(&address).filter(|account| account.exists).map(Account::info))
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Infallible> {
        Ok(self.accounts.values().find(|account| account.code_hash == code_hash).map(|account| account.code.clone()).unwrap_or_default())
    }

    fn storage(&mut self, address: Address, index: U256) -> Result<U256, Infallible> {
        Ok(self.accounts.get(&address).and_then(|account| account.storage.get(&index).copied()).unwrap_or_default())
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Infallible> {
        Ok(self.hashes.get(&number).copied().unwrap_or_default())
    }
}
