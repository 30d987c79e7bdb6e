//! Frames that halt and went on with negative gas (ISA 3.3): what a prover gives who does not stop where the rule says.

use std::collections::BTreeSet;

use p3_field::PrimeCharacteristicRing;
use ruint::aliases::U256;
use sol2zk_chips::bus::{F, name};
use sol2zk_chips::evaluate::{Balance, Violation, violated};
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::program::Program;
use sol2zk_executor::trace::{Status, Trace};

use super::scene::*;
use crate::config::{PROFILES, Profile};
use crate::key::{Key, fixed_tables};
use crate::prove::prove;
use crate::verify::{Rejection, Verified, verify};
use crate::witness::notice::noticed;
use crate::witness::{Hashes, Witness, witness};

/// A run with gas enough that halts at its end, told as one that was given `gas`.
struct Overdrawn {
    request: Request,
    trace: Trace,
}

impl Overdrawn {
    fn new(program: &Program, gas: u64) -> Self {
        let mut request = request(program, vec![call(&[], 100_000)]);
        let mut trace = run(&request, &[program]);
        assert_eq!((trace.frames[0].status, trace.frames[0].gas_left), (Status::Halt, 0));
        request.calls[0].gas = gas;
        trace.frames[0].gas_given = gas;
        Self { request, trace }
    }

    /// What the verifier makes of its proof.
    fn verdict(&self) -> Result<Verified, Rejection> {
        let profile = Profile::by_name("test").unwrap();
        let key = Key::new(&self.trace.programs, &PROFILES[usize::from(profile)]).unwrap();
        verify(&prove(&self.request, &self.trace, key, profile, Hashes::Listed).unwrap().bytes, true)
    }

    /// All that stops its tables: constraints by chip and ordinal, messages by bus.
    fn causes(&self) -> Vec<String> {
        let fixed = fixed_tables(&self.trace.programs);
        let Witness { others, traces, .. } = witness(&self.request, &self.trace, &fixed, 2, Hashes::Listed).unwrap();
        let (mut causes, mut balance) = (BTreeSet::new(), Balance::new());
        for (table, cells) in fixed.iter().chain(&others).zip(&traces) {
            for violation in violated(table.name(), table, cells, &mut balance) {
                if let Violation::Constraint { chip, index, .. } = violation {
                    causes.insert(format!("{chip} {index}"));
                }
            }
        }
        causes.extend(balance.into_iter().filter(|(_, count)| *count != F::ZERO).map(|((bus, _), _)| bus));
        causes.into_iter().collect()
    }

    /// Whether the verifier refuses its proof, and this alone is why.
    #[track_caller]
    fn refused(&self, cause: &str) {
        assert_eq!(self.causes(), [cause]);
        match self.verdict() {
            Ok(verified) => panic!("ACCEPTED, with slots {:?}", verified.receipt.statement.slots),
            Err(rejection) => assert!(matches!(rejection, Rejection::Proof(_)), "{rejection}"),
        }
    }
}

/// REGION; GAS; SLOAD of what it says; HALT. With 1 gas the 2 that are missing are taken for gas left.
fn observing() -> Overdrawn {
    let lines = [(isa::REGION, [0, 0, 0], 1), (isa::GAS, [0, 0, 0], 2), (isa::SLOAD, [2, 0, 0], 100), (isa::HALT, [0, 0, 0], 0)];
    let mut forged = Overdrawn::new(&program(&lines, &[], &[]), 1);
    forged.trace.steps[1].result = U256::from(2);
    forged.trace.steps[2].operands[0] = U256::from(2);
    forged
}

#[test]
fn gas_is_not_observed_where_none_is_left() {
    observing().refused(name::GAS_LEFT);
}

/// REGION; REGION; SLOAD; HALT: the second region, or the first, is entered with less gas than none.
#[test]
fn a_region_does_not_begin_where_no_gas_is_left() {
    let lines = [(isa::REGION, [0, 0, 0], 3), (isa::REGION, [0, 0, 0], 5), (isa::SLOAD, [5, 0, 0], 100), (isa::HALT, [0, 0, 0], 0)];
    let program = program(&lines, &[], &[7]);
    for gas in [0, 2, 3, 7] {
        Overdrawn::new(&program, gas).refused(name::GAS_LEFT);
    }
    // what the region itself charges may be missing where it ends
    for gas in [8, 107, 2107, 2108] {
        assert_eq!(Overdrawn::new(&program, gas).verdict().map(|verified| verified.receipt.statement.slots.len()), Ok(1), "{gas}");
    }
}

/// A frame ends at the REGION that it cannot pay for, before it: what comes after moves with it.
#[test]
fn a_region_that_gas_does_not_pay_for_does_not_run() {
    let program = talkative();
    let mut batch = talkative_request(&program);
    batch.calls.truncate(2);
    batch.calls.insert(0, call(&[], 2));
    batch.calls.insert(2, call(&[], 0));
    let trace = run(&batch, &[&program]);
    let noticed = noticed(&trace);
    for frame in [&noticed.frames[0], &noticed.frames[2]] {
        assert_eq!((frame.steps.len(), noticed.steps[frame.steps.start].next, frame.exit), (1, 0, frame.entry + 8));
    }
    assert!(noticed.frames.windows(2).all(|pair| pair[0].exit == pair[1].entry));
    assert_eq!(outcomes(&batch, &[&program]).iter().map(|outcome| outcome.0).collect::<Vec<_>>(), [2, 0, 2, 1]);
}

/// A store in the last 2300 gas, and one without any, of a frame that halts.
#[test]
fn a_store_stands_where_more_than_the_stipend_is_left() {
    let lines = [(isa::REGION, [0, 0, 0], 3), (isa::SSTORE, [4, 4, 0], 2), (isa::HALT, [0, 0, 0], 0)];
    let program = program(&lines, &[], &[7]);
    // 2300 or less, by the margin of limb 0 (storage's own tests have the ordinal); nothing, by the sign as well
    for gas in [5, 6, 2305] {
        Overdrawn::new(&program, gas).refused("storage 82");
    }
    assert!(Overdrawn::new(&program, 4).causes().contains(&"storage 80".to_owned()));
    assert!(matches!(Overdrawn::new(&program, 4).verdict(), Err(Rejection::Proof(_))));
    assert_eq!(Overdrawn::new(&program, 2306).verdict().map(|verified| verified.receipt.statement.slots.len()), Ok(1));
}
