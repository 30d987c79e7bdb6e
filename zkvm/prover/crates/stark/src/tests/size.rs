//! What is too large for one proof is refused before memory is spent on it.

use p3_air::BaseAir;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::Matrix;
use ruint::aliases::U256;
use sol2zk_chips::bus::F;
use sol2zk_chips::claim::ClaimAir;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::program::Program;
use sol2zk_executor::trace::Trace;

use super::families::{hashes, long_hashes, memory, powers, signed_and_far};
use super::frames::{creating, spending};
use super::scene::*;
use crate::config::{PROFILES, Profile};
use crate::key::{FIXED, Key};
use crate::prove::{ProveError, prove, prove_within};
use crate::tables::{NAMES, table};
use crate::witness::size::{HASH_ROW, MAX_CELLS, ROW, cells};
use crate::witness::{Hashes, WitnessError, witness};

/// Cells of the rows that are not zero, in the tables whose height the run sets.
fn spent(request: &Request, trace: &Trace, hashes: Hashes) -> u64 {
    let profile = &PROFILES[usize::from(Profile::by_name("test").unwrap())];
    let key = Key::new(&trace.programs, profile).unwrap();
    let built = witness(request, trace, &key.tables, profile.log_blowup, hashes).unwrap();
    let rows = |matrix: &p3_matrix::dense::RowMajorMatrix<F>| matrix.rows().filter_map(|mut row| row.find(|&cell| cell != F::ZERO)).count();
    built
        .others
        .iter()
        .zip(&built.traces[FIXED..])
        .filter(|(table, _)| !["claim", "frame", "finish", "gas", "keccak", "limb", "permutation", "range", "slot"].contains(&table.name()))
        .map(|(table, matrix)| (rows(matrix) * table.width()) as u64)
        .sum()
}

#[test]
fn the_estimate_is_not_below_what_is_spent() {
    let talking = talkative();
    let mut scenes: Vec<(Request, Vec<Program>)> = vec![(talkative_request(&talking), vec![talking])];
    let (batch, programs) = creating();
    scenes.push((batch, programs.to_vec()));
    for program in [memory(), signed_and_far(), hashes(), long_hashes(), powers(), spending()] {
        scenes.push((request(&program, vec![call(&[7; 96], 1_000_000)]), vec![program]));
    }
    for (batch, programs) in scenes {
        let trace = run(&batch, &programs.iter().collect::<Vec<_>>());
        for hashes in [Hashes::Proven, Hashes::Listed] {
            let (estimated, spent) = (cells(&trace, hashes), spent(&batch, &trace, hashes));
            assert!(estimated >= spent, "{estimated} < {spent}");
        }
    }
}

#[test]
fn no_row_is_wider_than_assumed() {
    let claim = ClaimAir::new(vec![]);
    let width = |index: usize| table(index, isa::fork::OSAKA, &claim).width() as u64;
    for index in (FIXED + 1..NAMES.len()).filter(|&index| !["keccak", "permutation"].contains(&NAMES[index])) {
        let hashes = ["hash", "sponge", "digest", "absorb"].contains(&NAMES[index]);
        assert!(width(index) <= if hashes { HASH_ROW } else { ROW }, "{} of {}", NAMES[index], width(index));
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let program = powers();
    let batch = request(&program, vec![call(&[0xff; 96], 1_000_000)]);
    let honest = run(&batch, &[&program]);
    let profile = Profile::by_name("test").unwrap();
    let key = |trace: &Trace| Key::new(&trace.programs, &PROFILES[usize::from(profile)]).unwrap();
    assert!(matches!(prove_within(&batch, &honest, key(&honest), profile, Hashes::Listed, 1), Err(ProveError::Memory(needed, 1)) if needed > 1));

    let refused = |trace: &Trace, hashes: Hashes| {
        let found = prove(&batch, trace, key(trace), profile, hashes).err();
        assert!(matches!(found, Some(ProveError::Witness(WitnessError::Size))), "{found:?}");
    };
    // powers of many bases by a large exponent
    let mut large = honest.clone();
    let mut power = large.pures.iter().find(|pure| pure.op == isa::EXP).unwrap().clone();
    for base in 0..4000 {
        power.operands = [U256::from(base), U256::MAX, U256::ZERO];
        large.pures.push(power.clone());
    }
    refused(&large, Hashes::Proven);
    // but of one base no more than once
    large.pures.iter_mut().filter(|pure| pure.op == isa::EXP).for_each(|pure| pure.operands[0] = U256::from(3));
    assert!(cells(&large, Hashes::Proven) < MAX_CELLS);
    // a long hash, a long log
    for (op, length) in [(isa::SHA3, 1_u64 << 21), (isa::LOG, 1 << 26), (isa::SHA3, u64::MAX)] {
        let mut large = honest.clone();
        let mut step = large.steps[0].clone();
        (step.op, step.operands) = (op, [U256::ZERO, U256::from(length), U256::ZERO]);
        large.steps.push(step);
        refused(&large, Hashes::Proven);
        // nor by the list, which takes messages below 2^20 bytes
        refused(&large, Hashes::Listed);
    }
    // many hashes of two words
    let mut large = honest;
    power.op = isa::HASH2;
    large.pures.extend(vec![power; 10_000]);
    refused(&large, Hashes::Proven);
    assert!(cells(&large, Hashes::Listed) < MAX_CELLS);
}

/// Gas charged stays below 2^30 in a proof, with the field of the instruction at which it runs out.
#[test]
fn gas_that_passes_its_bound_where_it_runs_out_is_refused() {
    const FIELD: u32 = (1 << 16) - 1;
    let endless = program(&[(isa::REGION, [0; 3], 0), (isa::REGION, [0; 3], FIELD), (isa::JMP, [0, 0, 2], FIELD)], &[], &[]);
    let outcome = |gas: u64| prove_as("test", &request(&endless, vec![call(&[], gas)]), &[&endless]);
    // of the multiples of the field the last below the bound; one more passes it
    let last = (1_u64 << 30) / u64::from(FIELD) * u64::from(FIELD);
    for gas in [last, last + 1, (1 << 30) - 1] {
        assert!(matches!(outcome(gas), Err(ProveError::Witness(WitnessError::Gas(0)))), "{gas}");
    }
    accepted(&outcome(last - 3 * u64::from(FIELD)).unwrap());
}
