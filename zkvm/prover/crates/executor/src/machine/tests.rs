//! Programs through both loops; traces and what they promise.

use std::collections::BTreeMap;

use ruint::aliases::U256;

use super::{Fault, Library, Loaded, RunError, execute, execute_limited, trace};
use crate::gas::{BEYOND_MEMORY_GAS, memory_gas};
use crate::host::Address;
use crate::host::request::{AccountState, Request};
use crate::host::result::{Outcome, hex};
use crate::isa::{self, *};
use crate::program::{CodeKind, Program};
use crate::testing::{CALLER, CONTRACT, Line, program, request};
use crate::trace::{End, Status, Step, Trace};

const NONE: [u32; 3] = [0; 3];
const ENTRY: Line = (REGION, NONE, 0);

fn library(program: &Program) -> Library {
    let mut out = Library::default();
    out.add(Loaded::new(program.clone()).unwrap().into()).unwrap();
    out
}

/// Runs both loops, which must agree, and checks the trace.
fn run(program: &Program, request: &Request) -> (Outcome, Trace) {
    let library = library(program);
    let mut fast = execute(request, &library).unwrap();
    let (mut traced, recorded) = trace(request, &library, 1 << 20).unwrap();
    check(&recorded, program);
    let steps: Vec<_> = traced.calls.iter().map(|call| call.steps).collect();
    for outcome in [&mut fast, &mut traced] {
        outcome.calls.iter_mut().filter(|call| call.status == Status::Halt).for_each(|call| call.steps = 0);
    }
    assert_eq!(fast, traced);
    for (call, steps) in traced.calls.iter_mut().zip(steps) {
        call.steps = steps;
    }
    (traced, recorded)
}

/// What the trace's documentation promises.
fn check(trace: &Trace, program: &Program) {
    let mut clk = 4;
    for frame in &trace.frames {
        assert_eq!(frame.entry, clk);
        let steps = &trace.steps[frame.steps.clone()];
        let (mut gas, mut words, mut region, mut next) = (0, 0, frame.entry, 1);
        for step in steps {
            clk += 4;
            assert_eq!((step.clk, step.frame, step.id), (clk, frame.entry, next));
            assert_eq!((step.gas, step.words, step.region), (gas, words, region));
            assert!(step.words_after >= words);
            (gas, words, next) = (gas + step.charge, step.words_after, step.next);
            region = if matches!(step.op, REGION | LABEL) { clk } else { region };
            assert_eq!(program.instructions[step.id as usize - 1].op, step.op);
        }
        let left = frame.gas_given as i64 - gas as i64 - memory_gas(u64::from(words));
        assert_eq!(frame.end == End::OutOfGas, left < 0);
        assert_eq!(frame.gas_left as i64, if frame.status == Status::Halt { 0 } else { left });
        let stores = steps.iter().filter(|step| matches!(step.op, SSTORE | TSTORE) && step.next != 0).count() as u32;
        let undone = if frame.status == Status::Success { 0 } else { stores };
        clk += if frame.program.is_some() { 4 * (1 + undone + u32::from(arrives_later(frame.end, steps))) } else { 0 };
        assert_eq!(frame.exit, clk);
    }
    let mut seen: Vec<_> = trace.pures.iter().map(|pure| (pure.region, pure.id)).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), trace.pures.len());
}

/// Whether a row of its own finds that the frame has ended.
fn arrives_later(end: End, steps: &[Step]) -> bool {
    steps.last().is_some_and(|step| match end {
        End::OutOfGas => step.next != 0,
        End::Instruction => !matches!(step.op, STOP | RETURN | REVERT | HALT | SELFDESTRUCT),
    })
}

fn one(chained: &[Line], pure: &[Line], constants: &[u64], gas: u64) -> (Outcome, Trace) {
    let program = program(chained, pure, constants);
    run(&program, &request(&program, gas, &[&[1, 2, 3]]))
}

fn ends(found: &(Outcome, Trace)) -> (Status, End, u64, u32) {
    let (outcome, trace) = found;
    (outcome.calls[0].status, trace.frames[0].end, outcome.calls[0].gas_left, trace.steps.last().map_or(9, |step| step.next))
}

/// Sums 0 .. n in registers: register 0 is the counter, 1 the sum.
fn loop_program() -> Program {
    let chained = [
        ENTRY,
        (REGION, NONE, 1),
        (GET, [0, 0, 0], 3),
        (GET, [0, 0, 1], 3),
        (SET, [12, 0, 1], 6),
        (SET, [13, 0, 0], 6),
        (BLT, [13, 17, 2], 10),
        (GET, [0, 0, 1], 0),
        (MGROW, [14, 16, 0], 3),
        (MSTORE, [14, 8, 0], 3),
        (RETURN, [14, 16, 0], 0),
    ];
    let pure = [(ADD, [3, 4, 0], 0), (ADD, [3, 15, 0], 0)];
    let mut out = program(&chained, &pure, &[0, 1, 32, 10]);
    out.constants.sort_unstable();
    out.instructions[6].fields[1] = 16;
    for line in [8, 10] {
        out.instructions[line].fields[1] = 17;
    }
    out
}

#[test]
fn loops_registers_and_memory() {
    let program = loop_program();
    let (outcome, trace) = run(&program, &request(&program, 10_000, &[&[], &[]]));
    assert_eq!(outcome.calls[1].output, U256::from(45).to_be_bytes::<32>());
    assert_eq!(outcome.calls[0].gas_left, 10_000 - 10 * 29 - 6 - 3);
    assert_eq!(outcome.calls[0].steps, 1 + 10 * 6 + 4);
    assert_eq!(trace.pures.len(), 2 * 20);
    assert_eq!((trace.frames[1].entry, trace.programs.len()), (trace.frames[0].exit, 1));
}

#[test]
fn out_of_gas_is_noticed_once() {
    let program = loop_program();
    for gas in 0..310 {
        let (outcome, trace) = run(&program, &request(&program, gas, &[&[]]));
        let enough = gas >= 299;
        assert_eq!(outcome.calls[0].status, if enough { Status::Success } else { Status::Halt });
        assert_eq!(trace.frames[0].end, if enough { End::Instruction } else { End::OutOfGas });
    }
}

#[test]
fn observers_that_cannot_pay_do_not_act() {
    let gas = [ENTRY, (GAS, NONE, 2), (STOP, NONE, 0)];
    assert_eq!(ends(&one(&gas, &[], &[], 1)), (Status::Halt, End::OutOfGas, 0, 0));
    assert_eq!(ends(&one(&gas, &[], &[], 2)), (Status::Success, End::Instruction, 0, 0));
    let stop = [ENTRY, (STOP, NONE, 5)];
    assert_eq!(ends(&one(&stop, &[], &[], 4)), (Status::Halt, End::OutOfGas, 0, 0));
    let charge = [ENTRY, (CHARGE, NONE, 5), (STOP, NONE, 0)];
    assert_eq!(ends(&one(&charge, &[], &[], 4)), (Status::Halt, End::OutOfGas, 0, 3));
    let halt = [ENTRY, (HALT, NONE, 0)];
    assert_eq!(ends(&one(&halt, &[], &[], 4)), (Status::Halt, End::Instruction, 0, 0));
}

#[test]
fn stores_are_undone_and_leave_records() {
    let store = |last: Line| [ENTRY, (SSTORE, [6, 7, 0], 10), (SSTORE, [6, 6, 0], 0), last];
    let stop = (STOP, NONE, 0);
    let found = one(&store(stop), &[(ADD, [6, 6, 0], 0)], &[1, 5], 100_000);
    assert_eq!(found.0.state[&CONTRACT].storage[&U256::ONE], U256::ONE);
    assert_eq!(found.0.calls[0].gas_left, 100_000 - 10 - 22_100 - 100);
    let found = one(&store((REVERT, [5, 5, 0], 0)), &[(ADD, [6, 6, 0], 0)], &[0, 5], 100_000);
    assert!(found.0.state[&CONTRACT].storage.is_empty());
    assert_eq!(found.1.frames[0].exit, found.1.frames[0].entry + 4 * (1 + 4 + 2));
    // The sentry: gas left 2300 after the field.
    let found = one(&store(stop), &[(ADD, [6, 6, 0], 0)], &[1, 5], 2310);
    assert_eq!((ends(&found), found.1.steps[1].charge), ((Status::Halt, End::Instruction, 0, 0), 10));
    // Dynamic gas that is not there: the store is complete and undone.
    let found = one(&store(stop), &[(ADD, [6, 6, 0], 0)], &[1, 5], 2311);
    assert_eq!((ends(&found), found.1.frames[0].exit), ((Status::Halt, End::OutOfGas, 0, 3), 4 + 4 * (1 + 2 + 1 + 1)));
    // The field alone is too much.
    let found = one(&store(stop), &[(ADD, [6, 6, 0], 0)], &[1, 5], 9);
    assert_eq!((ends(&found), found.1.frames[0].exit), ((Status::Halt, End::OutOfGas, 0, 0), 4 + 4 * (1 + 2)));
}

#[test]
fn warm_sets_and_originals_start_anew() {
    let chained = [ENTRY, (SLOAD, [6, 0, 0], 100), (SLOAD, [6, 0, 0], 100), (SSTORE, [6, 7, 0], 0), (STOP, NONE, 0)];
    let program = program(&chained, &[], &[0, 9]);
    let (outcome, _) = run(&program, &request(&program, 50_000, &[&[], &[]]));
    let left: Vec<_> = outcome.calls.iter().map(|call| 50_000 - call.gas_left).collect();
    assert_eq!(left, [2200 + 20_000, 2200 + 100]);
}

#[test]
fn memory_limits() {
    let grow = |offset: u64, length: u64| one(&[ENTRY, (MGROW, [5, 6, 0], 0), (MSIZE, NONE, 0), (STOP, NONE, 0)], &[], &[offset, length], 1 << 50);
    assert_eq!(ends(&grow(0, 33)), (Status::Success, End::Instruction, (1 << 50) - 6, 0));
    let far = grow(1, 1 << 32).0.unsupported.unwrap();
    assert_eq!((far.code, far.id), ("memory-limit", 2), "gas pays for it");
    let poor = |gas: u64| one(&[ENTRY, (MGROW, [4, 5, 0], 0), (STOP, NONE, 0)], &[], &[1, 1 << 32], gas);
    assert_eq!(ends(&poor(BEYOND_MEMORY_GAS as u64 - 1)), (Status::Halt, End::Instruction, 0, 0));
    assert!(poor(BEYOND_MEMORY_GAS as u64).0.unsupported.is_some());
    assert_eq!(BEYOND_MEMORY_GAS, memory_gas((1 << 27) + 1));
    let huge = grow(5, (1 << 32) - 5).0.unsupported.unwrap();
    assert_eq!((huge.code, huge.id), ("memory-limit", 2));
    let zero = one(&[ENTRY, (MGROW, [5, 4, 0], 0), (STOP, NONE, 0)], &[], &[0, 1 << 40], 10);
    assert_eq!(zero.0.calls[0].gas_left, 10);
}

#[test]
fn faults_are_typed() {
    let uncovered = program(&[ENTRY, (MLOAD, [4, 0, 0], 0), (STOP, NONE, 0)], &[], &[0]);
    let nowhere = program(&[ENTRY, (JMPR, [4, 0, 0], 0), (REGION, NONE, 0), (STOP, NONE, 0)], &[], &[3]);
    let mut nowhere = nowhere;
    nowhere.instructions[1].fields[0] = 5;
    for (program, fault) in [(uncovered, Fault::Uncovered), (nowhere, Fault::NoLabel)] {
        let request = request(&program, 100, &[&[]]);
        let expected = RunError::Fault { call: 0, id: 2, fault };
        assert_eq!(execute(&request, &library(&program)).unwrap_err(), expected);
        assert_eq!(trace(&request, &library(&program), 100).unwrap_err(), expected);
    }
}

#[test]
fn endless_loops_meet_the_limit() {
    let endless = program(&[ENTRY, (JMP, [0, 0, 1], 0)], &[], &[]);
    let outcome = execute_limited(&request(&endless, 0, &[&[]]), &library(&endless), 1000).unwrap();
    assert_eq!(outcome.unsupported.map(|found| (found.code, found.id)), Some(("step-limit", 2)));
    let (outcome, recorded) = trace(&request(&endless, 0, &[&[]]), &library(&endless), 20).unwrap();
    assert_eq!(outcome.unsupported.map(|found| (found.code, found.call)), Some(("step-limit", 0)));
    assert!(recorded.steps.is_empty());
}

#[test]
fn code_without_a_program_is_said() {
    let program = loop_program();
    let none = execute(&request(&program, 1, &[&[]]), &Library::default()).unwrap();
    assert_eq!(none.missing_code.map(|missing| missing.kind), Some(CodeKind::Runtime));
    assert!(none.calls.is_empty());
}

#[test]
fn creates_set_code_and_value_moves() {
    let chained = [ENTRY, (ENV, [0, 0, 5], 0), (MGROW, [9, 10, 0], 0), (CODECOPY, [9, 9, 2], 0), (RETURN, [9, 2, 0], 0)];
    let mut create = program(&chained, &[], &[0, 32]);
    for (index, field) in [(2, 0), (2, 1), (3, 0), (3, 1), (4, 0)] {
        create.instructions[index].fields[field] = if (index, field) == (2, 1) { 7 } else { 6 };
    }
    create.kind = CodeKind::Creation;
    let mut request = request(&create, 1000, &[&[7, 8]]);
    request.calls[0].value = U256::from(4);
    let fresh = [0xee; 20];
    request.calls[0].to = fresh;
    let (outcome, _) = run(&create, &request);
    let account = &outcome.state[&fresh];
    assert_eq!((&account.code[..], account.nonce, account.balance), ([0x5b, 0, 7, 8].as_slice(), 1, U256::from(4)));
    assert_eq!(outcome.state[&CALLER].balance, U256::from(6));
    request.calls[0].gas = 0;
    let (outcome, _) = run(&create, &request);
    assert_eq!(outcome.calls[0].status, Status::Halt);
    assert!(!outcome.state.contains_key(&fresh));
    request.calls[0].value = U256::from(11);
    assert!(matches!(execute(&request, &library(&create)), Err(RunError::Request(error)) if error.place == "calls[0].value"));
}

/// EIP-684 and EIP-7610: the EVM enters no frame there.
#[test]
fn a_create_finds_no_account() {
    let mut create = program(&[ENTRY, (STOP, NONE, 0)], &[], &[]);
    create.kind = CodeKind::Creation;
    let refusal = |account: AccountState, to: Address| {
        let mut request = request(&create, 1000, &[&[]]);
        request.state.insert(to, account);
        request.calls[0].to = to;
        execute(&request, &library(&create)).map(|_| ()).map_err(|error| error.to_string())
    };
    let (free, own) = (AccountState { balance: U256::from(5), nonce: 0, code: vec![].into(), storage: BTreeMap::new() }, [0xee; 20]);
    assert_eq!(refusal(free.clone(), own), Ok(()));
    let storage = |word| BTreeMap::from([(U256::from(3), U256::from(word))]);
    assert_eq!(refusal(AccountState { storage: storage(0), ..free.clone() }, own), Ok(()));
    let mut precompile = [0; 20];
    precompile[19] = 1;
    for (account, to, why) in [
        (AccountState { nonce: 1, ..free.clone() }, own, "its nonce is not 0"),
        (AccountState { code: vec![0].into(), ..free.clone() }, own, "it has code"),
        (AccountState { storage: storage(9), ..free.clone() }, own, "it has storage"),
        (free, precompile, "it is a precompile"),
    ] {
        assert_eq!(refusal(account, to), Err(format!("request: calls[0].to: a create at {}: {why}", hex(&to))));
    }
    // the second of two
    let mut twice = request(&create, 1000, &[&[], &[]]);
    twice.state.remove(&CONTRACT);
    assert!(matches!(execute(&twice, &library(&create)), Err(RunError::Request(error)) if error.place == "calls[1].to"));
}

#[test]
fn selfdestruct_follows_the_rule_set() {
    let mut program = program(&[ENTRY, (SELFDESTRUCT, [3, 0, 0], 5000)], &[], &[0xbeef]);
    for (fork, gas, refund, destroyed) in [
        (isa::fork::HOMESTEAD, 5000, 24_000, true),
        (isa::fork::TANGERINE_WHISTLE, 30_000, 24_000, true),
        (isa::fork::BERLIN, 32_600, 24_000, true),
        (isa::fork::LONDON, 32_600, 0, true),
        (isa::fork::CANCUN, 32_600, 0, false),
    ] {
        program.fork = fork;
        let (outcome, _) = run(&program, &request(&program, 100_000, &[&[]]));
        let call = &outcome.calls[0];
        assert_eq!((100_000 - call.gas_left, call.refund, call.destroyed.len()), (gas, refund, usize::from(destroyed)), "{fork}");
        let own = &outcome.state[&CONTRACT];
        assert_eq!((own.balance.is_zero(), own.code.is_empty()), (true, destroyed));
        let (outcome, trace) = run(&program, &request(&program, gas - 1, &[&[]]));
        assert_eq!((outcome.calls[0].status, trace.frames[0].end), (Status::Halt, End::OutOfGas));
        assert_eq!(outcome.state[&CONTRACT].balance, U256::from(1000));
    }
}

#[test]
fn calls_without_code_succeed() {
    let program = loop_program();
    let mut request = request(&program, 77, &[&[], &[]]);
    request.calls[0].to = CALLER;
    request.calls[1].gas = 400;
    let (outcome, trace) = run(&program, &request);
    assert_eq!((outcome.calls[0].status, outcome.calls[0].gas_left), (Status::Success, 77));
    assert_eq!((trace.frames[0].program, trace.frames[0].exit, trace.frames[1].entry), (None, 4, 4));
}

mod nested;
mod transactions;
