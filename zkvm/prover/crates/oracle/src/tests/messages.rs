//! Messages at every depth.

use serde_json::{Value, json};

use super::{CALLER, CONTRACT, outcome, request};

const OTHER: &str = "0x000000000000000000000000000000000000beef";

fn told(fork: &str, code: &str, call: &Value, other: &str) -> Vec<Value> {
    let mut given = request(fork, code, call);
    given["messages"] = json!(true);
    given["state"][CONTRACT]["balance"] = json!("0x10");
    given["state"][OTHER] = json!({"balance": "0x0", "nonce": "0x1", "code": other, "storage": {}});
    outcome(&given)["calls"][0]["messages"].as_array().expect("messages").clone()
}

#[test]
fn the_outer_message_is_the_first() {
    let messages = told("Osaka", "0x60015f5360015ff3", &json!({"data": "0xabcd", "value": "0x3"}), "0x");
    let expected = json!({
        "depth": 0, "kind": "call", "from": CALLER, "to": CONTRACT, "value": "0x3", "gas": "0x186a0", "input": "0xabcd", "output": "0x01",
        "status": "success",
    });
    assert_eq!(messages, [expected]);
}

#[test]
fn a_bare_create_is_a_create() {
    let code = "0x60015f5360015ff3";
    let message = &told("Osaka", "0x", &json!({"create": true, "code": code, "data": "0xaa"}), "0x")[0];
    assert_eq!((&message["kind"], &message["input"], &message["output"]), (&json!("create"), &json!("0x60015f5360015ff3aa"), &json!("0x01")));
}

#[test]
fn each_kind_of_call_names_who_calls_whom() {
    // out, in and value are 0 or what the kind asks for; 0xffff gas
    for (kind, op, value) in [("call", "f1", "6001"), ("callcode", "f2", "6002"), ("delegatecall", "f4", ""), ("staticcall", "fa", "")] {
        let code = format!("0x60205f5f5f{value}61beef61ffff{op}00").replace("5f5f5f", "600060016000");
        let messages = told("Cancun", &code, &json!({"value": "0x7"}), "0x5f5ffd");
        let message = &messages[1];
        let seen = match kind {
            "call" => "0x1",
            "callcode" => "0x2",
            "delegatecall" => "0x7",
            _ => "0x0",
        };
        let gas = if value.is_empty() { "0xffff" } else { "0x108fb" };
        let expected = json!({
            "depth": 1, "kind": kind, "from": CONTRACT, "to": OTHER, "value": seen, "gas": gas, "input": "0x00", "output": "0x",
            "status": "revert",
        });
        assert_eq!((messages.len(), message), (2, &expected));
    }
}

#[test]
fn what_enters_no_frame_is_refused() {
    // CALL with value 17 of 16; CREATE with value 17 of 16
    let call = &told("Osaka", "0x5f5f5f5f601161beef61fffff100", &json!({}), "0x00")[1];
    assert_eq!((&call["status"], &call["output"], &call["value"]), (&json!("refused"), &json!("0x"), &json!("0x11")));
    let create = &told("Osaka", "0x5f5f6011f000", &json!({}), "0x00")[1];
    let creator: revm::primitives::Address = CONTRACT.parse().expect("an address");
    let would_be = crate::result::hex(creator.create(1).as_slice());
    assert_eq!((&create["status"], &create["kind"], &create["to"]), (&json!("refused"), &json!("create"), &json!(would_be)));
}

#[test]
fn a_creator_without_a_nonce_enters_no_frame() {
    let mut given = request("Osaka", "0x5f5f5ff000", &json!({}));
    given["messages"] = json!(true);
    given["state"][CONTRACT]["nonce"] = json!("0xffffffffffffffff");
    let result = outcome(&given);
    assert_eq!(result["calls"][0]["messages"][1]["status"], "refused");
    assert_eq!(result["state"][CONTRACT]["nonce"], "0xffffffffffffffff");
}

#[test]
fn the_deepest_message_is_refused_at_1025() {
    // calls itself with all gas
    let messages = told("Frontier", "0x60006000600060006000306207a1205a03f100", &json!({"gas": "0xffffffffffff"}), "0x");
    let last = messages.last().expect("a message");
    assert_eq!((messages.len(), &last["depth"], &last["status"]), (1026, &json!(1025), &json!("refused")));
}

#[test]
fn precompiles_and_empty_accounts_are_messages_too() {
    // identity of 2 bytes with 100 gas, sha256 with 1 gas, an account without code
    let code = "0x5f5f60025f600460646001600155fa505f5f60025f60026001fa505f5f5f5f5f61eeee5af100".replace("6001600155", "");
    let messages = told("Osaka", &code, &json!({}), "0x");
    let ends: Vec<(&Value, &Value)> = messages[1..].iter().map(|each| (&each["status"], &each["output"])).collect();
    assert_eq!(ends, [(&json!("success"), &json!("0x0000")), (&json!("halt"), &json!("0x")), (&json!("success"), &json!("0x"))]);
}

#[test]
fn nested_codes_are_covered() {
    let mut given = request("Osaka", "0x5f5f5f5f61beef5af400", &json!({}));
    given["state"][OTHER] = json!({"balance": "0x0", "nonce": "0x1", "code": "0x5f5000", "storage": {}});
    given["trace"] = json!(true);
    given["calls"][0]["transaction"] = json!({"nonce": "0x0", "gas_limit": "0x186a0", "gas_price": "0x0"});
    given["env"]["base_fee"] = json!("0x0");
    let result = outcome(&given);
    let hash = crate::result::hex(revm::primitives::keccak256([0x5f, 0x50, 0x00]).as_slice());
    let coverage = result["trace"]["coverage"].as_array().expect("a list");
    let inner = coverage.iter().find(|each| each["code_hash"] == json!(hash)).expect("the inner code");
    assert_eq!((coverage.len(), &inner["pcs"]), (2, &json!([0, 1, 2])));
    assert_eq!(result["trace"]["calls"][0]["end"], 9);
}
