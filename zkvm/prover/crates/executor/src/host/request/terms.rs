//! The member `transaction` of a batch's entry (ISA 8.10).

use ruint::aliases::U256;
use serde::Deserialize;

use super::{Parsed, bad, parse_address, parse_gas, parse_hash, parse_u64, parse_word};
use crate::transaction::{Access, Authorization, Price, Terms, kind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTerms {
    nonce: String,
    gas_limit: String,
    #[serde(default)]
    gas_price: Option<String>,
    #[serde(default)]
    max_fee_per_gas: Option<String>,
    #[serde(default)]
    max_priority_fee_per_gas: Option<String>,
    #[serde(default)]
    access_list: Option<Vec<RawAccess>>,
    #[serde(default)]
    blob_hashes: Option<Vec<String>>,
    #[serde(default)]
    max_fee_per_blob_gas: Option<String>,
    #[serde(default)]
    authorizations: Option<Vec<RawAuthorization>>,
    #[serde(default, rename = "type")]
    kind: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccess {
    address: String,
    storage_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAuthorization {
    chain_id: String,
    address: String,
    nonce: String,
    y_parity: String,
    r: String,
    s: String,
}

pub(super) fn parse_terms(place: &str, raw: &RawTerms) -> Parsed<Terms> {
    let at = |name: &str| format!("{place}.{name}");
    let list = |name: &str, index: usize| format!("{place}.{name}[{index}]");
    let accesses = raw.access_list.iter().flatten().enumerate().map(|(index, access)| parse_access(&list("access_list", index), access));
    let hashes = raw.blob_hashes.iter().flatten().enumerate().map(|(index, hash)| parse_hash(&list("blob_hashes", index), hash));
    let signed = raw.authorizations.iter().flatten().enumerate().map(|(index, found)| parse_authorization(&list("authorizations", index), found));
    let blob_fee = raw.max_fee_per_blob_gas.as_deref().map(|fee| parse_word(&at("max_fee_per_blob_gas"), fee)).transpose()?;
    Ok(Terms {
        kind: raw.kind.map_or_else(|| newest(raw), |kind| u8::try_from(kind).unwrap_or(u8::MAX)),
        nonce: parse_u64(&at("nonce"), &raw.nonce)?,
        gas_limit: parse_gas(&at("gas_limit"), &raw.gas_limit)?,
        price: parse_price(place, raw)?,
        access_list: accesses.collect::<Result<_, _>>()?,
        blob_hashes: hashes.collect::<Result<_, _>>()?,
        max_fee_per_blob_gas: blob_fee.unwrap_or_default(),
        authorizations: signed.collect::<Result<_, _>>()?,
    })
}

/// The newest type that the members ask for.
fn newest(raw: &RawTerms) -> u8 {
    if raw.authorizations.is_some() {
        kind::AUTHORIZATIONS
    } else if raw.blob_hashes.is_some() || raw.max_fee_per_blob_gas.is_some() {
        kind::BLOBS
    } else if raw.max_fee_per_gas.is_some() {
        kind::FEE_MARKET
    } else if raw.access_list.is_some() {
        kind::ACCESS_LIST
    } else {
        kind::LEGACY
    }
}

fn parse_price(place: &str, raw: &RawTerms) -> Parsed<Price> {
    let word = |name: &str, text: &str| parse_word(&format!("{place}.{name}"), text);
    match (&raw.gas_price, &raw.max_fee_per_gas, &raw.max_priority_fee_per_gas) {
        (Some(price), None, None) => Ok(Price::Fixed(word("gas_price", price)?)),
        (None, Some(most), Some(priority)) => {
            Ok(Price::Market { max_fee: word("max_fee_per_gas", most)?, max_priority_fee: word("max_priority_fee_per_gas", priority)? })
        }
        _ => bad(&format!("{place}.gas_price"), "either gas_price, or max_fee_per_gas and max_priority_fee_per_gas"),
    }
}

fn parse_access(place: &str, raw: &RawAccess) -> Parsed<Access> {
    let keys = raw.storage_keys.iter().enumerate().map(|(index, key)| parse_hash(&format!("{place}.storage_keys[{index}]"), key));
    Ok(Access { address: parse_address(&format!("{place}.address"), &raw.address)?, keys: keys.collect::<Result<Vec<U256>, _>>()? })
}

fn parse_authorization(place: &str, raw: &RawAuthorization) -> Parsed<Authorization> {
    let word = |name: &str, text: &str| parse_word(&format!("{place}.{name}"), text);
    Ok(Authorization {
        chain_id: word("chain_id", &raw.chain_id)?,
        address: parse_address(&format!("{place}.address"), &raw.address)?,
        nonce: word("nonce", &raw.nonce)?,
        y_parity: word("y_parity", &raw.y_parity)?,
        r: word("r", &raw.r)?,
        s: word("s", &raw.s)?,
    })
}
