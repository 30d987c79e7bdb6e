//! Addresses of created accounts (ISA 9.5).

use ruint::aliases::U256;

use crate::host::{Address, word_address};
use crate::keccak::keccak256;
use crate::rlp::{Item, list};

/// Of CREATE: keccak256(rlp(creator, nonce)).
#[must_use]
pub fn create_address(creator: &Address, nonce: u64) -> Address {
    last_bytes(&list(&[Item::Bytes(creator), Item::Number(U256::from(nonce))]))
}

/// Of CREATE2: keccak256(0xff, creator, salt, keccak256(init code)).
#[must_use]
pub fn create2_address(creator: &Address, salt: U256, init: &[u8]) -> Address {
    let mut preimage = vec![0xff];
    preimage.extend_from_slice(creator);
    preimage.extend_from_slice(&salt.to_be_bytes::<32>());
    preimage.extend_from_slice(&keccak256(init));
    last_bytes(&preimage)
}

fn last_bytes(preimage: &[u8]) -> Address {
    word_address(U256::from_be_bytes(keccak256(preimage)))
}

#[cfg(test)]
mod tests;
