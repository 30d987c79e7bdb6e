//! Transactions against the world: fees, nonces, refunds, access lists, authorizations, refusals, environments of their own.

use std::sync::Arc;

use ruint::aliases::U256;

use super::super::{Library, Loaded, create_address, execute, trace};
use crate::host::request::{AccountState, Environment, Request};
use crate::host::result::Outcome;
use crate::isa::*;
use crate::program::{CodeKind, Program};
use crate::testing::{CALLER, CONTRACT, Line, program, request};
use crate::trace::Status;
use crate::transaction::{Access, Authorization, Price, Terms, authority, kind};

const NONE: [u32; 3] = [0; 3];
const ENTRY: Line = (REGION, NONE, 0);
const COINBASE: [u8; 20] = [0x0c; 20];

fn terms() -> Terms {
    Terms {
        kind: kind::LEGACY,
        nonce: 0,
        gas_limit: 100_000,
        price: Price::Fixed(U256::from(10)),
        access_list: Vec::new(),
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: U256::ZERO,
        authorizations: Vec::new(),
    }
}

fn scene(program: &Program, all: &[Terms]) -> Request {
    let mut out = request(program, 0, &vec![[].as_slice(); all.len()]);
    out.env = Environment { number: U256::from(300), base_fee: U256::from(7), gas_limit: U256::from(30_000_000), coinbase: COINBASE, ..out.env };
    out.state.insert(CALLER, AccountState { balance: U256::from(10_000_000), nonce: 0, code: Vec::new().into(), storage: [].into() });
    for (call, terms) in out.calls.iter_mut().zip(all) {
        call.terms = Some(Box::new(terms.clone()));
    }
    out
}

fn run(request: &Request, program: &Program) -> Outcome {
    let mut library = Library::default();
    library.add(Loaded::new(program.clone()).unwrap().into()).unwrap();
    let fast = execute(request, &library).unwrap();
    let (traced, _) = trace(request, &library, 1 << 20).unwrap();
    assert_eq!(fast, traced);
    assert_eq!((&fast.unsupported, &fast.missing_code), (&None, &None));
    fast
}

/// SLOAD 0, SSTORE 1 := 5, STOP.
fn storing() -> Program {
    program(&[ENTRY, (SLOAD, [5, 0, 0], 100), (SSTORE, [6, 7, 0], 0), (STOP, NONE, 0)], &[], &[0, 1, 5])
}

#[test]
fn fees_are_paid_and_paid_back() {
    let market = Price::Market { max_fee: U256::from(20), max_priority_fee: U256::from(2) };
    let second = Terms { nonce: 1, kind: kind::FEE_MARKET, price: market, ..terms() };
    let outcome = run(&scene(&storing(), &[terms(), second]), &storing());
    // the second changes nothing
    let used = [21_000 + 2100 + 22_100, 21_000 + 2100 + 2200];
    let left: Vec<_> = outcome.calls.iter().map(|call| (call.status, call.gas_left)).collect();
    assert_eq!(left, used.map(|used| (Status::Success, 100_000 - used)));
    assert_eq!(outcome.state[&CALLER].nonce, 2);
    assert_eq!(outcome.state[&CALLER].balance, U256::from(10_000_000 - used[0] * 10 - used[1] * 9));
    assert_eq!(outcome.state[&COINBASE].balance, U256::from(used[0] * 3 + used[1] * 2));
}

#[test]
fn refunds_are_counted_and_capped() {
    let clearing = program(&[ENTRY, (SSTORE, [4, 4, 0], 0), (STOP, NONE, 0)], &[], &[0]);
    let mut request = scene(&clearing, &[terms()]);
    request.state.get_mut(&CONTRACT).unwrap().storage.insert(U256::ZERO, U256::ONE);
    let outcome = run(&request, &clearing);
    let spent = 21_000 + 5000;
    assert_eq!((outcome.calls[0].refund, outcome.calls[0].gas_left), (4800, 100_000 - (spent - 4800)));
    // a frame that fails refunds nothing, and keeps nothing
    let failing = program(&[ENTRY, (SSTORE, [4, 4, 0], 0), (HALT, NONE, 0)], &[], &[0]);
    let outcome = run(&request, &failing);
    assert_eq!((outcome.calls[0].status, outcome.calls[0].refund, outcome.calls[0].gas_left), (Status::Halt, 0, 0));
    assert_eq!(outcome.state[&CALLER].balance, U256::from(10_000_000 - 1_000_000));
}

#[test]
fn access_lists_warm() {
    let listed = vec![Access { address: CONTRACT, keys: vec![U256::ZERO, U256::ONE] }];
    let outcome = run(&scene(&storing(), &[Terms { kind: kind::ACCESS_LIST, access_list: listed, ..terms() }]), &storing());
    assert_eq!(outcome.calls[0].gas_left, 100_000 - 21_000 - 2400 - 2 * 1900 - 100 - 20_000);
}

#[test]
fn a_refused_transaction_changes_nothing_and_the_batch_goes_on() {
    let request = scene(&storing(), &[Terms { nonce: 7, ..terms() }, terms()]);
    let outcome = run(&request, &storing());
    let refused = &outcome.calls[0];
    assert_eq!((refused.refused, refused.gas_left, refused.steps), (Some("nonce-too-high"), 0, 0));
    assert_eq!((outcome.calls[1].status, outcome.state[&CALLER].nonce), (Status::Success, 1));
    assert!(outcome.to_json().contains(r#""status":"refused""#));
}

#[test]
fn creates_stand_at_the_address_of_sender_and_nonce() {
    let mut creation = program(&[ENTRY, (MGROW, [4, 5, 0], 0), (RETURN, [4, 5, 0], 0)], &[], &[0, 3]);
    creation.kind = CodeKind::Creation;
    let mut request = scene(&creation, &[terms()]);
    request.calls[0].create = Some(creation.code.clone().into());
    request.calls[0].to = [0; 20];
    let address = create_address(&CALLER, 0);
    let outcome = run(&request, &creation);
    assert_eq!(&outcome.state[&address].code[..], [0; 3]);
    let intrinsic = 53_000 + 16 + 4 + 2;
    assert_eq!(outcome.calls[0].gas_left, 100_000 - intrinsic - 3 - 600);
    // where an account is, all gas is gone
    request.state.insert(address, AccountState { balance: U256::ZERO, nonce: 1, code: Vec::new().into(), storage: [].into() });
    let outcome = run(&request, &creation);
    assert_eq!((outcome.calls[0].status, outcome.calls[0].gas_left, outcome.state[&CALLER].nonce), (Status::Halt, 0, 1));
}

#[test]
fn authorizations_delegate() {
    let signed = Authorization {
        chain_id: U256::ZERO,
        address: CONTRACT,
        nonce: U256::ZERO,
        y_parity: U256::ZERO,
        r: U256::from_str_radix("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", 16).unwrap(),
        s: U256::from(7),
    };
    let account = authority(&signed).unwrap();
    let other_chain = Authorization { chain_id: U256::from(9), ..signed };
    let mut request = scene(&storing(), &[Terms { kind: kind::AUTHORIZATIONS, authorizations: vec![signed, signed, other_chain], ..terms() }]);
    request.calls[0].to = account;
    request.calls[0].terms.as_mut().unwrap().gas_limit = 200_000;
    let outcome = run(&request, &storing());
    let delegated = &outcome.state[&account];
    // the second is of another nonce by then, the third of another chain
    assert_eq!((delegated.nonce, delegated.code.len(), &delegated.code[3..]), (1, 23, CONTRACT.as_slice()));
    assert_eq!(delegated.storage[&U256::ONE], U256::from(5));
    assert_eq!((outcome.calls[0].refund, outcome.calls[0].gas_left), (0, 200_000 - 21_000 - 3 * 25_000 - 2100 - 22_100));
    // an account that exists is refunded half
    request.state.insert(account, AccountState { balance: U256::ONE, nonce: 0, code: Vec::new().into(), storage: [].into() });
    assert_eq!(run(&request, &storing()).calls[0].refund, 12_500);
}

#[test]
fn an_environment_of_its_own() {
    let number = program(&[ENTRY, (ENV, [0, 0, 10], 0), (SSTORE, [5, 2, 0], 0), (STOP, NONE, 0)], &[], &[0]);
    let mut request = request(&number, 100_000, &[&[], &[]]);
    request.calls[0].env = Some(Arc::new(Environment { number: U256::from(77), ..request.env.clone() }));
    request.calls.truncate(1);
    assert_eq!(run(&request, &number).state[&CONTRACT].storage[&U256::ZERO], U256::from(77));
    request.calls[0].env = None;
    assert_eq!(run(&request, &number).state[&CONTRACT].storage[&U256::ZERO], U256::from(300));
}
