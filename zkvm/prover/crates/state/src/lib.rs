//! State roots: the Merkle-Patricia trie of accounts (Yellow Paper, appendix D), by a library of its own.

#![deny(missing_docs, unsafe_code)]

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{Address, B256, U256, hex, keccak256};
use alloy_trie::TrieAccount;
use alloy_trie::root::{state_root_unhashed, storage_root_unhashed};
use serde::Deserialize;
use thiserror::Error;

#[cfg(test)]
mod tests;

/// What is wrong with a state.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("state: {place}: {what}")]
pub struct StateError {
    /// Path of the member.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

fn bad<T>(place: &str, what: impl ToString) -> Result<T, StateError> {
    Err(StateError { place: place.to_owned(), what: what.to_string() })
}

/// An account as requests and results have it (ISA 8.1, 8.2).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    balance: String,
    nonce: String,
    code: String,
    storage: BTreeMap<String, String>,
    #[serde(default)]
    absent: bool,
}

/// Root of the trie that holds a state's accounts; those with `"absent": true` are left out, and so are slots that are 0.
///
/// Keys are hashed: of accounts the address, of slots the key.
///
/// # Errors
/// Names the place of what is not of the form of ISA 8.2.
pub fn state_root(state_json: &str) -> Result<B256, StateError> {
    let raw: BTreeMap<String, RawAccount> = serde_json::from_str(state_json).or_else(|error| bad("json", error))?;
    let mut accounts = HashMap::new();
    for (key, account) in &raw {
        let Ok(address) = key.parse::<Address>() else { return bad(key, "not an address") };
        let entry = (!account.absent).then(|| trie_account(key, account)).transpose()?;
        if accounts.insert(address, entry).is_some() {
            return bad(key, "repeated");
        }
    }
    Ok(state_root_unhashed(accounts.into_iter().filter_map(|(address, entry)| Some((address, entry?)))))
}

fn trie_account(place: &str, raw: &RawAccount) -> Result<TrieAccount, StateError> {
    let mut slots = HashMap::new();
    for (key, word) in &raw.storage {
        let slot = format!("{place}.storage.{key}");
        if slots.insert(B256::from(quantity(&slot, key)?), quantity(&slot, word)?).is_some() {
            return bad(&slot, "repeated");
        }
    }
    let storage = storage_root_unhashed(slots.into_iter().filter(|(_, word)| !word.is_zero()));
    let nonce = quantity(&format!("{place}.nonce"), &raw.nonce)?;
    let Ok(nonce) = u64::try_from(nonce) else { return bad(&format!("{place}.nonce"), "more than 64 bits") };
    let Ok(code) = hex::decode(&raw.code) else { return bad(&format!("{place}.code"), "not bytes in hex") };
    Ok(TrieAccount::new(nonce, quantity(&format!("{place}.balance"), &raw.balance)?, storage, keccak256(code)))
}

fn quantity(place: &str, text: &str) -> Result<U256, StateError> {
    match text.strip_prefix("0x").filter(|digits| !digits.is_empty()).map(|digits| U256::from_str_radix(digits, 16)) {
        Some(Ok(word)) => Ok(word),
        _ => bad(place, "not a quantity of at most 256 bits"),
    }
}
