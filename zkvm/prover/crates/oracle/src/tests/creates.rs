//! Nonces of creators, and collisions.

use serde_json::{Value, json};

use super::{CALLER, CONTRACT, outcome, request};
use crate::{OracleError, run};

/// CREATE of nothing, its address as output: `60206000600060006000f0600052f3`, with the words in order.
const CREATOR: &str = "0x600060006000f060005260206000f3";

fn created(nonce: u64) -> String {
    let creator: revm::primitives::Address = CONTRACT.parse().expect("an address");
    crate::result::hex(creator.create(nonce).as_slice())
}

#[test]
fn a_bare_create_moves_the_nonce_also_if_it_fails() {
    for (code, status) in [("0x00", "success"), ("0x5f5ffd", "revert"), ("0xfe", "halt")] {
        let result = outcome(&request("Osaka", "0x", &json!({"create": true, "code": code})));
        assert_eq!((&result["calls"][0]["status"], &result["state"][CALLER]["nonce"]), (&json!(status), &json!("0x1")));
        assert_eq!(result["state"][CALLER]["balance"], "0x100");
        assert_eq!(result["state"][CONTRACT]["nonce"], if status == "success" { "0x1" } else { "0x0" });
    }
}

#[test]
fn a_creator_without_a_nonce_is_refused() {
    let mut given = request("Osaka", "0x", &json!({"create": true, "code": "0x00"}));
    given["state"][CALLER]["nonce"] = json!("0xffffffffffffffff");
    assert!(matches!(run(&given.to_string()), Err(OracleError::Nonce(0, _))));
}

fn collide(fork: &str, account: &Value) -> (Value, Value) {
    let mut given = request(fork, CREATOR, &json!({"gas": "0x186a0"}));
    given["messages"] = json!(true);
    given["state"][created(1)] = account.clone();
    let result = outcome(&given);
    (result["calls"][0].clone(), result["state"].clone())
}

/// EIP-684 and EIP-7610: what was given is lost, the nonce stays moved.
#[test]
fn code_nonce_and_storage_are_in_the_way_of_a_create() {
    let account = |nonce: &str, code: &str, storage: Value| json!({"balance": "0x5", "nonce": nonce, "code": code, "storage": storage});
    let occupied = [account("0x1", "0x", json!({})), account("0x0", "0x00", json!({})), account("0x0", "0x", json!({"0x7": "0x1"}))];
    for fork in ["Byzantium", "Berlin", "Osaka"] {
        let (free, _) = collide(fork, &account("0x0", "0x", json!({})));
        assert_eq!(free["return_data"].as_str().map(|text| text[26..].to_owned()), Some(created(1)[2..].to_owned()));
        for stated in &occupied {
            let (call, state) = collide(fork, stated);
            assert_eq!(call["return_data"], format!("0x{:064x}", 0), "{fork} {stated}");
            assert_eq!((&state[created(1)], &state[CONTRACT]["nonce"]), (stated, &json!("0x2")));
            assert_eq!(call["messages"][1]["status"], "halt");
            let gas = |call: &Value| u64::from_str_radix(&call["gas_left"].as_str().expect("hex")[2..], 16).expect("hex");
            assert!(gas(&call) < 2_000 && gas(&free) > 50_000, "{fork} {call}");
        }
    }
}

/// A create that enters no frame leaves the address cold and the account as it is.
#[test]
fn storage_is_not_in_the_way_of_a_create_that_is_refused() {
    // CREATE with value 1 of 0, then EXTCODESIZE of the address that the call data holds
    let mut given = request("Berlin", "0x600060006001f0506000353b00", &json!({"data": format!("0x{:0>64}", &created(1)[2..])}));
    given["state"][created(1)] = json!({"balance": "0x5", "nonce": "0x0", "code": "0x", "storage": {"0x7": "0x1"}});
    let result = outcome(&given);
    // PUSH1 x4, CREATE, POP, CALLDATALOAD, cold EXTCODESIZE
    assert_eq!(result["calls"][0]["gas_left"], format!("{:#x}", 100_000 - 4 * 3 - 32_000 - 2 - 3 - 2_600));
    assert_eq!(result["state"][CONTRACT]["nonce"], "0x1");
}

/// Before EIP-161 an account whose balance moved away stays, with balance 0.
#[test]
fn a_balance_that_moved_away_is_gone_before_spurious_dragon() {
    let result = outcome(&request("Homestead", "0x00", &json!({"value": "0x100"})));
    assert_eq!((&result["state"][CALLER]["balance"], &result["state"][CONTRACT]["balance"]), (&json!("0x0"), &json!("0x100")));
    assert_eq!(result["state"][CALLER]["absent"], Value::Null);
    let later = outcome(&request("SpuriousDragon", "0x00", &json!({"value": "0x100"})));
    assert_eq!((&later["state"][CALLER]["balance"], &later["state"][CALLER]["absent"]), (&json!("0x0"), &json!(true)));
}
