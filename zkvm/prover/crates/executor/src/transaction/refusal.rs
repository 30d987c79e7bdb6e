//! Why a rule set refuses a transaction (ISA 8.10).

use ruint::aliases::U256;

use super::{Price, Terms, floor_gas, intrinsic_gas, kind};
use crate::rules::RuleSet;

/// Reasons, each the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the codes of ISA 8.10")]
pub enum Refusal {
    TypeNotSupported,
    IntrinsicGas,
    FloorGas,
    NonceMax,
    InitCodeLimit,
    GasCap,
    BlockGasLimit,
    PriorityFeeAboveMaxFee,
    MaxFeeBelowBaseFee,
    NoBlobs,
    TooManyBlobs,
    BlobVersion,
    BlobFee,
    BlobCreate,
    AuthorizationCreate,
    NoAuthorizations,
    NonceTooLow,
    NonceTooHigh,
    Funds,
    SenderHasCode,
}

impl Refusal {
    /// The code in results.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TypeNotSupported => "type-not-supported",
            Self::IntrinsicGas => "intrinsic-gas",
            Self::FloorGas => "floor-gas",
            Self::NonceMax => "nonce-max",
            Self::InitCodeLimit => "init-code-limit",
            Self::GasCap => "gas-cap",
            Self::BlockGasLimit => "block-gas-limit",
            Self::PriorityFeeAboveMaxFee => "priority-fee-above-max-fee",
            Self::MaxFeeBelowBaseFee => "max-fee-below-base-fee",
            Self::NoBlobs => "no-blobs",
            Self::TooManyBlobs => "too-many-blobs",
            Self::BlobVersion => "blob-version",
            Self::BlobFee => "blob-fee",
            Self::BlobCreate => "blob-create",
            Self::AuthorizationCreate => "authorization-create",
            Self::NoAuthorizations => "no-authorizations",
            Self::NonceTooLow => "nonce-too-low",
            Self::NonceTooHigh => "nonce-too-high",
            Self::Funds => "funds",
            Self::SenderHasCode => "sender-has-code",
        }
    }
}

/// What the block says.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names of ISA 6.2")]
pub struct Block {
    pub gas_limit: U256,
    pub base_fee: U256,
    pub blob_base_fee: U256,
}

/// The sender before the transaction.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// Its nonce.
    pub nonce: u64,
    /// Its balance.
    pub balance: U256,
    /// It has code that is no designator of the rule set (EIP-3607).
    pub has_code: bool,
}

/// The message that is offered.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// It creates.
    pub creates: bool,
    /// Its value.
    pub value: U256,
    /// Call data or init code.
    pub data: &'a [u8],
}

/// The first reason that holds: of type and fees, of blobs and authorizations, of gas, of the sender. The order is that of the Python machine and of revm.
#[must_use]
pub fn refusal(rules: &RuleSet, block: &Block, sender: &Sender, offer: &Offer<'_>, terms: &Terms) -> Option<Refusal> {
    fees(rules, block, terms)
        .or_else(|| parts(rules, block, offer, terms))
        .or_else(|| gas(rules, block, offer, terms))
        .or_else(|| account(sender, offer, terms))
}

fn first(reasons: &[(bool, Refusal)]) -> Option<Refusal> {
    reasons.iter().find(|(applies, _)| *applies).map(|(_, reason)| *reason)
}

/// EIP-2718, EIP-1559.
fn fees(rules: &RuleSet, block: &Block, terms: &Terms) -> Option<Refusal> {
    let priority = matches!(terms.price, Price::Market { max_fee, max_priority_fee } if max_priority_fee > max_fee);
    first(&[
        (i64::from(terms.kind) > rules.newest_type, Refusal::TypeNotSupported),
        (priority, Refusal::PriorityFeeAboveMaxFee),
        (rules.base_fee && terms.price.most() < block.base_fee, Refusal::MaxFeeBelowBaseFee),
    ])
}

/// EIP-4844, EIP-7702.
fn parts(rules: &RuleSet, block: &Block, offer: &Offer<'_>, terms: &Terms) -> Option<Refusal> {
    let blobs = terms.kind == kind::BLOBS;
    let authorizes = terms.kind == kind::AUTHORIZATIONS;
    let count = terms.blob_hashes.len() as u64;
    first(&[
        (blobs && terms.max_fee_per_blob_gas < block.blob_base_fee, Refusal::BlobFee),
        (blobs && count == 0, Refusal::NoBlobs),
        (blobs && terms.blob_hashes.iter().any(|hash| hash.byte(31) != 1), Refusal::BlobVersion),
        (blobs && count > rules.blobs_max.unsigned_abs(), Refusal::TooManyBlobs),
        (blobs && offer.creates, Refusal::BlobCreate),
        (authorizes && terms.authorizations.is_empty(), Refusal::NoAuthorizations),
        (authorizes && offer.creates, Refusal::AuthorizationCreate),
    ])
}

/// EIP-2681, EIP-7825, EIP-3860, EIP-7623.
fn gas(rules: &RuleSet, block: &Block, offer: &Offer<'_>, terms: &Terms) -> Option<Refusal> {
    first(&[
        (terms.nonce == u64::MAX, Refusal::NonceMax),
        (terms.gas_limit > rules.gas_cap.unsigned_abs(), Refusal::GasCap),
        (U256::from(terms.gas_limit) > block.gas_limit, Refusal::BlockGasLimit),
        (offer.creates && RuleSet::exceeds(offer.data.len(), rules.init_code_limit_bytes), Refusal::InitCodeLimit),
        (intrinsic_gas(rules, offer.creates, offer.data, terms) > terms.gas_limit, Refusal::IntrinsicGas),
        (floor_gas(rules, offer.data) > terms.gas_limit, Refusal::FloorGas),
    ])
}

/// EIP-3607, nonce, funds.
fn account(sender: &Sender, offer: &Offer<'_>, terms: &Terms) -> Option<Refusal> {
    let cost = terms.most().and_then(|most| most.checked_add(offer.value));
    first(&[
        (sender.has_code, Refusal::SenderHasCode),
        (sender.nonce > terms.nonce, Refusal::NonceTooLow),
        (sender.nonce < terms.nonce, Refusal::NonceTooHigh),
        (cost.is_none_or(|cost| cost > sender.balance), Refusal::Funds),
    ])
}
