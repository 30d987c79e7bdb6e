//! Requests: JSON in, revm's values out (ISA 8.1, 8.10).

use std::collections::BTreeMap;

use revm::primitives::{Address, B256, Bytes, U256, hardfork::SpecId};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};

/// A quantity, as 0x-hex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(pub U256);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix("0x").filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let digits = digits.ok_or_else(|| D::Error::custom(format!("not a quantity: {text}")))?;
        U256::from_str_radix(digits, 16).map(Self).map_err(|_| D::Error::custom(format!("more than 256 bits: {text}")))
    }
}

impl Quantity {
    /// The quantity in fewer bits.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn narrow<T: TryFrom<U256>>(self, what: &str) -> Result<T, String> {
        T::try_from(self.0).map_err(|_| format!("{what} does not fit: {:#x}", self.0))
    }

    /// The quantity, or the largest of the type if it does not fit: limits and prices that large are refused either way.
    #[must_use]
    pub fn clamped<T: TryFrom<U256> + Bounded>(self) -> T {
        T::try_from(self.0).unwrap_or(T::MAX)
    }
}

/// A type with a largest value.
pub trait Bounded {
    /// The largest value.
    const MAX: Self;
}

impl Bounded for u64 {
    const MAX: Self = Self::MAX;
}

impl Bounded for u128 {
    const MAX: Self = Self::MAX;
}

/// Bytes, as 0x-hex.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Data(pub Vec<u8>);

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        decode(&text).map(Self).ok_or_else(|| D::Error::custom("not bytes as 0x-hex"))
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    let value = |digit: u8| (digit as char).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

impl Data {
    /// The bytes as an address.
    ///
    /// # Errors
    /// If there are not 20.
    pub fn address(&self) -> Result<Address, String> {
        <[u8; 20]>::try_from(self.0.as_slice()).map(Address::from).map_err(|_| "an address has 20 bytes".to_owned())
    }

    /// The bytes as a hash.
    ///
    /// # Errors
    /// If there are not 32.
    pub fn hash(&self) -> Result<B256, String> {
        <[u8; 32]>::try_from(self.0.as_slice()).map(B256::from).map_err(|_| "a hash has 32 bytes".to_owned())
    }

    /// The bytes as revm holds them.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        Bytes::from(self.0.clone())
    }
}

/// A request.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// Name of the rule set.
    pub fork: String,
    /// Environment, by the names of [`Environment`].
    pub env: Map<String, Value>,
    /// Accounts before value moves, by address.
    pub state: BTreeMap<String, Account>,
    /// Transactions.
    pub calls: Vec<Call>,
    /// Whether to record where the run went.
    #[serde(default)]
    pub trace: bool,
    /// Whether the recording says what each call decided by.
    #[serde(default)]
    pub guide: bool,
    /// Whether results list messages.
    #[serde(default)]
    pub messages: bool,
}

/// Block and transaction environment (ISA 6.2).
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ISA 6.2")]
pub struct Environment {
    pub number: Quantity,
    pub timestamp: Quantity,
    pub coinbase: Data,
    pub prevrandao: Quantity,
    pub difficulty: Quantity,
    pub gas_limit: Quantity,
    pub chain_id: Quantity,
    pub base_fee: Quantity,
    pub blob_base_fee: Quantity,
    pub gas_price: Quantity,
    pub block_hashes: BTreeMap<String, Data>,
    pub blob_hashes: Vec<Data>,
}

impl Environment {
    /// The batch's environment with a transaction's own members in their places.
    ///
    /// # Errors
    /// If a member is missing or malformed.
    pub fn read(batch: &Map<String, Value>, own: &Map<String, Value>) -> Result<Self, String> {
        let mut members = batch.clone();
        members.extend(own.clone());
        serde_json::from_value(Value::Object(members)).map_err(|error| format!("env: {error}"))
    }
}

/// An account.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ISA 8.1")]
pub struct Account {
    pub balance: Quantity,
    pub nonce: Quantity,
    pub code: Data,
    pub storage: BTreeMap<String, Quantity>,
}

/// An entry of a batch; `code` is the creation code of a create.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ISA 8.1")]
pub struct Call {
    pub create: bool,
    pub caller: Data,
    pub origin: Data,
    pub to: Option<Data>,
    pub value: Quantity,
    pub data: Data,
    pub gas: Option<Quantity>,
    #[serde(default)]
    pub code: Data,
    #[serde(default)]
    pub env: Map<String, Value>,
    pub transaction: Option<Transaction>,
}

/// What makes an entry a transaction with fees.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ISA 8.10")]
pub struct Transaction {
    pub nonce: Quantity,
    pub gas_limit: Quantity,
    pub gas_price: Option<Quantity>,
    pub max_fee_per_gas: Option<Quantity>,
    pub max_priority_fee_per_gas: Option<Quantity>,
    pub access_list: Option<Vec<Access>>,
    pub blob_hashes: Option<Vec<Data>>,
    pub max_fee_per_blob_gas: Option<Quantity>,
    pub authorizations: Option<Vec<Authorization>>,
    #[serde(rename = "type")]
    pub kind: Option<u64>,
}

/// An item of an access list (EIP-2930).
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ISA 8.10")]
pub struct Access {
    pub address: Data,
    pub storage_keys: Vec<Quantity>,
}

/// An authorization (EIP-7702).
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ISA 8.10")]
pub struct Authorization {
    pub chain_id: Quantity,
    pub address: Data,
    pub nonce: Quantity,
    pub y_parity: Quantity,
    pub r: Quantity,
    pub s: Quantity,
}

/// A quantity that stands as a key.
///
/// # Errors
/// If it is none.
pub fn key_quantity(text: &str) -> Result<U256, String> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.is_empty()).ok_or_else(|| format!("not a quantity: {text}"))?;
    U256::from_str_radix(digits, 16).map_err(|error| format!("not a quantity: {text}: {error}"))
}

/// An address that stands as a key.
///
/// # Errors
/// If it is none.
pub fn key_address(text: &str) -> Result<Address, String> {
    decode(text).map(Data).ok_or_else(|| format!("not an address: {text}"))?.address()
}

/// revm's name of a rule set. It has none for Constantinople, which runs as Petersburg up to its first store: [`crate::OracleError::NotCovered`].
#[must_use]
pub fn spec(fork: &str) -> Option<SpecId> {
    Some(match fork {
        "Frontier" => SpecId::FRONTIER,
        "Homestead" => SpecId::HOMESTEAD,
        "TangerineWhistle" => SpecId::TANGERINE,
        "SpuriousDragon" => SpecId::SPURIOUS_DRAGON,
        "Byzantium" => SpecId::BYZANTIUM,
        "Constantinople" | "Petersburg" => SpecId::PETERSBURG,
        "Istanbul" => SpecId::ISTANBUL,
        "Berlin" => SpecId::BERLIN,
        "London" => SpecId::LONDON,
        "Paris" => SpecId::MERGE,
        "Shanghai" => SpecId::SHANGHAI,
        "Cancun" => SpecId::CANCUN,
        "Prague" => SpecId::PRAGUE,
        "Osaka" => SpecId::OSAKA,
        _ => return None,
    })
}
