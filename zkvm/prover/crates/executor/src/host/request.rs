//! Requests: strict JSON in, values out (ISA 8.1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use ruint::aliases::U256;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use thiserror::Error;

use super::Address;
use crate::isa;

/// A request to an executor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Index into [`isa::FORKS`].
    pub fork: u8,
    /// Block and transaction environment.
    pub env: Environment,
    /// The contract under test.
    pub contract: Address,
    /// Accounts before the first transaction.
    pub state: BTreeMap<Address, AccountState>,
    /// Transactions in order.
    pub calls: Vec<Transaction>,
    /// Results list the messages of each transaction.
    pub messages: bool,
}

/// Block and transaction environment (ISA 6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Block number.
    pub number: U256,
    /// Block timestamp.
    pub timestamp: U256,
    /// Block beneficiary.
    pub coinbase: Address,
    /// Randomness of the beacon chain.
    pub prevrandao: U256,
    /// Difficulty.
    pub difficulty: U256,
    /// Block gas limit.
    pub gas_limit: U256,
    /// Chain identifier.
    pub chain_id: U256,
    /// Base fee.
    pub base_fee: U256,
    /// Blob base fee.
    pub blob_base_fee: U256,
    /// Effective gas price.
    pub gas_price: U256,
    /// Hashes of blocks by number.
    pub block_hashes: BTreeMap<U256, U256>,
    /// Versioned hashes of the transaction.
    pub blob_hashes: Vec<U256>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// Balance in wei.
    pub balance: U256,
    /// Nonce.
    pub nonce: u64,
    /// Code.
    pub code: Arc<[u8]>,
    /// Slots.
    pub storage: BTreeMap<U256, U256>,
}

/// An entry of a batch: a bare message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// Creation code, if it is a create.
    pub create: Option<Arc<[u8]>>,
    /// Caller.
    pub caller: Address,
    /// Origin.
    pub origin: Address,
    /// Callee, or the account to create.
    pub to: Address,
    /// Value in wei.
    pub value: U256,
    /// Call data, or constructor arguments.
    pub data: Vec<u8>,
    /// Gas of the frame.
    pub gas: u64,
    /// The environment, where it is not the batch's.
    pub env: Option<Arc<Environment>>,
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("request: {place}: {what}")]
pub struct RequestError {
    /// Path of the key.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

type Parsed<T> = Result<T, RequestError>;

fn bad<T>(place: &str, what: impl Into<String>) -> Parsed<T> {
    Err(RequestError { place: place.to_owned(), what: what.into() })
}

/// A JSON object with its entries in order, repeated keys included.
struct Entries<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<T> {
            type Value = Entries<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut out = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    out.push(entry);
                }
                Ok(Entries(out))
            }
        }
        deserializer.deserialize_map(Collect(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    fork: String,
    env: RawEnvironment,
    contract: String,
    state: Entries<RawAccount>,
    calls: Vec<RawCall>,
    #[serde(default)]
    messages: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEnvironment {
    number: String,
    timestamp: String,
    coinbase: String,
    prevrandao: String,
    difficulty: String,
    gas_limit: String,
    chain_id: String,
    base_fee: String,
    blob_base_fee: String,
    gas_price: String,
    block_hashes: Entries<String>,
    blob_hashes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    balance: String,
    nonce: String,
    code: String,
    storage: Entries<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    create: bool,
    caller: String,
    origin: String,
    to: String,
    value: String,
    data: String,
    gas: String,
    #[serde(default)]
    code: Option<String>,
}

impl Request {
    /// Parses the JSON form.
    ///
    /// # Errors
    /// Names the place of what is not as ISA 8.1 says.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let raw: RawRequest = match serde_json::from_str(text) {
            Ok(raw) => raw,
            Err(error) => return bad("json", error.to_string()),
        };
        let Some(fork) = isa::fork_index(&raw.fork) else {
            return bad("fork", format!("no rule set '{}'", raw.fork));
        };
        let mut state = BTreeMap::new();
        for (key, account) in &raw.state.0 {
            let place = format!("state.{key}");
            if state.insert(parse_address(&place, key)?, parse_account(&place, account)?).is_some() {
                return bad(&place, "repeated");
            }
        }
        let calls = raw.calls.iter().enumerate().map(|(index, call)| parse_call(&format!("calls[{index}]"), call));
        Ok(Self {
            fork,
            env: parse_environment(&raw.env)?,
            contract: parse_address("contract", &raw.contract)?,
            calls: calls.collect::<Result<_, _>>()?,
            state,
            messages: raw.messages,
        })
    }
}

fn parse_environment(raw: &RawEnvironment) -> Parsed<Environment> {
    let hashes = raw.blob_hashes.iter().enumerate();
    Ok(Environment {
        number: parse_word("env.number", &raw.number)?,
        timestamp: parse_word("env.timestamp", &raw.timestamp)?,
        coinbase: parse_address("env.coinbase", &raw.coinbase)?,
        prevrandao: parse_word("env.prevrandao", &raw.prevrandao)?,
        difficulty: parse_word("env.difficulty", &raw.difficulty)?,
        gas_limit: parse_word("env.gas_limit", &raw.gas_limit)?,
        chain_id: parse_word("env.chain_id", &raw.chain_id)?,
        base_fee: parse_word("env.base_fee", &raw.base_fee)?,
        blob_base_fee: parse_word("env.blob_base_fee", &raw.blob_base_fee)?,
        gas_price: parse_word("env.gas_price", &raw.gas_price)?,
        block_hashes: parse_map("env.block_hashes", &raw.block_hashes, parse_hash)?,
        blob_hashes: hashes.map(|(index, hash)| parse_hash(&format!("env.blob_hashes[{index}]"), hash)).collect::<Result<_, _>>()?,
    })
}

fn parse_account(place: &str, raw: &RawAccount) -> Parsed<AccountState> {
    Ok(AccountState {
        balance: parse_word(&format!("{place}.balance"), &raw.balance)?,
        nonce: parse_u64(&format!("{place}.nonce"), &raw.nonce)?,
        code: parse_bytes(&format!("{place}.code"), &raw.code)?.into(),
        storage: parse_map(&format!("{place}.storage"), &raw.storage, parse_word)?,
    })
}

fn parse_call(place: &str, raw: &RawCall) -> Parsed<Transaction> {
    let code = raw.code.as_deref().map(|code| parse_bytes(&format!("{place}.code"), code)).transpose()?;
    let create: Option<Arc<[u8]>> = match (raw.create, code) {
        (true, Some(code)) => Some(code.into()),
        (true, None) => return bad(&format!("{place}.code"), "missing for a create"),
        (false, Some(code)) if !code.is_empty() => {
            return bad(&format!("{place}.code"), "given for what is no create");
        }
        (false, _) => None,
    };
    Ok(Transaction {
        create,
        caller: parse_address(&format!("{place}.caller"), &raw.caller)?,
        origin: parse_address(&format!("{place}.origin"), &raw.origin)?,
        to: parse_address(&format!("{place}.to"), &raw.to)?,
        value: parse_word(&format!("{place}.value"), &raw.value)?,
        data: parse_bytes(&format!("{place}.data"), &raw.data)?,
        gas: parse_gas(&format!("{place}.gas"), &raw.gas)?,
        env: None,
    })
}

fn parse_map(place: &str, raw: &Entries<String>, value: fn(&str, &str) -> Parsed<U256>) -> Parsed<BTreeMap<U256, U256>> {
    let mut out = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (key, text) in &raw.0 {
        let place = format!("{place}.{key}");
        let word = parse_word(&place, key)?;
        if !seen.insert(word) {
            return bad(&place, "repeated");
        }
        out.insert(word, value(&place, text)?);
    }
    Ok(out)
}

fn hex_digits<'a>(place: &str, text: &'a str) -> Parsed<&'a str> {
    let Some(digits) = text.strip_prefix("0x") else {
        return bad(place, "does not begin with 0x");
    };
    if digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) { Ok(digits) } else { bad(place, "not lower-case hex") }
}

fn parse_word(place: &str, text: &str) -> Parsed<U256> {
    let digits = hex_digits(place, text)?;
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return bad(place, "not a minimal quantity");
    }
    U256::from_str_radix(digits, 16).or_else(|_| bad(place, "more than 256 bits"))
}

/// A 32-byte hash, or the same as a minimal quantity.
fn parse_hash(place: &str, text: &str) -> Parsed<U256> {
    let digits = hex_digits(place, text)?;
    if digits.len() == 64 { U256::from_str_radix(digits, 16).or_else(|_| bad(place, "not a hash")) } else { parse_word(place, text) }
}

fn parse_u64(place: &str, text: &str) -> Parsed<u64> {
    let word = parse_word(place, text)?;
    u64::try_from(word).or_else(|_| bad(place, "more than 64 bits"))
}

/// Gas below 2^63, so that gas left fits a signed machine word.
fn parse_gas(place: &str, text: &str) -> Parsed<u64> {
    let gas = parse_u64(place, text)?;
    if gas < 1 << 63 { Ok(gas) } else { bad(place, "2^63 gas or more") }
}

fn parse_bytes(place: &str, text: &str) -> Parsed<Vec<u8>> {
    let digits = hex_digits(place, text)?.as_bytes();
    if digits.len() % 2 != 0 {
        return bad(place, "an odd number of hex digits");
    }
    let value = |digit: u8| {
        if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 }
    };
    Ok(digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect())
}

fn parse_address(place: &str, text: &str) -> Parsed<Address> {
    let bytes = parse_bytes(place, text)?;
    Address::try_from(bytes).or_else(|_| bad(place, "not 20 bytes"))
}

#[cfg(test)]
mod tests;
