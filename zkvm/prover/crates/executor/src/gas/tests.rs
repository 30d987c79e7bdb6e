//! Prices against the tables of the EIPs.

use ruint::aliases::U256;

use super::*;
use crate::isa::fork;

/// (rule set, original, current, new, cold) -> (gas, refund).
const STORES: [(u8, u64, u64, u64, bool, i64, i64); 28] = [
    (fork::FRONTIER, 0, 0, 1, true, 20_000, 0),
    (fork::BYZANTIUM, 1, 1, 0, false, 5000, 15_000),
    (fork::BYZANTIUM, 1, 1, 1, false, 5000, 0),
    (fork::PETERSBURG, 0, 0, 0, false, 5000, 0),
    (fork::CONSTANTINOPLE, 0, 0, 0, false, 200, 0),
    (fork::CONSTANTINOPLE, 0, 0, 1, false, 20_000, 0),
    (fork::CONSTANTINOPLE, 0, 1, 0, false, 200, 19_800),
    (fork::CONSTANTINOPLE, 1, 0, 2, false, 200, -15_000),
    (fork::CONSTANTINOPLE, 1, 0, 1, false, 200, -10_200),
    (fork::CONSTANTINOPLE, 1, 2, 1, false, 200, 4800),
    (fork::CONSTANTINOPLE, 1, 2, 0, false, 200, 15_000),
    (fork::ISTANBUL, 1, 1, 1, false, 800, 0),
    (fork::ISTANBUL, 0, 1, 0, false, 800, 19_200),
    (fork::ISTANBUL, 1, 2, 1, false, 800, 4200),
    (fork::ISTANBUL, 1, 0, 1, false, 800, -10_800),
    (fork::ISTANBUL, 1, 1, 0, false, 5000, 15_000),
    (fork::BERLIN, 0, 0, 1, true, 22_100, 0),
    (fork::BERLIN, 0, 0, 0, true, 2200, 0),
    (fork::BERLIN, 1, 1, 2, true, 5000, 0),
    (fork::BERLIN, 1, 1, 2, false, 2900, 0),
    (fork::BERLIN, 0, 1, 0, false, 100, 19_900),
    (fork::BERLIN, 1, 2, 1, false, 100, 2800),
    (fork::BERLIN, 1, 1, 0, false, 2900, 15_000),
    (fork::LONDON, 1, 1, 0, false, 2900, 4800),
    (fork::LONDON, 1, 0, 1, false, 100, -2000),
    (fork::LONDON, 1, 0, 2, false, 100, -4800),
    (fork::OSAKA, 1, 2, 0, false, 100, 4800),
    (fork::OSAKA, 5, 6, 7, false, 100, 0),
];

#[test]
fn stores() {
    for (fork, original, current, new, cold, gas, refund) in STORES {
        let [original, current, new] = [original, current, new].map(U256::from);
        let price = rules(fork).store(Store { original, current, new, cold });
        assert_eq!(price, StorePrice { gas, refund }, "{fork} {original} {current} {new}");
    }
}

#[test]
fn memory() {
    assert_eq!([0, 1, 32, 724].map(memory_gas), [0, 3, 98, 3195]);
    assert_eq!([0, 1, 32, 33].map(words_of), [0, 1, 1, 2]);
}

#[test]
fn precompiles() {
    let count = |fork| {
        let address = |number: u32| {
            let mut address = [0; 20];
            address[16..].copy_from_slice(&number.to_be_bytes());
            address
        };
        (0..0x1000).filter(|number| rules(fork).is_precompile(&address(*number))).count()
    };
    let forks = [fork::FRONTIER, fork::BYZANTIUM, fork::ISTANBUL, fork::SHANGHAI, fork::CANCUN, fork::PRAGUE, fork::OSAKA];
    assert_eq!(forks.map(count), [4, 8, 9, 9, 10, 17, 18]);
    assert!(!rules(fork::OSAKA).is_precompile(&[1; 20]));
}

#[test]
fn new_beneficiaries() {
    let price = |fork, exists, pays| rules(fork).new_beneficiary(exists, pays);
    assert_eq!(price(fork::HOMESTEAD, false, true), 0);
    assert_eq!(price(fork::TANGERINE_WHISTLE, false, false), 25_000);
    assert_eq!(price(fork::TANGERINE_WHISTLE, true, true), 0);
    assert_eq!(price(fork::OSAKA, false, false), 0);
    assert_eq!(price(fork::OSAKA, false, true), 25_000);
    assert_eq!(price(fork::OSAKA, true, true), 0);
}

#[test]
fn shares_of_a_callee() {
    assert_eq!([63, 64, 65, 128].map(|left| rules(fork::OSAKA).most_given(left)), [63, 63, 64, 126]);
    assert_eq!(rules(fork::HOMESTEAD).most_given(128), 128);
    assert!(RuleSet::exceeds(24_577, rules(fork::OSAKA).code_limit_bytes) && !RuleSet::exceeds(24_576, rules(fork::OSAKA).code_limit_bytes));
    assert!(!RuleSet::exceeds(1 << 40, rules(fork::HOMESTEAD).code_limit_bytes));
}
