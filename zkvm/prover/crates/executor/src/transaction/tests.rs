//! Sums of the EIPs, refusals each by itself, a signature of an authorization.

use super::*;
use crate::gas::rules;
use crate::isa::fork;

fn terms() -> Terms {
    Terms {
        kind: kind::LEGACY,
        nonce: 3,
        gas_limit: 100_000,
        price: Price::Fixed(U256::from(10)),
        access_list: Vec::new(),
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: U256::ZERO,
        authorizations: Vec::new(),
    }
}

#[test]
fn intrinsic_gas_by_rule_set() {
    let data = [0, 0, 1];
    let of = |rule_set: u8, creates: bool, terms: &Terms| intrinsic_gas(rules(rule_set), creates, &data, terms);
    assert_eq!(of(fork::FRONTIER, true, &terms()), 21_000 + 8 + 68);
    assert_eq!(of(fork::HOMESTEAD, true, &terms()), 53_000 + 8 + 68);
    assert_eq!(of(fork::ISTANBUL, false, &terms()), 21_000 + 8 + 16);
    assert_eq!(of(fork::SHANGHAI, true, &terms()), 53_000 + 8 + 16 + 2);
    let listed = Terms { access_list: vec![Access { address: [1; 20], keys: vec![U256::ZERO; 2] }], ..terms() };
    assert_eq!(of(fork::BERLIN, false, &listed), 21_024 + 2400 + 2 * 1900);
    let authorization = Authorization { chain_id: U256::ZERO, address: [0; 20], nonce: U256::ZERO, y_parity: U256::ZERO, r: U256::ZERO, s: U256::ZERO };
    assert_eq!(of(fork::PRAGUE, false, &Terms { authorizations: vec![authorization; 2], ..terms() }), 21_024 + 50_000);
    assert_eq!([fork::CANCUN, fork::PRAGUE].map(|rule_set| floor_gas(rules(rule_set), &data)), [0, 21_000 + 60]);
}

#[test]
fn refunds_are_capped_and_the_floor_stands() {
    let used = |rule_set, left, refund, floor| gas_used(rules(rule_set), 100, left, refund, floor);
    assert_eq!(used(fork::BERLIN, 20, 30, 0), 50);
    assert_eq!(used(fork::BERLIN, 20, 50, 0), 40);
    assert_eq!(used(fork::LONDON, 20, 50, 0), 64);
    assert_eq!(used(fork::PRAGUE, 20, 50, 90), 90);
    assert_eq!(used(fork::PRAGUE, 0, 0, 0), 100);
}

#[test]
fn prices() {
    let market = Price::Market { max_fee: U256::from(20), max_priority_fee: U256::from(3) };
    assert_eq!([7, 18, 25].map(|base| market.effective(U256::from(base)).to::<u64>()), [10, 20, 20]);
    assert_eq!(Price::Fixed(U256::from(5)).effective(U256::from(7)), U256::from(5));
    let blobs = Terms { kind: kind::BLOBS, blob_hashes: vec![U256::ONE; 2], max_fee_per_blob_gas: U256::from(9), ..terms() };
    assert_eq!(blobs.most(), Some(U256::from(1_000_000 + 2 * 131_072 * 9)));
    assert_eq!(blobs.advance(U256::from(7), U256::from(4)), Some(U256::from(1_000_000 + 2 * 131_072 * 4)));
    assert_eq!(Terms { price: Price::Fixed(U256::MAX), ..terms() }.most(), None);
}

/// Of each reason a transaction that has it alone.
#[test]
fn refusals() {
    let version = U256::ONE << 248;
    let blobs = || Terms { kind: kind::BLOBS, blob_hashes: vec![version], max_fee_per_blob_gas: U256::from(5), ..terms() };
    let authorization = Authorization { chain_id: U256::ZERO, address: [0; 20], nonce: U256::ZERO, y_parity: U256::ZERO, r: U256::ZERO, s: U256::ZERO };
    let authorizes = || Terms { kind: kind::AUTHORIZATIONS, authorizations: vec![authorization], ..terms() };
    let market = |max_fee: u64, priority: u64| Price::Market { max_fee: U256::from(max_fee), max_priority_fee: U256::from(priority) };
    let sender = Sender { nonce: 3, balance: U256::from(10_000_000), has_code: false };
    let block = Block { gas_limit: U256::from(30_000_000), base_fee: U256::from(7), blob_base_fee: U256::from(5) };
    let (call, long) = (Offer { creates: false, value: U256::ZERO, data: &[] }, vec![0; 49_153]);
    let create = Offer { creates: true, ..call };
    let check = |sender: &Sender, offer: &Offer<'_>, terms: &Terms| refusal(rules(fork::OSAKA), &block, sender, offer, terms).map(Refusal::code);
    for accepted in [terms(), blobs(), authorizes(), Terms { price: market(7, 7), ..terms() }] {
        assert_eq!(check(&sender, &call, &accepted), None);
    }
    let cases = [
        (Terms { kind: 5, ..terms() }, call, "type-not-supported"),
        (Terms { gas_limit: 20_999, ..terms() }, call, "intrinsic-gas"),
        (Terms { gas_limit: 22_700, ..terms() }, Offer { data: &[1; 100], ..call }, "floor-gas"),
        (Terms { nonce: u64::MAX, ..terms() }, call, "nonce-max"),
        (Terms { gas_limit: 1_000_000, ..terms() }, Offer { data: &long, ..create }, "init-code-limit"),
        (Terms { gas_limit: 16_777_217, ..terms() }, call, "gas-cap"),
        (Terms { price: market(8, 9), ..terms() }, call, "priority-fee-above-max-fee"),
        (Terms { price: market(6, 1), ..terms() }, call, "max-fee-below-base-fee"),
        (Terms { price: Price::Fixed(U256::from(6)), ..terms() }, call, "max-fee-below-base-fee"),
        (Terms { blob_hashes: vec![], ..blobs() }, call, "no-blobs"),
        (Terms { blob_hashes: vec![version; 7], ..blobs() }, call, "too-many-blobs"),
        (Terms { blob_hashes: vec![U256::ONE], ..blobs() }, call, "blob-version"),
        (Terms { max_fee_per_blob_gas: U256::from(4), ..blobs() }, call, "blob-fee"),
        (blobs(), create, "blob-create"),
        (authorizes(), create, "authorization-create"),
        (Terms { authorizations: vec![], ..authorizes() }, call, "no-authorizations"),
        (Terms { nonce: 2, ..terms() }, call, "nonce-too-low"),
        (Terms { nonce: 4, ..terms() }, call, "nonce-too-high"),
        (terms(), Offer { value: U256::from(9_000_001), ..call }, "funds"),
    ];
    for (terms, offer, code) in cases {
        assert_eq!(check(&sender, &offer, &terms), Some(code));
    }
    assert_eq!(check(&Sender { has_code: true, ..sender }, &call, &terms()), Some("sender-has-code"));
    let small = Block { gas_limit: U256::from(99_999), ..block };
    assert_eq!(refusal(rules(fork::OSAKA), &small, &sender, &call, &terms()), Some(Refusal::BlockGasLimit));
    // before London there is no base fee to be below
    assert_eq!(refusal(rules(fork::BERLIN), &block, &sender, &call, &Terms { price: Price::Fixed(U256::ZERO), ..terms() }), None);
}

/// Recovery gives some account for a well-formed signature, and none for a malformed one.
#[test]
fn authorities() {
    let signed = Authorization {
        chain_id: U256::ONE,
        address: [0x11; 20],
        nonce: U256::from(5),
        y_parity: U256::ZERO,
        r: U256::from_str_radix("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", 16).unwrap(),
        s: U256::from(7),
    };
    let first = authority(&signed).unwrap();
    // the message is part of it
    for other in [
        Authorization { nonce: U256::from(6), ..signed },
        Authorization { chain_id: U256::ZERO, ..signed },
        Authorization { address: [0x12; 20], ..signed },
        Authorization { y_parity: U256::ONE, ..signed },
    ] {
        assert!(authority(&other).is_some_and(|found| found != first));
    }
    let order = U256::from_str_radix("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16).unwrap();
    assert_eq!(HALF_ORDER, order >> 1);
    for none in [
        Authorization { s: order - U256::from(7), ..signed },
        Authorization { y_parity: U256::from(2), ..signed },
        Authorization { r: U256::ZERO, ..signed },
        Authorization { s: U256::ZERO, ..signed },
    ] {
        assert_eq!(authority(&none), None);
    }
}
