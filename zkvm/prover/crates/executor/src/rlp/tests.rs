//! The examples of the specification.

use super::*;

#[test]
fn lists() {
    assert_eq!(list(&[]), [0xc0]);
    assert_eq!(list(&[Item::Bytes(b"cat"), Item::Bytes(b"dog")]), b"\xc8\x83cat\x83dog");
    assert_eq!(list(&[Item::Number(U256::ZERO), Item::Number(U256::from(15)), Item::Number(U256::from(1024))]), [0xc5, 0x80, 15, 0x82, 4, 0]);
    assert_eq!(list(&[Item::Number(U256::from(0x80))]), [0xc2, 0x81, 0x80]);
    let long = list(&[Item::Bytes(&[7; 60])]);
    assert_eq!((&long[..4], long.len()), ([0xf8, 62, 0xb8, 60].as_slice(), 64));
}
