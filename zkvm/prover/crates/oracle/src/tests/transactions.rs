//! What lies between a frame and a transaction, written out and compared with revm's whole transactions: intrinsic gas, the floor of
//! EIP-7623, the refund cap, the code deposit.

use revm::ExecuteEvm;
use revm::context::TxEnv;
use revm::context::result::{ExecutionResult, Output};
use revm::primitives::{Address, Bytes, TxKind, hardfork::SpecId};
use serde_json::{Value, json};

use super::{CALLER, CONTRACT, outcome, request};
use crate::request::spec;
use crate::run::prepare;

const LIMIT: u64 = 500_000;

/// Sets 1 -> 0 in a warm slot for a refund, logs, returns 3 bytes; enough for every rule set (no PUSH0).
const REFUNDS: &str = "0x600060005560006000a060036000f3";
/// Reverts or halts.
const FAILS: [&str; 2] = ["0x60006000fd", "0xfe"];

struct Rules {
    spec: SpecId,
}

impl Rules {
    fn since(&self, spec: SpecId) -> bool {
        self.spec.is_enabled_in(spec)
    }

    fn tokens(data: &[u8], non_zero: u64) -> u64 {
        data.iter().map(|byte| if *byte == 0 { 1 } else { non_zero }).sum()
    }

    /// Yellow Paper 6.2, EIP-2, EIP-2028, EIP-3860.
    fn intrinsic(&self, data: &[u8], create: bool) -> u64 {
        let non_zero = if self.since(SpecId::ISTANBUL) { 4 } else { 17 };
        let mut gas = 21_000 + 4 * Self::tokens(data, non_zero);
        if create && self.since(SpecId::HOMESTEAD) {
            gas += 32_000;
        }
        if create && self.since(SpecId::SHANGHAI) {
            gas += 2 * (data.len() as u64).div_ceil(32);
        }
        gas
    }

    /// EIP-7623.
    fn floor(&self, data: &[u8]) -> u64 {
        if self.since(SpecId::PRAGUE) { 21_000 + 10 * Self::tokens(data, 4) } else { 0 }
    }

    /// EIP-3529.
    fn cap(&self, spent: u64) -> u64 {
        spent / if self.since(SpecId::LONDON) { 5 } else { 2 }
    }
}

fn number(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().expect("text").trim_start_matches("0x"), 16).expect("a number")
}

fn address(text: &str) -> Address {
    text.parse().expect("an address")
}

/// The transaction's result and gas.
fn transaction(mut frame: Value, kind: TxKind, data: &[u8]) -> (ExecutionResult, u64) {
    for name in ["base_fee", "gas_price"] {
        frame["env"][name] = json!("0x0");
    }
    let mut machine = prepare(&frame.to_string()).expect("a request").machine;
    let tx = TxEnv { caller: address(CALLER), gas_limit: LIMIT, gas_price: 0, kind, data: Bytes::from(data.to_vec()), ..TxEnv::default() };
    let result = machine.transact(tx).expect("a transaction").result;
    let used = result.gas().tx_gas_used();
    (result, used)
}

fn settle(rules: &Rules, call: &Value, data: &[u8], intrinsic: u64, deposit: u64) -> u64 {
    let spent = LIMIT - number(&call["gas_left"]) + deposit;
    let refund = number(&call["refund"]).min(rules.cap(spent));
    assert!(spent >= intrinsic);
    (spent - refund).max(rules.floor(data))
}

#[test]
fn calls_cost_what_frames_and_rules_say() {
    let datas: [Vec<u8>; 3] = [Vec::new(), vec![0; 40], (0..=255).cycle().take(4000).collect()];
    for fork in ["Frontier", "Homestead", "Byzantium", "Istanbul", "Berlin", "London", "Shanghai", "Cancun", "Prague", "Osaka"] {
        let rules = Rules { spec: spec(fork).expect("a rule set") };
        for code in [REFUNDS, FAILS[1]].iter().chain(rules.since(SpecId::BYZANTIUM).then_some(&FAILS[0])) {
            for data in &datas {
                let intrinsic = rules.intrinsic(data, false);
                let mut frame = request(fork, code, &json!({"data": crate::result::hex(data), "gas": format!("{:#x}", LIMIT - intrinsic)}));
                frame["state"][CONTRACT]["storage"] = json!({"0x0": "0x1"});
                let call = outcome(&frame)["calls"][0].clone();
                let (result, used) = transaction(frame, TxKind::Call(address(CONTRACT)), data);
                assert_eq!(used, settle(&rules, &call, data, intrinsic, 0), "{fork} {code} {}", data.len());
                assert_eq!(result.is_success(), call["status"] == "success");
                assert_eq!(crate::result::hex(&result.into_output().unwrap_or_default()), call["return_data"].as_str().expect("text"));
            }
        }
    }
}

#[test]
fn creates_cost_what_frames_and_rules_say() {
    // CODECOPY of 5 bytes that follow, RETURN them
    let code = "0x6005600c60003960056000f36001600255";
    let data = revm::primitives::hex::decode(&code[2..]).expect("hex");
    for fork in ["Homestead", "SpuriousDragon", "Istanbul", "London", "Shanghai", "Prague", "Osaka"] {
        let rules = Rules { spec: spec(fork).expect("a rule set") };
        let intrinsic = rules.intrinsic(&data, true);
        let created = address(CALLER).create(0);
        let to = crate::result::hex(created.as_slice());
        let call = json!({"create": true, "code": code, "to": to, "gas": format!("{:#x}", LIMIT - intrinsic)});
        let frame = request(fork, "0x", &call);
        let ran = outcome(&frame);
        let (result, used) = transaction(frame, TxKind::Create, &data);
        assert_eq!(used, settle(&rules, &ran["calls"][0], &data, intrinsic, 5 * 200), "{fork}");
        let ExecutionResult::Success { output: Output::Create(output, at), .. } = result else { panic!("{result:?}") };
        assert_eq!((crate::result::hex(&output), at), (ran["calls"][0]["return_data"].as_str().expect("text").to_owned(), Some(created)));
        assert_eq!(ran["state"][&to]["code"], "0x6001600255");
    }
}
