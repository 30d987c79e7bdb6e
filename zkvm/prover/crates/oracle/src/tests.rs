mod creates;
mod messages;
mod shaped;
mod transactions;

use serde_json::{Value, json};

use crate::{OracleError, bench, run};

const CONTRACT: &str = "0x00000000000000000000000000000000c0de0001";
const CALLER: &str = "0x00000000000000000000000000000000ca110001";

fn request(fork: &str, code: &str, call: &Value) -> Value {
    let mut given = json!({
        "create": false, "caller": CALLER, "origin": CALLER, "to": CONTRACT, "value": "0x0", "data": "0x", "gas": "0x186a0",
    });
    for (key, value) in call.as_object().into_iter().flatten() {
        given[key] = value.clone();
    }
    json!({
        "fork": fork,
        "env": {
            "number": "0x1312d00", "timestamp": "0x65a0bc00", "coinbase": "0x00000000000000000000000000000000c01b0001",
            "prevrandao": "0x2a", "difficulty": "0x20000", "gas_limit": "0x1c9c380", "chain_id": "0x1", "base_fee": "0x3b9aca00",
            "blob_base_fee": "0x1", "gas_price": "0x3b9aca00", "block_hashes": {}, "blob_hashes": [],
        },
        "contract": CONTRACT,
        "state": {
            CONTRACT: {"balance": "0x0", "nonce": if given["create"] == true { "0x0" } else { "0x1" }, "code": code, "storage": {}},
            CALLER: {"balance": "0x100", "nonce": "0x0", "code": "0x", "storage": {}},
        },
        "calls": [given],
    })
}

fn outcome(request: &Value) -> Value {
    serde_json::from_str(&run(&request.to_string()).expect("a result")).expect("JSON")
}

#[test]
fn gas_is_the_frames() {
    // PUSH0 POP STOP: 2 + 2 + 0
    let result = outcome(&request("Osaka", "0x5f5000", &json!({"gas": "0x1000"})));
    assert_eq!(result["calls"][0]["gas_left"], "0xffc");
    assert_eq!(result["calls"][0]["status"], "success");
}

/// In a transaction the sender is touched, so its own SELFDESTRUCT is seen.
#[test]
fn a_contract_that_calls_itself_can_destroy_itself() {
    // SELFDESTRUCT to 0xb2
    let own = |fork| {
        let mut given = request(fork, "0x60b2ff", &json!({"caller": CONTRACT}));
        given["state"][CONTRACT]["balance"] = json!("0x9");
        let result = outcome(&given);
        let heir = result["state"]["0x00000000000000000000000000000000000000b2"]["balance"].clone();
        (result["calls"][0]["destroyed"].clone(), result["state"][CONTRACT]["balance"].clone(), heir)
    };
    assert_eq!(own("Istanbul"), (json!([CONTRACT]), json!("0x0"), json!("0x9")));
    assert_eq!(own("Osaka"), (json!([]), json!("0x0"), json!("0x9")));
}

#[test]
fn gas_may_pass_the_cap_of_transactions() {
    let result = outcome(&request("Osaka", "0x00", &json!({"gas": "0xffffffffffffffff"})));
    assert_eq!(result["calls"][0]["gas_left"], "0xffffffffffffffff");
}

#[test]
fn value_moves_before_the_frame_and_back_if_it_fails() {
    // SELFBALANCE PUSH0 MSTORE PUSH1 32 PUSH0 RETURN, or REVERT
    let kept = outcome(&request("Osaka", "0x475f5260205ff3", &json!({"value": "0x7"})));
    assert_eq!(kept["calls"][0]["return_data"], format!("0x{:064x}", 7));
    assert_eq!(kept["state"][CONTRACT]["balance"], "0x7");
    let back = outcome(&request("Osaka", "0x475f5260205ffd", &json!({"value": "0x7"})));
    assert_eq!(back["calls"][0]["status"], "revert");
    assert_eq!(back["calls"][0]["return_data"], format!("0x{:064x}", 7));
    assert_eq!(back["state"][CONTRACT]["balance"], "0x0");
    assert_eq!(back["state"][CALLER]["balance"], "0x100");
}

#[test]
fn a_value_that_nobody_has_is_refused() {
    let refused = run(&request("Osaka", "0x00", &json!({"value": "0x101"})).to_string());
    assert!(matches!(refused, Err(OracleError::Funds(0, _))), "{refused:?}");
}

#[test]
fn a_constructor_runs_at_the_address_of_the_request() {
    // ADDRESS PUSH0 MSTORE PUSH1 32 PUSH0 RETURN; no code deposit, even for code that begins with 0xef
    for (fork, nonce) in [("Osaka", "0x1"), ("Homestead", "0x0")] {
        let code = "0x306000526020600cf3";
        let result = outcome(&request(fork, "0x", &json!({"create": true, "code": code, "data": "0x1234", "gas": "0x100"})));
        let call = &result["calls"][0];
        assert_eq!(call["status"], "success", "{result}");
        assert_eq!(call["return_data"], result["state"][CONTRACT]["code"]);
        assert_eq!(result["state"][CONTRACT]["nonce"], nonce);
        assert_eq!(call["gas_left"], "0xec");
        assert_eq!(result["state"][CALLER]["nonce"], "0x1");
    }
}

#[test]
fn a_create_where_code_is_is_refused() {
    let mut twice = request("Osaka", "0x", &json!({"create": true, "code": "0x00"}));
    let call = twice["calls"][0].clone();
    twice["calls"] = json!([call.clone(), call]);
    assert!(matches!(run(&twice.to_string()), Err(OracleError::Collision(1, _))));
}

#[test]
fn logs_refund_and_storage() {
    // SSTORE(0, 1) SSTORE(0, 0) LOG1(0, 0, 9)
    let result = outcome(&request("Osaka", "0x60015f555f5f5560095f5fa100", &json!({})));
    let call = &result["calls"][0];
    assert_eq!(call["refund"], "0x4dbc");
    assert_eq!(call["logs"][0]["topics"][0], format!("0x{:064x}", 9));
    assert_eq!(result["state"][CONTRACT]["storage"], json!({}));
    let halted = outcome(&request("Osaka", "0x60015f555f5f5560095f5fa1fe", &json!({})));
    assert_eq!(halted["calls"][0]["status"], "halt");
    assert_eq!((&halted["calls"][0]["gas_left"], &halted["calls"][0]["refund"]), (&json!("0x0"), &json!("0x0")));
    assert_eq!(halted["calls"][0]["logs"], json!([]));
}

#[test]
fn each_call_begins_cold() {
    // SLOAD(0)
    let mut twice = request("Osaka", "0x5f54", &json!({}));
    let call = twice["calls"][0].clone();
    twice["calls"] = json!([call.clone(), call]);
    let result = outcome(&twice);
    assert_eq!(result["calls"][0]["gas_left"], result["calls"][1]["gas_left"]);
    assert_eq!(result["calls"][0]["gas_left"], format!("{:#x}", 100_000 - 2 - 2100));
}

#[test]
fn constantinople_runs_until_a_store() {
    assert!(run(&request("Constantinople", "0x600160021b00", &json!({})).to_string()).is_ok());
    let refused = run(&request("Constantinople", "0x600160005500", &json!({})).to_string());
    assert!(matches!(refused, Err(OracleError::NotCovered(_))), "{refused:?}");
}

#[test]
fn the_trace_names_steps_and_edges() {
    // PUSH1 5 JUMP STOP INVALID JUMPDEST(5)? : 60 04 56 fe 5b 60015f55 5f5fa0 00
    let mut traced = request("Osaka", "0x600456fe5b60015f555f5fa000", &json!({}));
    traced["trace"] = json!(true);
    let result = outcome(&traced);
    let coverage = &result["trace"]["coverage"][0];
    assert_eq!(coverage["edges"], json!([[2, 4]]));
    assert_eq!(coverage["pcs"], json!([0, 2, 4, 5, 7, 8, 9, 10, 11, 12]));
    let call = &result["trace"]["calls"][0];
    assert_eq!((&call["end"], &call["logs"], &call["stores"]), (&json!(12), &json!([11]), &json!([["0x0", 8]])));
    assert_eq!(call["path"], json!([8, 11, 12]));
    assert_eq!((&call["edges"], &call["slots"]), (&json!([[2, 4]]), &json!(["0x0"])));
    let plain = outcome(&request("Osaka", "0x600456fe5b60015f555f5fa000", &json!({})));
    assert_eq!(plain["calls"], result["calls"]);
}

#[test]
fn the_guide_names_reads_and_comparisons() {
    // 7 SLOAD 5 EQ; 8 := 1; 8 SLOAD ISZERO: the second read finds the call's own word
    let mut guided = request("Osaka", "0x60075460051460016008556008541500", &json!({}));
    guided["state"][CONTRACT]["storage"] = json!({"0x7": "0x9"});
    (guided["trace"], guided["guide"]) = (json!(true), json!(true));
    let result = outcome(&guided);
    let guide = &result["trace"]["calls"][0]["guide"];
    assert_eq!(guide["reads"], json!([[CONTRACT, "0x7", "0x9"]]));
    assert_eq!(guide["compared"], json!([["0x5", "0x9"], ["0x1", "0x0"]]));
}

#[test]
fn calls_inside_run_with_revm() {
    // CALL(gas, 4 (identity), ...) returns 1
    let result = outcome(&request("Osaka", "0x5f5f5f5f5f60045af15f5260205ff3", &json!({})));
    assert_eq!(result["calls"][0]["return_data"], format!("0x{:064x}", 1));
}

#[test]
fn malformed_requests_are_refused() {
    for text in ["", "{}", "[]", "{\"fork\": 1}"] {
        assert!(matches!(run(text), Err(OracleError::Request(_))));
    }
    let unknown = request("Atlantis", "0x00", &json!({}));
    assert!(matches!(run(&unknown.to_string()), Err(OracleError::Request(_))));
}

#[test]
fn bench_measures() {
    assert!(bench(&request("Osaka", "0x00", &json!({})).to_string(), 2).is_ok());
}
