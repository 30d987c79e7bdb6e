use serde_json::{Value, json};

use super::state_root;

fn root(state: &Value) -> String {
    state_root(&state.to_string()).unwrap().to_string()
}

fn account(balance: &str, nonce: &str) -> Value {
    json!({"balance": balance, "nonce": nonce, "code": "0x", "storage": {}})
}

/// The state before of the public state test `eoaEmptyParis`.
fn seven_accounts() -> Value {
    let code = "0x32806000558031603155803b603b55803f603f55600181013f61013f5561bad13f61bad15561bad23f61bad25561bad33f61bad35561bad43f61bad45561bad5\
                3f61bad55560008080805a94600435905af1505a900360f1555a60008080808061dead5af1505a900360ff5500";
    let mut state = json!({
        "0x000000000000000000000000000000000000bad1": account("0x1", "0x0"),
        "0x000000000000000000000000000000000000bad2": account("0x0", "0x1"),
        "0x000000000000000000000000000000000000bad3": account("0x1", "0x1"),
        "0x000000000000000000000000000000000000bad4": account("0xa", "0x0"),
        "0x000000000000000000000000000000000000c0de": account("0x0", "0x1"),
        "0x000000000000000000000000000000000000dead": account("0x2710", "0x1"),
        "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b": account("0x3b9aca00", "0x0"),
    });
    state["0x000000000000000000000000000000000000bad4"]["storage"] = json!({"0xdead": "0xbeef"});
    state["0x000000000000000000000000000000000000c0de"]["code"] = json!(code);
    state["0x000000000000000000000000000000000000dead"]["code"] = json!("0x32ff");
    state
}

#[test]
fn known_roots() {
    assert_eq!(root(&json!({})), "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    let two = json!({
        "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b": account("0x3b9aca00", "0x0"),
        "0xd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0": account("0xa", "0x0"),
    });
    assert_eq!(root(&two), "0xecd1cea72bd1224b1d7a28a577170c00dd480b26b5b0f353e3d4ad2bb542cc09");
    assert_eq!(root(&seven_accounts()), "0xc601c9ea84c29e00a812de5a2d544aa64473d4a1d2bc4821ea5bd3f16ee3ad98");
}

#[test]
fn what_is_absent_or_zero_is_left_out() {
    let state = seven_accounts();
    let mut other = state.clone();
    other["0x0000000000000000000000000000000000000001"] = json!({"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}, "absent": true});
    other["0x000000000000000000000000000000000000bad4"]["storage"]["0x1"] = json!("0x0");
    assert_eq!(root(&other), root(&state));
}

#[test]
fn an_account_that_exists_counts_though_it_is_empty() {
    let mut state = seven_accounts();
    state["0x0000000000000000000000000000000000000001"] = account("0x0", "0x0");
    assert_ne!(root(&state), root(&seven_accounts()));
    state["0x0000000000000000000000000000000000000001"]["absent"] = json!(false);
    assert_ne!(root(&state), root(&seven_accounts()));
}

#[test]
fn each_member_counts() {
    let plain = root(&seven_accounts());
    for (member, word) in [("balance", json!("0x2")), ("nonce", json!("0x1")), ("code", json!("0x00")), ("storage", json!({"0x0": "0x1"}))] {
        let mut state = seven_accounts();
        state["0x000000000000000000000000000000000000bad1"][member] = word;
        assert_ne!(root(&state), plain, "{member}");
    }
}

#[test]
fn what_is_no_state_is_refused() {
    let bend = |member: &str, word: Value| {
        let mut state = seven_accounts();
        state["0x000000000000000000000000000000000000bad1"][member] = word;
        state_root(&state.to_string()).unwrap_err().place
    };
    assert!(bend("balance", json!("12")).ends_with(".balance"));
    assert!(bend("balance", json!("0x")).ends_with(".balance"));
    assert!(bend("balance", json!(format!("0x1{}", "0".repeat(64)))).ends_with(".balance"));
    assert!(bend("nonce", json!("0x10000000000000000")).ends_with(".nonce"));
    assert!(bend("code", json!("0x0")).ends_with(".code"));
    assert!(bend("storage", json!({"0x1": "0x1", "0x01": "0x2"})).contains(".storage."));
    assert_eq!(bend("more", json!(1)), "json");
    assert_eq!(state_root(&json!({"0x12": account("0x0", "0x0")}).to_string()).unwrap_err().place, "0x12");
    let twice = json!({
        "0xA94F5374Fce5edBC8E2a8697C15331677e6EbF0B": account("0x0", "0x0"),
        "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b": account("0x1", "0x0"),
    });
    assert_eq!(state_root(&twice.to_string()).unwrap_err().what, "repeated");
}
