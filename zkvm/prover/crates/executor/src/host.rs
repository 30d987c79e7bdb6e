//! Requests, results and the accounts they speak of (ISA 8).

pub(crate) mod journal;
pub mod message;
pub mod request;
pub mod result;
pub(crate) mod state;
mod words;

/// A 20-byte account address.
pub type Address = [u8; 20];

/// The address as a word.
#[must_use]
pub fn address_word(address: &Address) -> ruint::aliases::U256 {
    ruint::aliases::U256::from_be_slice(address)
}

/// The low 20 bytes of a word.
#[must_use]
pub fn word_address(word: ruint::aliases::U256) -> Address {
    let mut out = [0; 20];
    out.copy_from_slice(&word.to_be_bytes::<32>()[12..]);
    out
}
