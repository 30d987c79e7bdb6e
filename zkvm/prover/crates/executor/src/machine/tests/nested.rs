//! Calls and creates through both loops: gas, undoing, return data, re-entrancy, depth.

use std::sync::Arc;

use ruint::aliases::U256;

use super::super::{Library, Loaded, create_address, execute, execute_asking, trace};
use crate::host::request::{AccountState, Request};
use crate::host::result::Outcome;
use crate::isa::*;
use crate::keccak::keccak256;
use crate::program::{CodeKind, Instruction, Program};
use crate::testing::{CONTRACT, Line, request};
use crate::trace::{Status, Trace};

/// An account that is called.
const OTHER: [u8; 20] = [0x0b; 20];
const NONE: [u32; 3] = [0; 3];
const ENTRY: Line = (REGION, NONE, 0);

/// A program whose operands at 1000 + i are the constants.
fn program(code: &[u8], kind: CodeKind, chained: &[Line], constants: &[U256]) -> Program {
    let mut sorted = constants.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let count = chained.len() as u32;
    let place = |field: u32| match field.checked_sub(1000) {
        Some(index) => count + 1 + sorted.iter().position(|word| *word == constants[index as usize]).unwrap() as u32,
        None => field,
    };
    let instructions = chained.iter().map(|&(op, fields, gas)| Instruction { op, fields: fields.map(place), gas }).collect();
    Program {
        fork: fork::OSAKA,
        kind,
        code_hash: keccak256(code),
        chained: count,
        instructions,
        constants: sorted.clone(),
        code: code.to_vec(),
        jump_table: Vec::new(),
    }
}

fn word(address: &[u8; 20]) -> U256 {
    crate::host::address_word(address)
}

/// A program that calls without data, the output going to byte 32, and returns (result, output, size of return data).
fn caller(kind: u32, to: &[u8; 20], value: Option<u64>, gas: u64) -> Program {
    let mut constants = vec![U256::from(gas), word(to)];
    constants.extend(value.map(U256::from));
    let zero = 1000 + constants.len() as u32;
    constants.extend([0, 0, 32, 32, 64, 96].map(U256::from));
    let (arguments, [sixty_four, all]) = (zero + 4 - 1000, [zero + 4, zero + 5]);
    let mut lines = vec![ENTRY, (MGROW, [zero, all, 0], 0)];
    lines.extend((0..arguments).map(|index| (ARG, [1000 + index, 0, index], 0)));
    lines.push((CALL, [0, 0, kind], 100));
    let result = lines.len() as u32;
    lines.extend([(MSTORE, [zero, result, 0], 0), (ENV, [0, 0, 7], 0), (MSTORE, [sixty_four, result + 2, 0], 0), (RETURN, [zero, all, 0], 0)]);
    program(&[0xc1], CodeKind::Runtime, &lines, &constants)
}

fn library(programs: &[&Program]) -> Library {
    let mut out = Library::default();
    for program in programs {
        out.add(Loaded::new((*program).clone()).unwrap().into()).unwrap();
    }
    out
}

/// A request that calls the first program's code at CONTRACT; the second is OTHER's.
fn scene(outer: &Program, inner: Option<&Program>, gas: u64) -> Request {
    let mut request = request(outer, gas, &[&[]]);
    if let Some(inner) = inner {
        let account = AccountState { balance: U256::from(7), nonce: 1, code: inner.code.clone().into(), storage: [].into() };
        request.state.insert(OTHER, account);
    }
    request
}

fn run(request: &Request, programs: &[&Program]) -> (Outcome, Trace) {
    let library = library(programs);
    let mut fast = execute(request, &library).unwrap();
    let (mut traced, recorded) = trace(request, &library, 1 << 20).unwrap();
    for outcome in [&mut fast, &mut traced] {
        outcome.calls.iter_mut().for_each(|call| call.steps = 0);
    }
    assert_eq!(fast, traced);
    for pair in recorded.steps.windows(2) {
        assert!(pair[0].clk < pair[1].clk);
    }
    (traced, recorded)
}

fn words(output: &[u8]) -> Vec<u64> {
    output.chunks(32).map(|chunk| U256::from_be_slice(chunk).saturating_to()).collect()
}

/// SSTORE 5 := 9, then the end; the output is the word 9 in memory.
fn storing(last: u16) -> Program {
    let constants = [0, 32, 5, 9].map(U256::from);
    let mut lines = vec![ENTRY, (MGROW, [1000, 1001, 0], 0), (MSTORE, [1000, 1003, 0], 0), (SSTORE, [1002, 1003, 0], 0)];
    lines.push(if last == HALT { (HALT, NONE, 0) } else { (last, [1000, 1001, 0], 0) });
    program(&[0xb0, 0x0b], CodeKind::Runtime, &lines, &constants)
}

#[test]
fn a_call_gives_result_output_and_return_data() {
    let inner = storing(RETURN);
    let (outcome, trace) = run(&scene(&caller(0, &OTHER, Some(0), 50_000), Some(&inner), 100_000), &[&caller(0, &OTHER, Some(0), 50_000), &inner]);
    assert_eq!(words(&outcome.calls[0].output), [1, 9, 32]);
    assert_eq!(outcome.state[&OTHER].storage[&U256::from(5)], U256::from(9));
    assert!(outcome.state[&CONTRACT].storage.is_empty());
    let [outer, called] = &trace.frames[..] else { panic!("two frames") };
    assert_eq!((called.parent, called.called_at + 4, called.depth, called.owner), (outer.entry, called.entry, 1, 0));
    assert_eq!((called.gas_given, called.gas_left), (50_000, 50_000 - 22_100 - 3));
    let after = trace.steps.iter().find(|step| step.clk == called.exit).unwrap();
    assert_eq!(after.frame, outer.entry);
    let call = trace.steps.iter().find(|step| step.clk == called.called_at).unwrap();
    assert_eq!((call.op, call.result), (CALL, U256::ONE));
    assert_eq!(after.gas, call.gas + call.charge - called.gas_left);
}

#[test]
fn what_a_failed_callee_did_is_undone() {
    for (last, size, stays) in [(REVERT, 32, true), (HALT, 0, false)] {
        let (outer, inner) = (caller(0, &OTHER, Some(3), 50_000), storing(last));
        let (outcome, trace) = run(&scene(&outer, Some(&inner), 100_000), &[&outer, &inner]);
        assert_eq!(words(&outcome.calls[0].output), [0, if stays { 9 } else { 0 }, size]);
        assert!(outcome.state[&OTHER].storage.is_empty());
        assert_eq!((outcome.state[&OTHER].balance, outcome.state[&CONTRACT].balance), (U256::from(7), U256::from(1000)));
        assert_eq!((trace.frames[1].owner, trace.frames[1].gas_given), (trace.frames[1].entry, 52_300));
    }
}

#[test]
fn kinds_of_calls_run_in_their_context() {
    for (kind, stored) in [(1, CONTRACT), (2, CONTRACT), (0, OTHER)] {
        let (outer, inner) = (caller(kind, &OTHER, (kind < 2).then_some(0), 50_000), storing(RETURN));
        let (outcome, _) = run(&scene(&outer, Some(&inner), 100_000), &[&outer, &inner]);
        assert_eq!(words(&outcome.calls[0].output), [1, 9, 32], "{kind}");
        assert_eq!(outcome.state[&stored].storage.len(), 1, "{kind}");
    }
    // a static frame may not store
    let (outer, inner) = (caller(3, &OTHER, None, 50_000), storing(RETURN));
    let (outcome, _) = run(&scene(&outer, Some(&inner), 100_000), &[&outer, &inner]);
    assert_eq!(words(&outcome.calls[0].output), [0, 0, 0]);
}

#[test]
fn a_call_that_cannot_be_paid_gives_everything_back() {
    let outer = caller(0, &OTHER, Some(1001), 50_000);
    let (outcome, trace) = run(&scene(&outer, None, 100_000), &[&outer]);
    assert_eq!(words(&outcome.calls[0].output), [0, 0, 0]);
    // the call's field, cold account, value, new account, memory, less the stipend
    assert_eq!(outcome.calls[0].gas_left, 100_000 - 100 - 2500 - 9000 - 25_000 - 9 + 2300);
    assert_eq!(trace.frames.len(), 1);
    assert!(!outcome.state.contains_key(&OTHER));
}

#[test]
fn precompiles_run() {
    let mut sha256 = [0; 20];
    sha256[19] = 2;
    let outer = caller(3, &sha256, None, 50_000);
    let (outcome, trace) = run(&scene(&outer, None, 100_000), &[&outer]);
    let expected: [u8; 32] = [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4,
        0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ];
    assert_eq!(outcome.calls[0].output[32..64], expected);
    assert_eq!(outcome.calls[0].gas_left, 100_000 - 100 - 60 - 9);
    assert_eq!((trace.frames[1].program, trace.frames[1].exit), (None, trace.frames[1].entry + 4));
    // too little gas: all of it is lost
    let outer = caller(3, &sha256, None, 59);
    let (outcome, _) = run(&scene(&outer, None, 100_000), &[&outer]);
    assert_eq!((words(&outcome.calls[0].output), outcome.calls[0].gas_left), (vec![0, 0, 0], 100_000 - 100 - 59 - 9));
}

/// Code that calls itself with all its gas until none is left, then counts in slot 0 on the way out.
#[test]
fn a_program_runs_within_itself_to_the_greatest_depth() {
    let constants = [U256::MAX, word(&CONTRACT), U256::ZERO, U256::ONE];
    let mut lines = vec![ENTRY];
    let order = [1000, 1001, 1002, 1002, 1002, 1002, 1002];
    lines.extend(order.iter().zip(0..).map(|(constant, index)| (ARG, [*constant, 0, index], 0)));
    lines.push((CALL, [0, 0, 0], 100));
    let call = lines.len() as u32;
    lines.push((SLOAD, [1002, 0, 0], 100));
    // count + 1 + (1 - result) would need pure instructions: the result is stored by itself
    lines.push((SSTORE, [call, call, 0], 0));
    lines.push((STOP, NONE, 0));
    let program = program(&[0xc1], CodeKind::Runtime, &lines, &constants);
    let gas = 1 << 44;
    let (outcome, trace) = run(&scene(&program, None, gas), &[&program]);
    assert_eq!(outcome.calls[0].status, Status::Success);
    let deepest = trace.frames.iter().map(|frame| frame.depth).max();
    assert_eq!((deepest, trace.frames.len()), (Some(1024), 1025));
    // the deepest call was refused: its frame stored 0 in slot 0; the others stored 1 in slot 1
    let storage: Vec<_> = outcome.state[&CONTRACT].storage.iter().map(|(key, value)| (*key, *value)).collect();
    assert_eq!(storage, [(U256::ONE, U256::ONE)]);
}

/// Init code that returns two bytes 5b 00 out of its own code.
fn init() -> Program {
    let code = [0x5b, 0x00, 0x01];
    let constants = [0, 2, 32].map(U256::from);
    let lines = [ENTRY, (MGROW, [1000, 1002, 0], 0), (CODECOPY, [1000, 1000, 1001], 0), (RETURN, [1000, 1001, 0], 0)];
    program(&code, CodeKind::Creation, &lines, &constants)
}

/// A program that creates with its own code's bytes 1..4 as init code and returns the address.
fn creator() -> Program {
    let constants = [0, 1, 3, 32].map(U256::from);
    let mut lines = vec![ENTRY, (MGROW, [1000, 1003, 0], 0), (CODECOPY, [1000, 1001, 1002], 0)];
    let order = [1000, 1000, 1002];
    lines.extend(order.iter().zip(0..).map(|(constant, index)| (ARG, [*constant, 0, index], 0)));
    lines.push((CREATE, NONE, 32_000));
    lines.push((MSTORE, [1000, 7, 0], 0));
    lines.push((RETURN, [1000, 1003, 0], 0));
    program(&[0xcc, 0x5b, 0x00, 0x01], CodeKind::Runtime, &lines, &constants)
}

#[test]
fn a_create_makes_an_account() {
    let (outer, inner) = (creator(), init());
    let (outcome, trace) = run(&scene(&outer, None, 100_000), &[&outer, &inner]);
    let address = create_address(&CONTRACT, 1);
    assert_eq!(U256::from_be_slice(&outcome.calls[0].output), word(&address));
    let created = &outcome.state[&address];
    assert_eq!((&created.code[..], created.nonce, outcome.state[&CONTRACT].nonce), ([0x5b, 0].as_slice(), 1, 2));
    assert_eq!(outcome.calls[0].gas_left, 100_000 - 32_000 - 2 - 3 - 3 - 3 - 3 - 2 * 200);
    assert_eq!((trace.frames[1].kind.name(), trace.frames[1].address), ("create", address));
    // gas for the code is missing by one
    let spent = 32_000 + 2 + 3 + 3;
    for (given, success) in [(406, true), (405, false)] {
        let gas = (spent + given + 6..).find(|gas| gas - spent - (gas - spent) / 64 >= given).unwrap();
        let (outcome, _) = run(&scene(&outer, None, gas), &[&outer, &inner]);
        assert_eq!(!U256::from_be_slice(&outcome.calls[0].output).is_zero(), success, "{given}");
        assert_eq!(outcome.state[&CONTRACT].nonce, 2);
        assert_eq!(outcome.state.contains_key(&address), success);
    }
    // where an account is, the gas is lost
    let mut taken = scene(&outer, None, 100_000);
    taken.state.insert(address, AccountState { balance: U256::ZERO, nonce: 1, code: Vec::new().into(), storage: [].into() });
    let (outcome, _) = run(&taken, &[&outer, &inner]);
    assert_eq!((words(&outcome.calls[0].output), outcome.state[&CONTRACT].nonce), (vec![0], 2));
    assert_eq!(outcome.calls[0].gas_left, (100_000 - 32_000 - 2 - 3 - 3) / 64);
}

#[test]
fn code_met_at_run_time_is_asked_for() {
    let (outer, inner) = (creator(), init());
    let request = scene(&outer, None, 100_000);
    let missing = execute(&request, &library(&[&outer])).unwrap();
    assert_eq!(missing.missing_code.map(|missing| (missing.code.to_vec(), missing.kind)), Some((inner.code.clone(), CodeKind::Creation)));
    assert_eq!((missing.calls.len(), missing.state[&CONTRACT].nonce), (0, 1));
    let mut asked = Vec::new();
    let answer = |code: &[u8], kind: CodeKind| {
        asked.push((code.to_vec(), kind));
        Ok(Some(Arc::new(Loaded::new(inner.clone()).unwrap())))
    };
    let outcome = execute_asking(&request, &library(&[&outer]), 1 << 20, Some(Box::new(answer))).unwrap();
    assert_eq!((outcome.calls.len(), outcome.missing_code), (1, None));
    assert_eq!(asked, [(inner.code.clone(), CodeKind::Creation)]);
    let wrong = |_: &[u8], _: CodeKind| Ok(Some(Arc::new(Loaded::new(outer.clone()).unwrap())));
    assert!(execute_asking(&request, &library(&[&outer]), 1 << 20, Some(Box::new(wrong))).is_err());
}

#[test]
fn messages_are_listed() {
    let (outer, inner) = (caller(0, &OTHER, Some(2), 50_000), storing(REVERT));
    let mut request = scene(&outer, Some(&inner), 100_000);
    request.messages = true;
    let (outcome, _) = run(&request, &[&outer, &inner]);
    let messages = outcome.calls[0].messages.clone().unwrap();
    let seen: Vec<_> = messages.iter().map(|message| (message.depth, message.kind.name(), message.to, message.gas, message.ending.name())).collect();
    assert_eq!(seen, [(0, "call", CONTRACT, 100_000, "success"), (1, "call", OTHER, 52_300, "revert")]);
    assert_eq!((messages[1].value, messages[1].output.len()), (U256::from(2), 32));
}

/// EIP-7702: a delegation is followed once; where it leads to a designator that is code which halts, where it leads to a precompile nothing runs.
#[test]
fn delegations_are_followed_once() {
    let designator = |target: &[u8; 20]| [&[0xef, 0x01, 0x00], target.as_slice()].concat();
    let (other, precompile) = ([0x0d; 20], crate::host::word_address(U256::from(4)));
    let account = |code: Vec<u8>| AccountState { balance: U256::ZERO, nonce: 1, code: code.into(), storage: [].into() };
    let (stored, halting) = (storing(RETURN), program(&designator(&OTHER), CodeKind::Runtime, &[ENTRY, (HALT, NONE, 0)], &[]));
    let cases =
        [(stored.code.clone(), Status::Success, 32, 50_000 - 22_100 - 3), (designator(&OTHER), Status::Halt, 0, 0), (Vec::new(), Status::Success, 0, 50_000)];
    for (code, status, output, left) in cases {
        let mut request = scene(&stored, None, 50_000);
        request.calls[0].to = OTHER;
        request.state.insert(OTHER, account(designator(if code.is_empty() { &precompile } else { &other })));
        request.state.insert(other, account(code));
        let (outcome, _) = run(&request, &[&stored, &halting]);
        let found = &outcome.calls[0];
        assert_eq!((found.status, found.output.len(), found.gas_left), (status, output, left));
    }
}
