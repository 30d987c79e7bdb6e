//! Transactions as pure arithmetic: intrinsic gas, refusals, fees, refunds, authorizations (ISA 8.10).
//!
//! Nothing here knows the world, so that whoever checks a statement about a transaction can use it too.

mod refusal;

use ruint::aliases::U256;

use crate::gas::words_of;
use crate::host::{Address, word_address};
use crate::isa::fork;
use crate::keccak::keccak256;
use crate::machine::precompile;
use crate::rlp::{Item, list};
use crate::rules::{BLOB_GAS, RuleSet};

pub use refusal::{Block, Offer, Refusal, Sender, refusal};

/// Types of transactions (EIP-2718).
pub mod kind {
    /// The first form.
    pub const LEGACY: u8 = 0;
    /// EIP-2930.
    pub const ACCESS_LIST: u8 = 1;
    /// EIP-1559.
    pub const FEE_MARKET: u8 = 2;
    /// EIP-4844.
    pub const BLOBS: u8 = 3;
    /// EIP-7702.
    pub const AUTHORIZATIONS: u8 = 4;
}

/// What a transaction pays for a unit of gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// One price.
    Fixed(U256),
    /// At most (EIP-1559).
    Market {
        /// In all.
        max_fee: U256,
        /// To the coinbase.
        max_priority_fee: U256,
    },
}

impl Price {
    /// The most that a unit of gas may cost.
    #[must_use]
    pub fn most(&self) -> U256 {
        match self {
            Self::Fixed(price) => *price,
            Self::Market { max_fee, .. } => *max_fee,
        }
    }

    /// What a unit of gas costs.
    #[must_use]
    pub fn effective(&self, base_fee: U256) -> U256 {
        match self {
            Self::Fixed(price) => *price,
            Self::Market { max_fee, max_priority_fee } => base_fee.saturating_add(*max_priority_fee).min(*max_fee),
        }
    }
}

/// An entry of an access list (EIP-2930).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The account.
    pub address: Address,
    /// Its slots.
    pub keys: Vec<U256>,
}

/// An account's consent to run another's code (EIP-7702).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the EIP")]
pub struct Authorization {
    pub chain_id: U256,
    pub address: Address,
    pub nonce: U256,
    pub y_parity: U256,
    pub r: U256,
    pub s: U256,
}

/// What a transaction has beyond its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Its type.
    pub kind: u8,
    /// The sender's nonce.
    pub nonce: u64,
    /// Gas limit.
    pub gas_limit: u64,
    /// Price of gas.
    pub price: Price,
    /// Access list.
    pub access_list: Vec<Access>,
    /// Versioned hashes of blobs.
    pub blob_hashes: Vec<U256>,
    /// The most that a unit of blob gas may cost.
    pub max_fee_per_blob_gas: U256,
    /// Authorizations.
    pub authorizations: Vec<Authorization>,
}

impl Terms {
    /// Blob gas that it uses; blobs of another type cost nothing.
    #[must_use]
    pub fn blob_gas(&self) -> u64 {
        if self.kind == kind::BLOBS { BLOB_GAS.unsigned_abs() * self.blob_hashes.len() as u64 } else { 0 }
    }

    /// The most that it may cost beside its value; none if no word holds it.
    #[must_use]
    pub fn most(&self) -> Option<U256> {
        let gas = U256::from(self.gas_limit).checked_mul(self.price.most())?;
        gas.checked_add(U256::from(self.blob_gas()).checked_mul(self.max_fee_per_blob_gas)?)
    }

    /// What is taken from the sender before it runs; at most [`Terms::most`] where nothing refuses it.
    #[must_use]
    pub fn advance(&self, base_fee: U256, blob_base_fee: U256) -> Option<U256> {
        let gas = U256::from(self.gas_limit).checked_mul(self.price.effective(base_fee))?;
        gas.checked_add(U256::from(self.blob_gas()).checked_mul(blob_base_fee)?)
    }
}

/// Gas that a transaction uses before it runs.
#[must_use]
pub fn intrinsic_gas(rules: &RuleSet, creates: bool, data: &[u8], terms: &Terms) -> u64 {
    let zeros = data.iter().filter(|byte| **byte == 0).count() as i64;
    let others = data.len() as i64 - zeros;
    let keys = terms.access_list.iter().map(|access| access.keys.len()).sum::<usize>() as i64;
    let create = if creates { rules.create_gas + rules.init_word_gas * words_of(data.len() as u64) as i64 } else { 0 };
    let gas = rules.transaction_gas
        + zeros * rules.zero_byte_gas
        + others * rules.nonzero_byte_gas
        + create
        + rules.access_address_gas * terms.access_list.len() as i64
        + rules.access_key_gas * keys
        + rules.authorization_gas * terms.authorizations.len() as i64;
    gas.unsigned_abs()
}

/// Gas that a transaction uses at least (EIP-7623); 0 where there is no floor.
#[must_use]
pub fn floor_gas(rules: &RuleSet, data: &[u8]) -> u64 {
    if rules.floor_token_gas == 0 {
        return 0;
    }
    let tokens: i64 = data.iter().map(|byte| if *byte == 0 { 1 } else { 4 }).sum();
    (rules.transaction_gas + rules.floor_token_gas * tokens).unsigned_abs()
}

/// Gas used, of which `left` remained before the refund: at most a quotient is refunded, and the floor is used at least.
#[must_use]
pub fn gas_used(rules: &RuleSet, gas_limit: u64, left: u64, refund: u64, floor: u64) -> u64 {
    let spent = gas_limit.saturating_sub(left);
    let refunded = refund.min(spent / rules.refund_quotient.unsigned_abs().max(1));
    (spent - refunded).max(floor)
}

/// Half the order of secp256k1: signatures of authorizations have no greater s (EIP-2).
const HALF_ORDER: U256 = U256::from_limbs([0xdfe9_2f46_681b_20a0, 0x5d57_6e73_57a4_501d, u64::MAX, 0x7fff_ffff_ffff_ffff]);

/// The account that signed an authorization, if one did.
#[must_use]
pub fn authority(authorization: &Authorization) -> Option<Address> {
    let Authorization { chain_id, address, nonce, y_parity, r, s } = authorization;
    if *s > HALF_ORDER || *y_parity > U256::ONE {
        return None;
    }
    let mut message = vec![0x05];
    message.extend(list(&[Item::Number(*chain_id), Item::Bytes(address), Item::Number(*nonce)]));
    let mut input = keccak256(&message).to_vec();
    for word in [U256::from(27) + y_parity, *r, *s] {
        input.extend_from_slice(&word.to_be_bytes::<32>());
    }
    let recovered = precompile(fork::FRONTIER, &word_address(U256::ONE), &input, 3000).ok()?;
    (recovered.output.len() == 32).then(|| word_address(U256::from_be_slice(&recovered.output)))
}

#[cfg(test)]
mod tests;
