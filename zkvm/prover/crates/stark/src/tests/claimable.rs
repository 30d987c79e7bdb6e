//! Runs that a receipt has no words for are refused before a witness is made.

use std::sync::Arc;

use ruint::aliases::U256;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::program::{CodeKind, Program};
use sol2zk_executor::transaction::{Price, Terms, kind};

use super::scene::*;
use crate::prove::ProveError;
use crate::witness::WitnessError;

fn stopping() -> Program {
    program(&[(isa::REGION, [0, 0, 0], 1), (isa::STOP, [0, 0, 0], 0)], &[], &[])
}

/// What a request of two calls is refused for, its second changed.
fn refused(programs: &[&Program], change: impl Fn(&mut Request)) -> (u32, String) {
    let mut batch = request(programs[0], vec![call(&[], 100_000), call(&[], 100_000)]);
    change(&mut batch);
    match prove_as("test", &batch, programs) {
        Err(ProveError::Witness(WitnessError::NotClaimable { call, what })) => (call, what.to_owned()),
        Err(ProveError::Witness(WitnessError::Unsupported { call, what, .. })) => (call, what),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn transactions_and_environments_of_their_own() {
    let program = stopping();
    let terms = Terms {
        kind: kind::LEGACY,
        nonce: 1,
        gas_limit: 30_000,
        price: Price::Fixed(U256::ZERO),
        access_list: Vec::new(),
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: U256::ZERO,
        authorizations: Vec::new(),
    };
    let shaped = |batch: &mut Request| {
        batch.env.gas_limit = U256::from(1 << 24);
        batch.calls[1].terms = Some(Box::new(terms.clone()));
    };
    assert_eq!(refused(&[&program], shaped), (1, "a transaction with a nonce and fees".to_owned()));
    let own = |batch: &mut Request| batch.calls[1].env = Some(Arc::new(batch.env.clone()));
    assert_eq!(refused(&[&program], own), (1, "an environment of its own".to_owned()));
}

#[test]
fn precompiles_and_delegations() {
    let program = stopping();
    let called = |batch: &mut Request| batch.calls[1].to = address(4);
    assert_eq!(refused(&[&program], called), (1, "a precompile is called".to_owned()));
    let delegating = |batch: &mut Request| {
        let code = [&[0xef, 0x01, 0x00], CONTRACT.as_slice()].concat();
        batch.state.insert(address(0x1234), account(0, &code, &[]));
        batch.calls[1].to = address(0x1234);
    };
    assert_eq!(refused(&[&program], delegating), (1, "the account delegates to another".to_owned()));
}

#[test]
fn arguments_that_ran_as_code() {
    let runtime = stopping();
    let whole = program_of(CodeKind::Creation, &[0xfd], &[(isa::REGION, [0, 0, 0], 1), (isa::STOP, [0, 0, 0], 0)], &[], &[]);
    let creating = |batch: &mut Request| {
        let deploy = &mut batch.calls[1];
        (deploy.create, deploy.data, deploy.to) = (Some(code(&[])), vec![0xfd], address(0x1234));
    };
    assert_eq!(refused(&[&runtime, &whole], creating), (1, "creation code that goes on in its arguments".to_owned()));
}

#[test]
fn nested_frames() {
    let mut lines = vec![(isa::REGION, [0, 0, 0], 1)];
    lines.extend((0..6).map(|index| (isa::ARG, [10, 0, index], 0)));
    lines.extend([(isa::CALL, [0, 0, 3], 100), (isa::STOP, [0, 0, 0], 0)]);
    let calling = program(&lines, &[], &[0]);
    assert_eq!(refused(&[&calling], |_| {}), (0, "STATICCALL".to_owned()));
}
