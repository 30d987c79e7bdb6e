//! What a statement may not say: form and bookkeeping, each rejected with its own error before any proof is looked at.

use std::sync::{Arc, LazyLock};

use ruint::aliases::U256;
use sol2zk_executor::gas::BEYOND_MEMORY_GAS;
use sol2zk_executor::isa;
use sol2zk_executor::program::{CodeKind, Program};
use sol2zk_executor::trace::Placed;

use super::scene::*;
use crate::statement::{Call, Log, Slot, Statement, StatementError};

/// A statement that holds, and its programs.
fn sound() -> (Statement, Vec<Placed>) {
    static SOUND: LazyLock<(Statement, Vec<Placed>)> = LazyLock::new(|| {
        let program = talkative();
        let mut request = talkative_request(&program);
        let mut gift = call(&[], 50);
        (gift.to, gift.value) = (NOBODY, U256::from(5));
        request.calls.push(gift);
        let verified = accepted(&receipt(&request, &[&program]));
        (verified.receipt.statement, verified.programs)
    });
    SOUND.clone()
}

fn rejected(change: impl Fn(&mut Statement)) -> StatementError {
    let (mut statement, programs) = sound();
    assert!(statement.check(&programs).is_ok());
    change(&mut statement);
    statement.check(&programs).unwrap_err()
}

#[track_caller]
fn malformed(what: &str, change: impl Fn(&mut Statement)) {
    let error = rejected(change);
    assert!(matches!(&error, StatementError::Malformed(part) if part.contains(what)), "{error}");
}

#[track_caller]
fn wrong_call(expected: &str, change: impl Fn(&mut Call)) {
    let error = rejected(|statement| change(&mut statement.calls[0])).to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn lists_are_bounded_ordered_and_needed() {
    malformed("fork", |s| s.fork = 200);
    malformed("list of calls", |s| s.calls.clear());
    malformed("list of calls", |s| s.calls = vec![s.calls[0].clone(); (1 << 14) + 1]);
    malformed("list of accounts", |s| s.accounts.swap(0, 1));
    malformed("list of accounts", |s| s.accounts.insert(0, s.accounts[0].clone()));
    malformed("list of accounts", |s| s.accounts.retain(|account| account.address != CALLER));
    malformed("list of accounts", |s| {
        let mut more = s.accounts[0].clone();
        more.address = [0xff; 20];
        s.accounts.push(more);
    });
    malformed("list of slots", |s| s.slots.push(s.slots[0].clone()));
    malformed("list of slots", |s| s.slots[0].account = 77);
    malformed("list of slots", |s| s.slots.push(Slot { account: 0, key: [0; 32], before: [0; 32], after: [0; 32] }));
    malformed("environment", |s| s.env.block_hashes = vec![([1; 32], [0; 32]); 2]);
    malformed("environment", |s| s.env.blob_hashes = vec![[1; 32]; 65]);
    malformed("its size", |s| s.calls[0].calldata_offsets = (0..1 << 22).collect());
}

/// A pinned translation that stands beside one that says something else of the same code, or that never ran, pins nothing.
#[test]
fn programs_are_listed_once_in_order_of_use() {
    let (statement, programs) = sound();
    let stops = |code: &[u8]| program_of(CodeKind::Runtime, code, &[(isa::REGION, [0, 0, 0], 1), (isa::STOP, [0, 0, 0], 0)], &[], &[]);
    let with = |extra: Program, first: bool| {
        let mut all: Vec<_> = programs.iter().map(|placed| Arc::clone(&placed.program)).collect();
        all.insert(if first { 0 } else { all.len() }, Arc::new(extra));
        statement.check(&Placed::place(all).unwrap()).unwrap_err().to_string()
    };
    assert!(with(stops(&[0]), false).contains("two programs for one code"));
    assert!(with(stops(&[0]), true).contains("two programs for one code"));
    assert!(with(stops(&[7]), false).contains("a program that no call runs"));
    assert!(with(stops(&[7]), true).contains("a program that no call runs"));
    malformed("order of first use", |s| s.calls[0].program = Some(1));
}

#[test]
fn a_program_fits_its_call() {
    malformed("list of accounts", |s| s.calls[0].to = [0xff; 20]);
    wrong_call("other kind", |call| call.create = true);
    let error = rejected(|s| s.calls[1].program = None);
    assert_eq!(error, StatementError::Program(1, "there is code but no program"));
    // a call of no code that runs a program for no code
    let (mut statement, mut programs) = sound();
    let mut empty = talkative();
    (empty.code, empty.code_hash) = (Vec::new(), crate::statement::empty_code_hash());
    statement.accounts.iter_mut().find(|account| account.address == CONTRACT).unwrap().code_hash = empty.code_hash;
    programs[0].program = Arc::new(empty.clone());
    assert_eq!(statement.check(&programs).unwrap_err(), StatementError::Program(0, "there is no code, so no program runs"));
    (empty.kind, statement.calls[0].create) = (CodeKind::Creation, true);
    programs[0].program = Arc::new(empty);
    assert_eq!(statement.check(&programs).unwrap_err(), StatementError::Program(0, "there is no code, so no program runs"));
    let error = rejected(|s| s.fork = isa::fork::PRAGUE);
    assert_eq!(error, StatementError::Program(0, "the program is for another rule set"));
    let error = rejected(|s| s.accounts.iter_mut().find(|account| account.address == CONTRACT).unwrap().code_hash = [9; 32]);
    assert_eq!(error, StatementError::Program(0, "the program is not that of the account's code"));
    let error = rejected(|s| s.calls[3].create = true);
    assert_eq!(error, StatementError::Program(3, "there is code but no program"));
    let error = rejected(|s| s.accounts.iter_mut().find(|account| account.address == NOBODY).unwrap().code_hash = [0; 32]);
    assert_eq!(error, StatementError::Program(3, "there is code but no program"), "no code has one hash");
}

/// EIP-684 and EIP-7610: where an account is, no frame of a create is entered.
#[test]
fn a_create_finds_no_account() {
    let mut creation = talkative();
    creation.kind = CodeKind::Creation;
    let mut request = talkative_request(&creation);
    request.calls.truncate(1);
    request.calls[0].create = Some(creation.code.clone().into());
    request.state.remove(&CONTRACT);
    let verified = accepted(&receipt(&request, &[&creation]));
    let (honest, mut programs) = (verified.receipt.statement, verified.programs);
    let contract = honest.accounts.iter().position(|account| account.address == CONTRACT).unwrap();
    let occupied = |programs: &[Placed], change: &dyn Fn(&mut Statement)| {
        let mut statement = honest.clone();
        change(&mut statement);
        match statement.check(programs) {
            Err(StatementError::Occupied(call, why)) => (call, why),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(occupied(&programs, &|s| s.accounts[contract].nonce = 1), (0, "whose nonce is not 0"));
    assert_eq!(occupied(&programs, &|s| s.accounts[contract].code_hash = [9; 32]), (0, "that has code"));
    assert_eq!(occupied(&programs, &|s| s.slots[0].before[31] = 1), (0, "that has storage"));
    assert_eq!(
        occupied(&programs, &|s| (s.accounts[contract].address, s.calls[0].to, s.contract) = (address(9), address(9), address(9))),
        (0, "that is a precompile")
    );
    // this constructor reverts; of one that does not the second run finds what the first left
    let twice = |s: &mut Statement| {
        s.calls[0].status = 0;
        s.calls.push(s.calls[0].clone());
    };
    assert_eq!(occupied(&programs, &twice), (1, "whose nonce is not 0"));
    // before SpuriousDragon a create sets no nonce, and its code may be empty
    let fork = isa::fork::FRONTIER;
    let mut early = (*programs[0].program).clone();
    early.fork = fork;
    programs[0].program = Arc::new(early);
    let emptied = |s: &mut Statement| {
        s.fork = fork;
        s.calls[0].output.clear();
        twice(s);
    };
    assert_eq!(occupied(&programs, &emptied), (1, "that an earlier call created"));
}

/// The EVM runs something else there than the account's code: a claim that such a call succeeds with all its gas would be false.
#[test]
fn precompiles_and_delegations_have_no_proof() {
    for number in [1, 9, 0x11, 0x100] {
        let error = rejected(|s| {
            s.accounts.iter_mut().find(|account| account.address == NOBODY).unwrap().address = address(number);
            s.accounts.sort_by_key(|account| account.address);
            let contract = s.accounts.iter().position(|account| account.address == CONTRACT).unwrap() as u32;
            s.slots[0].account = contract;
            s.calls.iter_mut().flat_map(|call| &mut call.logs).for_each(|log| log.account = contract);
            s.calls[3].to = address(number);
        });
        assert_eq!(error, StatementError::Program(3, "a precompile is called, which has no proof"));
    }
    let delegating = [&[0xef, 0x01, 0x00][..], &[7; 20]].concat();
    let mut program = program_of(CodeKind::Runtime, &delegating, &[(isa::REGION, [0, 0, 0], 1), (isa::HALT, [0, 0, 0], 0)], &[], &[]);
    program.fork = isa::fork::CANCUN;
    let verified = accepted(&receipt(&request(&program, vec![call(&[], 50)]), &[&program]));
    let mut statement = verified.receipt.statement;
    statement.fork = isa::fork::PRAGUE;
    program.fork = statement.fork;
    let placed = Placed::place([Arc::new(program)]).unwrap();
    assert_eq!(statement.check(&placed).unwrap_err(), StatementError::Program(0, "the account delegates to another, which has no proof"));
}

#[test]
fn a_call_has_a_form() {
    malformed("a call's data", |s| s.calls[0].data = vec![0; (1 << 22) + 1]);
    malformed("a call's data", |s| s.calls[0].output = vec![0; (1 << 22) + 1]);
    malformed("a call's data", |s| s.calls[0].logs[0].data = vec![0; (1 << 22) + 1]);
    malformed("a list of offsets", |s| s.calls[0].calldata_offsets = vec![32, 0]);
    malformed("a list of offsets", |s| s.calls[0].calldata_offsets = vec![0, 0]);
    malformed("a list of offsets", |s| s.calls[0].code_offsets = vec![1 << 30]);
    malformed("environment kinds", |s| s.calls[0].env_kinds = vec![3, 1]);
    malformed("environment kinds", |s| s.calls[0].env_kinds = vec![18]);
    malformed("a call's logs", |s| s.calls[0].logs[0].topics = vec![[0; 32]; 5]);
    malformed("a call's logs", |s| s.calls[0].logs[0].account ^= 1);
    malformed("a call's logs", |s| s.calls[0].logs[0].account = 1 << 20);
    malformed("a call's logs", |s| s.calls[0].logs = vec![Log { clk: 8, account: s.slots[0].account, topics: vec![], data: vec![] }; (1 << 16) + 1]);
    malformed("a status", |s| {
        s.calls[0].logs.clear();
        s.calls[0].status = 3;
    });
    malformed("the last clock", |s| s.exit = 4);
    malformed("the last clock", |s| s.exit = 1 << 29);
}

#[test]
fn an_outcome_is_possible() {
    wrong_call("logs of a frame that failed", |call| call.status = 1);
    wrong_call("output or gas left of a halt", |call| {
        call.status = 2;
        call.logs.clear();
    });
    // memory beyond 2^32 is a halt only where gas does not pay for it
    for (gas, refused) in [(BEYOND_MEMORY_GAS as u64 - 1, false), (BEYOND_MEMORY_GAS as u64, true), (u64::MAX, true)] {
        let (mut statement, programs) = sound();
        let call = &mut statement.calls[0];
        (call.status, call.gas, call.gas_left) = (2, gas, 0);
        call.logs.clear();
        call.output.clear();
        let found = statement.check(&programs);
        assert_eq!(matches!(&found, Err(StatementError::Result(0, why)) if why.contains("memory")), refused, "{found:?}");
    }
    let changes: [fn(&mut Call); 8] = [
        |call| call.gas_left -= 1,
        |call| call.gas += 1,
        |call| call.status = 1,
        |call| call.output = vec![1],
        |call| call.end = 4,
        |call| call.env_kinds = vec![1],
        |call| call.calldata_offsets = vec![1],
        |call| call.code_offsets = vec![1],
    ];
    for change in changes {
        assert_eq!(rejected(|s| change(&mut s.calls[3])), StatementError::Empty(3));
    }
}

#[test]
fn clocks_are_in_order() {
    wrong_call("an end out of order", |call| call.end = 4);
    wrong_call("an end out of order", |call| call.end = call.logs[1].clk);
    wrong_call("an end out of order", |call| call.end = 1 << 29);
    wrong_call("logs out of order", |call| call.logs.swap(0, 1));
    wrong_call("logs out of order", |call| call.logs[1].clk = call.logs[0].clk + 4);
    wrong_call("logs out of order", |call| call.logs[0].clk = 4);
    wrong_call("logs out of order", |call| call.logs[1].clk = 1 << 29);
    // a call ends before the next begins
    let error = rejected(|s| s.calls[1].end = s.calls[0].end);
    assert_eq!(error, StatementError::Result(1, "an end out of order"));
    let error = rejected(|s| s.calls[2].logs[0].clk = s.calls[1].end + 8);
    assert_eq!(error, StatementError::Result(2, "logs out of order"));
}

#[test]
fn value_moves_as_it_should() {
    let with = |owner, balance: [u8; 32]| rejected(|s| s.accounts.iter_mut().find(|account| account.address == owner).unwrap().balance = balance);
    assert_eq!(with(CALLER, [0; 32]), StatementError::Balance(0));
    assert_eq!(with(CALLER, U256::from(11).to_be_bytes()), StatementError::Balance(3));
    assert_eq!(with(CONTRACT, [0xff; 32]), StatementError::Balance(0), "the payee's balance overflows");
    // to itself
    let (mut statement, programs) = sound();
    statement.calls[0].caller = CONTRACT;
    statement.calls[0].value = U256::from(7).to_be_bytes();
    let ledger = statement.check(&programs).unwrap();
    assert_eq!((ledger.after[&CONTRACT].0, ledger.balance_at(0)), (U256::from(7), U256::from(7)));
    statement.calls[0].value = U256::from(8).to_be_bytes();
    assert_eq!(statement.check(&programs).unwrap_err(), StatementError::Balance(0));
}

#[test]
fn rows_are_counted_before_they_are_made() {
    let (statement, programs) = sound();
    let ledger = statement.check(&programs).unwrap();
    assert_eq!(statement.claim_rows(&programs, &ledger).len(), statement.claim_row_count());
}
