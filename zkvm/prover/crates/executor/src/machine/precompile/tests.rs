//! Every precompile of the table is there, costs what its EIP says, and no other is.

use super::*;
use crate::gas::rules;
use crate::rules::PRECOMPILES;

fn at(number: u16) -> Address {
    let mut address = [0; 20];
    address[18..].copy_from_slice(&number.to_be_bytes());
    address
}

/// (address, input bytes of zeros, gas, output bytes) under Osaka; from the EIPs' gas rules.
const ZEROS: [(u16, usize, u64, usize); 12] = [
    (1, 0, 3000, 0),
    (2, 32, 72, 32),
    (3, 33, 840, 32),
    (4, 64, 21, 64),
    (5, 0, 500, 0),
    (6, 128, 150, 64),
    (7, 96, 6000, 64),
    (8, 192, 79_000, 32),
    (9, 213, 0, 64),
    (0xb, 256, 375, 128),
    (0xd, 512, 600, 256),
    (0x100, 160, 6900, 0),
];

#[test]
fn gas_and_lengths() {
    for (number, length, gas, output) in ZEROS {
        let found = precompile(fork::OSAKA, &at(number), &vec![0; length], 1_000_000).unwrap();
        assert_eq!((found.success, found.gas_used, found.output.len()), (true, gas, output), "{number:#x}");
        if gas > 0 {
            assert!(!precompile(fork::OSAKA, &at(number), &vec![0; length], gas - 1).unwrap().success, "{number:#x}");
        }
    }
}

/// The pairing of BLS12-381 with points at infinity, and what is malformed for the others.
#[test]
fn curves_are_real() {
    let pairing = precompile(fork::PRAGUE, &at(0xf), &[0; 384], 1_000_000).unwrap();
    assert_eq!((pairing.success, pairing.gas_used, pairing.output.last()), (true, 32_600 + 37_700, Some(&1)));
    for (number, length, gas) in [(0xc, 160, 12_000), (0xe, 288, 22_500), (0x10, 64, 5500), (0x11, 128, 23_800)] {
        let found = precompile(fork::PRAGUE, &at(number), &vec![0; length], 1_000_000).unwrap();
        assert_eq!((found.success, found.gas_used), (true, gas), "{number:#x}");
        assert!(!precompile(fork::PRAGUE, &at(number), &vec![0xff; length], 1_000_000).unwrap().success, "{number:#x}");
    }
    let bent = precompile(fork::CANCUN, &at(0xa), &[1; 192], 1_000_000).unwrap();
    assert_eq!((bent.success, bent.gas_used), (false, 1_000_000));
}

#[test]
fn the_table_and_the_library_agree() {
    for rule_set in 0..=fork::OSAKA {
        let known = Precompiles::new(variant(rule_set));
        let listed: Vec<_> = PRECOMPILES.iter().filter(|found| found.since <= rule_set).map(|found| at(found.address)).collect();
        assert_eq!(listed.len(), known.len(), "{rule_set}");
        assert!(listed.iter().all(|address| known.contains(&(*address).into()) && rules(rule_set).is_precompile(address)));
    }
}
