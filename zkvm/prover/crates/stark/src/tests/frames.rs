//! Every way in which a frame ends, and batches, as real proofs.

use ruint::aliases::U256;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::program::{CodeKind, Program};

use super::scene::*;
use crate::prove::ProveError;
use crate::witness::WitnessError;

/// REGION and the lines, for code 0x00; the constants are 0, 1, 33, 2^34, 2^200.
fn ending(lines: &[Line]) -> Program {
    let chained = [&[(isa::REGION, [0, 0, 0], 5)], lines].concat();
    program_of(CodeKind::Runtime, &[0], &chained, &[], &[U256::ZERO, U256::from(1), U256::from(33), U256::ONE << 34, U256::ONE << 200])
}

/// Identifier of constant `i` of [`ending`] after `lines` lines.
const fn constant(lines: u32, i: u32) -> u32 {
    lines + 2 + i
}

fn one(program: &Program, gas: u64) -> (u8, u64) {
    outcomes(&request(program, vec![call(&[], gas)]), &[program])[0]
}

#[test]
fn an_end_instruction_ends_a_frame() {
    assert_eq!(one(&ending(&[(isa::STOP, [0, 0, 0], 1)]), 100), (0, 94));
    assert_eq!(one(&ending(&[(isa::RETURN, [constant(1, 0), constant(1, 0), 0], 1)]), 100), (0, 94));
    assert_eq!(one(&ending(&[(isa::REVERT, [constant(1, 3), constant(1, 0), 0], 1)]), 100), (1, 94));
    assert_eq!(one(&ending(&[(isa::HALT, [0, 0, 0], 0)]), 100), (2, 0));
}

/// MGROW of constants of [`ending`].
pub(super) fn growing(offset: u32, length: u32) -> Program {
    ending(&[(isa::MGROW, [constant(2, offset), constant(2, length), 0], 3), (isa::STOP, [0, 0, 0], 0)])
}

#[test]
fn arrival_at_nothing_halts() {
    let grow = growing;
    for (far, what) in [(3, "2^34"), (4, "2^200")] {
        assert_eq!(one(&grow(far, 1), 100), (2, 0), "an offset of {what}");
        assert_eq!(one(&grow(1, far), 100), (2, 0), "a length of {what}");
        assert_eq!(one(&grow(far, 0), 100), (0, 92), "no length at {what}");
    }
    assert_eq!(one(&grow(1, 2), 100), (0, 100 - 8 - 6), "two words");
}

#[test]
fn out_of_gas_halts_before_or_after_an_instruction() {
    // the end notices it before it acts, memory growth and a jump back to a region after they acted
    let stop = ending(&[(isa::STOP, [0, 0, 0], 7)]);
    assert_eq!([11, 12].map(|gas| one(&stop, gas)), [(2, 0), (0, 0)]);
    let grow = ending(&[(isa::MGROW, [constant(3, 0), constant(3, 2), 0], 3), (isa::CHARGE, [0, 0, 0], 2), (isa::STOP, [0, 0, 0], 0)]);
    assert_eq!([0, 4, 5, 8, 13, 15, 16].map(|gas| one(&grow, gas).0), [2, 2, 2, 2, 2, 2, 0]);
    let endless = ending(&[(isa::JMP, [0, 0, 1], 8)]);
    assert_eq!(one(&endless, 100), (2, 0));
}

/// A store with gas in plenty, of which little is left at the end.
pub(super) fn spending() -> Program {
    let lines = [(isa::SSTORE, [constant(4, 1), constant(4, 1), 0], 0), (isa::CHARGE, [0, 0, 0], 60_000), (isa::CHARGE, [0, 0, 0], 60_000)];
    ending(&[&lines[..], &[(isa::STOP, [0, 0, 0], 0)]].concat())
}

#[test]
fn a_store_is_allowed_where_it_stands() {
    assert_eq!([142_105, 142_205].map(|gas| one(&spending(), gas)), [(0, 0), (0, 100)]);
    assert_eq!(one(&spending(), 142_104), (2, 0));
}

#[test]
fn a_store_that_the_stipend_forbids_halts() {
    let store = ending(&[(isa::SSTORE, [constant(2, 1), constant(2, 1), 0], 0), (isa::STOP, [0, 0, 0], 0)]);
    assert_eq!([2305, 2306, 22_104, 22_105].map(|gas| one(&store, gas).0), [2, 2, 2, 0]);
}

#[test]
fn what_a_doomed_frame_did_is_undone() {
    let program = talkative();
    let batch = talkative_request(&program);
    let verified = accepted(&receipt(&batch, &[&program]));
    let statement = &verified.receipt.statement;
    let said: Vec<_> = statement.calls.iter().map(|call| (call.status, call.logs.len(), call.output.len())).collect();
    assert_eq!(said, [(0, 2, 33), (1, 0, 33), (0, 2, 33)]);
    let last = |word: &[u8; 32]| word[31];
    assert_eq!(statement.slots.iter().map(|slot| (last(&slot.before), last(&slot.after))).collect::<Vec<_>>(), [(0, 6)]);
    assert_eq!(verified.ledger.after[&CONTRACT].0, U256::from(18));
    assert_eq!(verified.ledger.after[&CALLER].0, U256::from(989));
    // SELFBALANCE of the third call: what the first one paid is there
    assert_eq!(last(&statement.calls[2].logs[1].topics[0]), 18);
    // the same in frames that run out of gas, some after stores and logs
    let data = [vec![0; 31], vec![1]].concat();
    let starved = request(&program, (0..4).map(|i| call(&data, 23_000 + 500 * i)).collect());
    assert!(outcomes(&starved, &[&program]).iter().all(|outcome| *outcome == (2, 0)));
}

#[test]
fn a_call_without_code_takes_no_turn() {
    let program = talkative();
    let mut batch = talkative_request(&program);
    let mut gift = call(&[1, 2], 50);
    (gift.to, gift.value) = (NOBODY, U256::from(5));
    for place in [3, 1, 0] {
        batch.calls.insert(place, gift.clone());
    }
    let left: Vec<u64> = outcomes(&batch, &[&program]).iter().map(|outcome| outcome.1).collect();
    assert_eq!([left[0], left[2], left[5]], [50; 3]);
    let verified = accepted(&receipt(&batch, &[&program]));
    assert_eq!(verified.ledger.after[&NOBODY].0, U256::from(18));
}

/// What a SELFDESTRUCT charges beyond its field (here for a cold account) has no row: a frame that lacks only that is no proof of out of gas.
#[test]
fn a_destruction_has_no_proof_but_for_lack_of_its_field() {
    let program = ending(&[(isa::SELFDESTRUCT, [constant(1, 4), 0, 0], 5000)]);
    let refused = |gas| match prove_as("test", &request(&program, vec![call(&[], gas)]), &[&program]) {
        Err(ProveError::Witness(WitnessError::Unsupported { what, .. })) => what == "SELFDESTRUCT",
        _ => false,
    };
    assert!([5005, 7000, 100_000].into_iter().all(refused));
    assert_eq!(one(&program, 5004), (2, 0));
}

#[test]
fn a_run_without_code_has_nothing_to_prove() {
    let program = talkative();
    let mut gift = call(&[], 50);
    gift.to = NOBODY;
    let refused = prove_as("test", &request(&program, vec![gift]), &[]);
    assert!(matches!(refused, Err(ProveError::Witness(WitnessError::NoFrame))));
}

/// Creation code that returns the first byte of its arguments, and what it makes; a batch: one starved creation, one, and a call.
pub(super) fn creating() -> (Request, [Program; 2]) {
    let creation = program_of(
        CodeKind::Creation,
        &[0xfe, 0xfd],
        &[
            (isa::REGION, [0, 0, 0], 5),
            (isa::MGROW, [8, 9, 0], 0),
            (isa::CODECOPY, [8, 10, 9], 3),
            (isa::ENV, [0, 0, 5], 2),
            (isa::SSTORE, [9, 4, 0], 0),
            (isa::SSTORE, [8, 4, 0], 0),
            (isa::RETURN, [8, 9, 0], 0),
        ],
        &[],
        &[U256::ZERO, U256::from(1), U256::from(2)],
    );
    let runtime = program(&[(isa::REGION, [0, 0, 0], 1), (isa::STOP, [0, 0, 0], 0)], &[], &[]);
    let mut deploy = call(&[0, 1, 2], 100_000);
    (deploy.create, deploy.value, deploy.to) = (Some(code(&creation.code)), U256::from(9), address(0x1234));
    let mut after = call(&[], 10);
    after.to = deploy.to;
    let mut starved = deploy.clone();
    starved.gas = 10;
    let mut batch = request(&runtime, vec![starved, deploy.clone(), after]);
    batch.state.remove(&CONTRACT);
    batch.contract = deploy.to;
    (batch, [creation, runtime])
}

#[test]
fn a_creation_is_proven_with_its_output() {
    let (batch, [creation, runtime]) = creating();
    let deploy = &batch.calls[1];
    let programs = [&creation, &runtime];
    assert_eq!(outcomes(&batch, &programs).iter().map(|outcome| outcome.0).collect::<Vec<_>>(), [2, 0, 0]);
    let verified = accepted(&receipt(&batch, &programs));
    let statement = &verified.receipt.statement;
    assert_eq!(verified.ledger.after[&deploy.to], (U256::from(9), 1, runtime.code_hash));
    // the nonce of who creates moves, also where the create fails
    let creator = &batch.state[&deploy.caller];
    assert_eq!(verified.ledger.after[&deploy.caller].1, creator.nonce + 2);
    assert_eq!(statement.accounts.iter().find(|account| account.address == deploy.to).unwrap().nonce, 0);
    assert!(statement.slots.len() == 2 && statement.slots.iter().all(|slot| slot.after[31] == 5), "the size of code and arguments");
}
