//! Requests: strict JSON in, values out (ISA 8.1).

mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use ruint::aliases::U256;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use thiserror::Error;

use self::terms::{RawTerms, parse_terms};
use super::Address;
use crate::isa;
use crate::transaction::Terms;

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

/// An entry of a batch: a bare message, or one shaped like a signed transaction.
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
    /// What it has beyond its message if it is shaped like a signed transaction (ISA 8.10): then `gas` is 0, and `to` too for a create.
    pub terms: Option<Box<Terms>>,
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

/// Members of an environment that differ from the batch's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct EnvironmentChanges {
    number: Option<String>,
    timestamp: Option<String>,
    coinbase: Option<String>,
    prevrandao: Option<String>,
    difficulty: Option<String>,
    gas_limit: Option<String>,
    chain_id: Option<String>,
    base_fee: Option<String>,
    blob_base_fee: Option<String>,
    gas_price: Option<String>,
    block_hashes: Option<Entries<String>>,
    blob_hashes: Option<Vec<String>>,
}

impl EnvironmentChanges {
    fn over(&self, base: &RawEnvironment) -> RawEnvironment {
        let either = |mine: &Option<String>, theirs: &String| mine.clone().unwrap_or_else(|| theirs.clone());
        RawEnvironment {
            number: either(&self.number, &base.number),
            timestamp: either(&self.timestamp, &base.timestamp),
            coinbase: either(&self.coinbase, &base.coinbase),
            prevrandao: either(&self.prevrandao, &base.prevrandao),
            difficulty: either(&self.difficulty, &base.difficulty),
            gas_limit: either(&self.gas_limit, &base.gas_limit),
            chain_id: either(&self.chain_id, &base.chain_id),
            base_fee: either(&self.base_fee, &base.base_fee),
            blob_base_fee: either(&self.blob_base_fee, &base.blob_base_fee),
            gas_price: either(&self.gas_price, &base.gas_price),
            block_hashes: Entries(self.block_hashes.as_ref().unwrap_or(&base.block_hashes).0.clone()),
            blob_hashes: self.blob_hashes.as_ref().unwrap_or(&base.blob_hashes).clone(),
        }
    }
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
    #[serde(default)]
    to: Option<String>,
    value: String,
    data: String,
    #[serde(default)]
    gas: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    env: Option<EnvironmentChanges>,
    #[serde(default)]
    transaction: Option<RawTerms>,
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
        let env = parse_environment("env", &raw.env)?;
        let calls = raw.calls.iter().enumerate().map(|(index, call)| parse_call(&format!("calls[{index}]"), call, &raw.env));
        Ok(Self { fork, env, contract: parse_address("contract", &raw.contract)?, calls: calls.collect::<Result<_, _>>()?, state, messages: raw.messages })
    }
}

fn parse_environment(place: &str, raw: &RawEnvironment) -> Parsed<Environment> {
    let at = |name: &str| format!("{place}.{name}");
    let word = |name: &str, text: &str| parse_word(&at(name), text);
    let hashes = raw.blob_hashes.iter().enumerate();
    Ok(Environment {
        number: word("number", &raw.number)?,
        timestamp: word("timestamp", &raw.timestamp)?,
        coinbase: parse_address(&at("coinbase"), &raw.coinbase)?,
        prevrandao: word("prevrandao", &raw.prevrandao)?,
        difficulty: word("difficulty", &raw.difficulty)?,
        gas_limit: word("gas_limit", &raw.gas_limit)?,
        chain_id: word("chain_id", &raw.chain_id)?,
        base_fee: word("base_fee", &raw.base_fee)?,
        blob_base_fee: word("blob_base_fee", &raw.blob_base_fee)?,
        gas_price: word("gas_price", &raw.gas_price)?,
        block_hashes: parse_map(&at("block_hashes"), &raw.block_hashes, parse_hash)?,
        blob_hashes: hashes.map(|(index, hash)| parse_hash(&at(&format!("blob_hashes[{index}]")), hash)).collect::<Result<_, _>>()?,
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

fn parse_call(place: &str, raw: &RawCall, env: &RawEnvironment) -> Parsed<Transaction> {
    let at = |name: &str| format!("{place}.{name}");
    let code = raw.code.as_deref().map(|code| parse_bytes(&at("code"), code)).transpose()?;
    let create: Option<Arc<[u8]>> = match (raw.create, code) {
        (true, Some(code)) => Some(code.into()),
        (true, None) => return bad(&at("code"), "missing for a create"),
        (false, Some(code)) if !code.is_empty() => {
            return bad(&at("code"), "given for what is no create");
        }
        (false, _) => None,
    };
    let terms = raw.transaction.as_ref().map(|terms| parse_terms(&at("transaction"), terms)).transpose()?;
    let signed = terms.is_some();
    let to = match &raw.to {
        Some(_) if signed && raw.create => return bad(&at("to"), "given for a transaction that creates"),
        Some(to) => parse_address(&at("to"), to)?,
        None if signed && raw.create => Address::default(),
        None => return bad(&at("to"), "missing"),
    };
    let gas = match &raw.gas {
        Some(_) if signed => return bad(&at("gas"), "given beside a transaction's gas_limit"),
        Some(gas) => parse_gas(&at("gas"), gas)?,
        None if signed => 0,
        None => return bad(&at("gas"), "missing"),
    };
    let changed = raw.env.as_ref().map(|changes| parse_environment(&at("env"), &changes.over(env)));
    Ok(Transaction {
        create,
        caller: parse_address(&at("caller"), &raw.caller)?,
        origin: parse_address(&at("origin"), &raw.origin)?,
        to,
        value: parse_word(&at("value"), &raw.value)?,
        data: parse_bytes(&at("data"), &raw.data)?,
        gas,
        env: changed.transpose()?.map(Arc::new),
        terms: terms.map(Box::new),
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
