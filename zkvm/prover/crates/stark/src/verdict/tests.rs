use super::{hex, quantity};
use crate::statement::number;

#[test]
fn a_quantity_has_no_zeros_in_front() {
    let mut word = [0; 32];
    assert_eq!(quantity(&word), "0x0");
    for value in [1, 15, 16, 255] {
        word[31] = value;
        assert_eq!(quantity(&word), format!("{value:#x}"));
    }
    for place in 0..32 {
        for value in [1, 0x0f, 0x10, 0xab] {
            let mut word = [0; 32];
            word[place] = value;
            assert_eq!(quantity(&word), format!("{:#x}", number(&word)));
        }
    }
}

#[test]
fn bytes_keep_their_zeros() {
    assert_eq!(hex(&[]), "0x");
    assert_eq!(hex(&[0, 1, 0xfe, 0x10]), "0x0001fe10");
}
