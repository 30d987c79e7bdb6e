//! Programs, requests and proofs for tests: everything under the test profile.

use std::sync::Arc;

use ruint::aliases::U256;
use sol2zk_executor::host::Address;
use sol2zk_executor::host::request::{AccountState, Environment, Request, Transaction};
use sol2zk_executor::isa;
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::machine::{Library, trace};
use sol2zk_executor::program::{CodeKind, Instruction, Program};
use sol2zk_executor::trace::Trace;

use crate::config::{PROFILES, Profile};
use crate::key::Key;
use crate::prove::{ProveError, prove};
use crate::verify::{Verified, verify};
use crate::witness::Hashes;

/// `(op, [a, b, c], gas)`.
pub(super) type Line = (u16, [u32; 3], u32);

/// Account under test.
pub(super) const CONTRACT: Address = address(0xc0de);
/// Caller, and a payer of 1000.
pub(super) const CALLER: Address = address(0xca11);
/// An account that has no code.
pub(super) const NOBODY: Address = address(0xbeef);

/// An address of two bytes.
pub(super) const fn address(number: u16) -> Address {
    let mut bytes = [0; 20];
    [bytes[18], bytes[19]] = number.to_be_bytes();
    bytes
}

/// A program for `code` under Osaka.
pub(super) fn program_of(kind: CodeKind, code: &[u8], chained: &[Line], pure: &[Line], constants: &[U256]) -> Program {
    let line = |&(op, fields, gas): &Line| Instruction { op, fields, gas };
    Program {
        fork: isa::fork::OSAKA,
        kind,
        code_hash: keccak256(code),
        chained: chained.len() as u32,
        instructions: chained.iter().chain(pure).map(line).collect(),
        constants: constants.to_vec(),
        code: code.to_vec(),
        jump_table: vec![],
    }
}

/// A runtime program for the code of one byte 0, with small constants.
pub(super) fn program(chained: &[Line], pure: &[Line], constants: &[u64]) -> Program {
    let constants: Vec<U256> = constants.iter().copied().map(U256::from).collect();
    program_of(CodeKind::Runtime, &[0], chained, pure, &constants)
}

/// A call of the contract by CALLER.
pub(super) fn call(data: &[u8], gas: u64) -> Transaction {
    Transaction { create: None, caller: CALLER, origin: CALLER, to: CONTRACT, value: U256::ZERO, data: data.to_vec(), gas, env: None, terms: None }
}

/// An account.
pub(super) fn account(balance: u64, code: &[u8], storage: &[(u64, u64)]) -> AccountState {
    let storage = storage.iter().map(|&(key, word)| (U256::from(key), U256::from(word))).collect();
    AccountState { balance: U256::from(balance), nonce: 1, code: code.into(), storage }
}

/// Calls where `program` is the contract's code.
pub(super) fn request(program: &Program, calls: Vec<Transaction>) -> Request {
    Request {
        fork: program.fork,
        env: Environment { number: U256::from(300), chain_id: U256::from(1), ..Environment::default() },
        contract: CONTRACT,
        state: [(CONTRACT, account(7, &program.code, &[(5, 55)])), (CALLER, account(1000, &[], &[])), (NOBODY, account(3, &[], &[]))].into(),
        calls,
        messages: false,
    }
}

/// The trace of a run.
pub(super) fn run(request: &Request, programs: &[&Program]) -> Trace {
    let bodies: Vec<Vec<u8>> = programs.iter().map(|program| program.encode()).collect();
    let library = Library::decode(bodies.iter().map(Vec::as_slice)).unwrap();
    let (outcome, trace) = trace(request, &library, 1 << 20).unwrap();
    assert!(outcome.unsupported.is_none() && outcome.missing_code.is_none());
    trace
}

/// Proves a run under a profile, its hashes with it.
pub(super) fn prove_as(profile: &str, request: &Request, programs: &[&Program]) -> Result<Vec<u8>, ProveError> {
    prove_with(profile, Hashes::Proven, request, programs)
}

/// Proves a run under a profile.
pub(super) fn prove_with(profile: &str, hashes: Hashes, request: &Request, programs: &[&Program]) -> Result<Vec<u8>, ProveError> {
    let profile = Profile::by_name(profile).unwrap();
    let trace = run(request, programs);
    let key = Key::new(&trace.programs, &PROFILES[usize::from(profile)]).unwrap();
    prove(request, &trace, key, profile, hashes).map(|proven| proven.bytes)
}

/// The receipt of a run under the test profile.
pub(super) fn receipt(request: &Request, programs: &[&Program]) -> Vec<u8> {
    prove_as("test", request, programs).unwrap()
}

/// What the verifier makes of a receipt of any profile.
pub(super) fn accepted(bytes: &[u8]) -> Verified {
    verify(bytes, true).map_err(|rejection| rejection.to_string()).unwrap()
}

/// Proves and verifies, and holds the statement against the run; gives (status, gas left) of each call.
pub(super) fn outcomes(request: &Request, programs: &[&Program]) -> Vec<(u8, u64)> {
    let trace = run(request, programs);
    let verified = accepted(&receipt(request, programs));
    for (frame, call) in trace.frames.iter().zip(&verified.receipt.statement.calls) {
        assert_eq!((frame.status as u8, frame.gas_left, &frame.output), (call.status, call.gas_left, &call.output));
    }
    verified.receipt.statement.calls.iter().map(|call| (call.status, call.gas_left)).collect()
}

/// Code as requests hold it.
pub(super) fn code(bytes: &[u8]) -> Arc<[u8]> {
    bytes.into()
}

/// REGION; slot 1 := call data word 0, word 1, word 0; a log of 64 bytes and two topics, one of 33 bytes and one; returns 33 bytes, or
/// reverts with them if call data word 0 is 0. A little of everything that a statement claims.
pub(super) fn talkative() -> Program {
    const ZERO: u32 = 22;
    const ONE: u32 = 23;
    const WORD: u32 = 24;
    const LONG: u32 = 25;
    const TWO_WORDS: u32 = 26;
    program(
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::CALLDATALOAD, [ZERO, 0, 0], 3),
            (isa::CALLDATALOAD, [WORD, 0, 0], 3),
            (isa::SSTORE, [ONE, 2, 0], 0),
            (isa::SSTORE, [ONE, 3, 0], 0),
            (isa::SSTORE, [ONE, 2, 0], 0),
            (isa::MGROW, [ZERO, TWO_WORDS, 0], 0),
            (isa::ENV, [0, 0, 1], 2),
            (isa::MSTORE, [ZERO, 2, 0], 3),
            (isa::MSTORE, [WORD, 8, 0], 3),
            (isa::ENV, [0, 0, 3], 2),
            (isa::TOPIC, [8, 0, 0], 0),
            (isa::TOPIC, [11, 0, 0], 0),
            (isa::LOG, [ZERO, TWO_WORDS, 2], 1125),
            (isa::ENV, [0, 0, 17], 5),
            (isa::TOPIC, [15, 0, 0], 0),
            (isa::LOG, [ONE, LONG, 1], 750),
            (isa::BNZ, [2, 0, 20], 10),
            (isa::REVERT, [ZERO, LONG, 0], 0),
            (isa::REGION, [0, 0, 0], 1),
            (isa::RETURN, [ZERO, LONG, 0], 0),
        ],
        &[],
        &[0, 1, 32, 33, 64],
    )
}

/// A batch of `talkative`: a success with value, a revert, and a success on what the first one left.
pub(super) fn talkative_request(program: &Program) -> Request {
    let data = |a: u8, b: u8| {
        let mut bytes = vec![0; 64];
        (bytes[31], bytes[63]) = (a, b);
        bytes
    };
    let mut paid = call(&data(3, 4), 100_000);
    paid.value = U256::from(11);
    request(program, vec![paid, call(&data(0, 9), 100_000), call(&data(6, 3), 100_000)])
}
