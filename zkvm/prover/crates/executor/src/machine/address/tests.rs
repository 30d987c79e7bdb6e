//! The examples of EIP-1014, and addresses of mainnet.

use super::*;
use crate::host::result::hex;

fn address(text: &str) -> Address {
    word_address(U256::from_str_radix(text, 16).unwrap())
}

#[test]
fn creates() {
    let creator = address("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
    let expected = ["cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d", "343c43a37d37dff08ae8c4a11544c718abb4fcf8", "f778b86fa74e846c4f0a1fbd1335fe81c00a0c91"];
    for (nonce, expected) in (0..).zip(expected) {
        assert_eq!(create_address(&creator, nonce), address(expected));
    }
    // a nonce of one byte with its high bit, and the longest
    assert_ne!(create_address(&creator, 0x80), create_address(&creator, 0x8000));
    assert_eq!(create_address(&creator, u64::MAX).len(), 20);
}

#[test]
fn creates_with_salt() {
    let of = |creator: &str, salt: u64, init: &[u8]| hex(&create2_address(&address(creator), U256::from(salt), init));
    assert_eq!(of("0", 0, &[0]), "0x4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38");
    assert_eq!(of("deadbeef00000000000000000000000000000000", 0, &[0]), "0xb928f69bb1d91cd65274e3c79d8986362984fda3");
    assert_eq!(of("00000000000000000000000000000000deadbeef", 0xcafe_babe, &[0xde, 0xad, 0xbe, 0xef]), "0x60f3f640a8508fc6a86d45df051962668e1e8ac7");
    assert_eq!(of("0", 0, &[]), "0xe33c0c7f7df4809055c3eba6c09cfe4baf1bd9e0");
}
