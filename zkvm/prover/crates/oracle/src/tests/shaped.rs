//! Transactions: refusals, fees, refunds, access lists, authorizations, environments of their own.

use serde_json::{Value, json};

use super::{CALLER, CONTRACT, outcome, request};

const COINBASE: &str = "0x00000000000000000000000000000000c01b0001";

/// Price 10 with base fee 7, limit 100,000, a balance of 10^9; `change` lies over it.
fn shaped(fork: &str, code: &str, change: &Value) -> Value {
    let mut given = request(fork, code, &json!({}));
    given["env"]["base_fee"] = json!("0x7");
    given["state"][CALLER]["balance"] = json!("0x3b9aca00");
    given["calls"][0]["transaction"] = json!({"nonce": "0x0", "gas_limit": "0x186a0", "gas_price": "0xa"});
    given["calls"][0].as_object_mut().expect("a call").remove("gas");
    overlay(&mut given, change);
    given
}

fn overlay(target: &mut Value, change: &Value) {
    for (key, value) in change.as_object().into_iter().flatten() {
        match key.as_str() {
            "env" | "state" | "caller" => overlay(if key == "caller" { &mut target["state"][CALLER] } else { &mut target[key] }, value),
            "call" => overlay(&mut target["calls"][0], value),
            _ if value.is_null() => {
                target.as_object_mut().expect("an object").remove(key);
            }
            "transaction" => overlay(&mut target[key], value),
            _ => target[key] = value.clone(),
        }
    }
}

fn number(value: &Value) -> u64 {
    u64::from_str_radix(&value.as_str().expect("hex")[2..], 16).expect("a number")
}

#[test]
fn each_refusal_has_its_reason_and_changes_nothing() {
    let market = json!({"gas_price": null, "max_fee_per_gas": "0xa", "max_priority_fee_per_gas": "0x1"});
    let over = |base: &Value, more: &Value| {
        let mut merged = base.clone();
        merged.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({"call": {"transaction": merged}})
    };
    let only = |more: Value| json!({"call": {"transaction": more}});
    let blob = format!("0x01{:062x}", 5);
    let blobs = |list: Value, fee: &str| over(&market, &json!({"blob_hashes": list, "max_fee_per_blob_gas": fee}));
    let authorization = json!({"chain_id": "0x0", "address": CONTRACT, "nonce": "0x0", "y_parity": "0x0", "r": "0x1", "s": "0x1"});
    let create = |mut change: Value| {
        change["call"]["create"] = json!(true);
        change["call"]["code"] = json!("0x00");
        change["call"]["to"] = Value::Null;
        change
    };
    let mut long = create(only(json!({"gas_limit": "0xf00000"})));
    long["call"]["code"] = json!(format!("0x{}", "00".repeat(49_153)));
    let cases: Vec<(&str, &str, Value)> = vec![
        ("nonce-too-high", "Frontier", only(json!({"nonce": "0x1"}))),
        ("nonce-too-low", "Osaka", json!({"caller": {"nonce": "0x1"}})),
        ("nonce-max", "Osaka", json!({"caller": {"nonce": "0xffffffffffffffff"}, "call": {"transaction": {"nonce": "0xffffffffffffffff"}}})),
        ("intrinsic-gas", "Osaka", only(json!({"gas_limit": "0x5207"}))),
        ("floor-gas", "Osaka", json!({"call": {"data": "0x0101", "transaction": {"gas_limit": "0x524f"}}})),
        ("gas-cap", "Osaka", only(json!({"gas_limit": "0x1000001"}))),
        ("block-gas-limit", "Prague", only(json!({"gas_limit": "0x1c9c381"}))),
        ("funds", "Osaka", json!({"caller": {"balance": "0xf423f"}})),
        ("max-fee-below-base-fee", "Osaka", only(json!({"gas_price": "0x6"}))),
        ("priority-fee-above-max-fee", "Osaka", over(&market, &json!({"max_priority_fee_per_gas": "0xb"}))),
        ("sender-has-code", "Osaka", json!({"caller": {"code": "0x00"}})),
        ("init-code-limit", "Osaka", long),
        ("type-not-supported", "Istanbul", only(json!({"access_list": []}))),
        ("type-not-supported", "Berlin", only(market.clone())),
        ("type-not-supported", "Shanghai", blobs(json!([blob]), "0x1")),
        ("type-not-supported", "Cancun", over(&market, &json!({"authorizations": [authorization]}))),
        ("type-not-supported", "Osaka", only(json!({"type": 5}))),
        ("no-blobs", "Osaka", blobs(json!([]), "0x1")),
        ("too-many-blobs", "Osaka", blobs(json!(vec![&blob; 7]), "0x1")),
        ("blob-version", "Osaka", blobs(json!([format!("0x02{:062x}", 5)]), "0x1")),
        ("blob-fee", "Osaka", blobs(json!([blob]), "0x0")),
        ("blob-create", "Osaka", create(blobs(json!([blob]), "0x1"))),
        ("no-authorizations", "Osaka", over(&market, &json!({"authorizations": []}))),
        ("authorization-create", "Osaka", create(over(&market, &json!({"authorizations": [authorization]})))),
    ];
    for (reason, fork, change) in cases {
        let mut given = shaped(fork, "0x00", &change);
        given["messages"] = json!(true);
        let result = outcome(&given);
        let call = &result["calls"][0];
        assert_eq!((&call["status"], &call["reason"]), (&json!("refused"), &json!(reason)), "{fork} {result}");
        assert_eq!((&call["gas_left"], &call["messages"]), (&json!("0x0"), &json!([])));
        for (address, account) in given["state"].as_object().expect("accounts") {
            assert_eq!(&result["state"][address], account);
        }
    }
}

#[test]
fn the_sender_pays_and_the_coinbase_gets_what_lies_above_the_base_fee() {
    let result = outcome(&shaped("Osaka", "0x3a5f5260205ff3", &json!({"call": {"value": "0x5"}})));
    let used = 100_000 - number(&result["calls"][0]["gas_left"]);
    assert_eq!(number(&result["state"][CALLER]["balance"]), 1_000_000_000 - 10 * used - 5);
    assert_eq!(number(&result["state"][COINBASE]["balance"]), 3 * used);
    assert_eq!((&result["state"][CALLER]["nonce"], &result["state"][CONTRACT]["balance"]), (&json!("0x1"), &json!("0x5")));
    assert_eq!(result["calls"][0]["return_data"], format!("0x{:064x}", 10));
    let early = outcome(&shaped("Berlin", "0x00", &json!({})));
    assert_eq!(early["state"][COINBASE]["balance"], format!("{:#x}", 10 * 21_000));
}

#[test]
fn the_counter_is_the_one_before_the_cap() {
    // clears two slots: 9,600 against a fifth of some 31,000
    let change = json!({"state": {CONTRACT: {"balance": "0x0", "nonce": "0x1", "code": "0x5f5f555f60015500", "storage": {"0x0": "0x1", "0x1": "0x1"}}}});
    let call = outcome(&shaped("Osaka", "0x", &change))["calls"][0].clone();
    let spent = 21_000 + 2 * 5_000 + 2 + 2 + 2 + 3;
    assert_eq!((number(&call["refund"]), number(&call["gas_left"])), (9_600, 100_000 - (spent - spent / 5)));
}

#[test]
fn a_halt_takes_all_gas() {
    let call = outcome(&shaped("Osaka", "0xfe", &json!({})))["calls"][0].clone();
    assert_eq!((&call["status"], &call["gas_left"], &call["refund"]), (&json!("halt"), &json!("0x0"), &json!("0x0")));
}

#[test]
fn a_create_is_at_the_address_of_sender_and_nonce() {
    let change = json!({"caller": {"nonce": "0x3"}, "call": {"create": true, "to": null, "code": "0x60015f5360015ff3", "transaction": {"nonce": "0x3"}}});
    let result = outcome(&shaped("Osaka", "0x", &change));
    let sender: revm::primitives::Address = CALLER.parse().expect("an address");
    let created = crate::result::hex(sender.create(3).as_slice());
    assert_eq!((&result["state"][&created]["code"], &result["state"][CALLER]["nonce"]), (&json!("0x01"), &json!("0x4")));
    let mut occupied = shaped("Osaka", "0x", &change);
    occupied["state"][created] = json!({"balance": "0x0", "nonce": "0x1", "code": "0x", "storage": {}});
    let result = outcome(&occupied);
    assert_eq!((&result["calls"][0]["status"], &result["calls"][0]["gas_left"]), (&json!("halt"), &json!("0x0")));
}

#[test]
fn access_lists_warm() {
    // SLOAD(5)
    let list = json!([{"address": CONTRACT, "storage_keys": ["0x5"]}]);
    let cold = number(&outcome(&shaped("Osaka", "0x60055400", &json!({})))["calls"][0]["gas_left"]);
    let warm = number(&outcome(&shaped("Osaka", "0x60055400", &json!({"call": {"transaction": {"access_list": list}}})))["calls"][0]["gas_left"]);
    assert_eq!(cold + 2_000, warm + 2_400 + 1_900);
}

/// revm charges for authorizations whatever the type is.
#[test]
fn members_that_the_type_does_not_have_cost_nothing() {
    let authorization = json!({"chain_id": "0x0", "address": CONTRACT, "nonce": "0x0", "y_parity": "0x0", "r": "0x1", "s": "0x1"});
    let list = json!([{"address": CONTRACT, "storage_keys": ["0x5"]}]);
    for kind in [0, 1, 2] {
        let mut given = json!({"call": {"transaction": {"type": kind, "authorizations": [authorization]}}});
        if kind == 0 {
            given["call"]["transaction"]["access_list"] = list.clone();
        }
        let result = outcome(&shaped("Osaka", "0x00", &given));
        assert_eq!(number(&result["calls"][0]["gas_left"]), 100_000 - 21_000, "type {kind}");
    }
}

/// An authorization signed by a key that the test does not know: its authority is whoever the signature gives.
#[test]
fn authorizations_delegate_and_refund_what_existed() {
    let authorization = json!({"chain_id": "0x0", "address": CONTRACT, "nonce": "0x0", "y_parity": "0x0", "r": "0x1", "s": "0x1"});
    let change = json!({"call": {"transaction": {
        "gas_price": null, "max_fee_per_gas": "0xa", "max_priority_fee_per_gas": "0x0", "authorizations": [authorization],
    }}});
    let given = shaped("Prague", "0x00", &change);
    let result = outcome(&given);
    let delegation = format!("0xef0100{}", &CONTRACT[2..]);
    let state = result["state"].as_object().expect("accounts");
    let (authority, account) = state.iter().find(|(_, account)| account["code"] == json!(delegation)).expect("a delegation");
    assert_eq!((&account["nonce"], &result["calls"][0]["refund"]), (&json!("0x1"), &json!("0x0")));
    let mut existing = given.clone();
    existing["state"][authority] = json!({"balance": "0x1", "nonce": "0x0", "code": "0x", "storage": {}});
    let result = outcome(&existing);
    assert_eq!((&result["calls"][0]["refund"], &result["state"][authority]["code"]), (&json!("0x30d4"), &json!(delegation)));
    // what an authorization refunds stays if the frame halts
    let mut halting = existing;
    halting["state"][CONTRACT]["code"] = json!("0xfe");
    let result = outcome(&halting);
    assert_eq!((&result["calls"][0]["status"], &result["calls"][0]["refund"]), (&json!("halt"), &json!("0x30d4")));
    assert_eq!(number(&result["calls"][0]["gas_left"]), 12_500);
    assert_eq!(result["state"][authority]["code"], json!(delegation));
}

#[test]
fn an_entry_may_have_an_environment_of_its_own() {
    // NUMBER as output
    let mut given = request("Osaka", "0x435f5260205ff3", &json!({}));
    let (plain, mut later) = (given["calls"][0].clone(), given["calls"][0].clone());
    later["env"] = json!({"number": "0x5"});
    given["calls"] = json!([plain, later, plain]);
    let result = outcome(&given);
    let numbers: Vec<u64> = (0..3).map(|at| number(&result["calls"][at]["return_data"])).collect();
    assert_eq!(numbers, [20_000_000, 5, 20_000_000]);
}

#[test]
fn the_batch_goes_on_after_a_refusal() {
    let mut given = shaped("Osaka", "0x00", &json!({}));
    let good = given["calls"][0].clone();
    let mut bad = good.clone();
    bad["transaction"]["nonce"] = json!("0x9");
    let mut next = good.clone();
    next["transaction"]["nonce"] = json!("0x1");
    given["calls"] = json!([good, bad, next]);
    let result = outcome(&given);
    let ends: Vec<&Value> = (0..3).map(|at| &result["calls"][at]["status"]).collect();
    assert_eq!(ends, ["success", "refused", "success"]);
    assert_eq!(result["state"][CALLER]["nonce"], "0x2");
}
