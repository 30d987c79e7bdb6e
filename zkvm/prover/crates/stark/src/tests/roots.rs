//! The root that a receipt names: what is checked before the verifier commits to programs, and that it is theirs.

use p3_batch_stark::{StarkInstance, prove_batch};
use p3_matrix::Matrix;
use p3_util::log2_strict_usize;
use sol2zk_executor::isa;
use sol2zk_executor::program::Program;

use super::scene::*;
use crate::config::{PROFILES, Profile};
use crate::key::{Key, POOL, ROM, rebuilt};
use crate::receipt::{MAX_BYTES, Receipt, seed, statement_bytes};
use crate::tables::Table;
use crate::verify::{Rejection, place, verify};
use crate::witness::{Hashes, Witness, witness};

/// A program of some 2^22 instructions, of which a run reaches few, for the code of one byte 0. It is the largest that a receipt can hold.
fn vast() -> Program {
    let mut lines = vec![(isa::REGION, [0, 0, 0], 1); 3_600_000];
    lines.push((isa::STOP, [0, 0, 0], 0));
    program(&lines, &[], &[7])
}

/// A receipt near the largest size with a proof of something else is refused before anything is committed to.
#[test]
fn a_junk_proof_of_vast_programs_is_refused_before_they_are_committed_to() {
    let small = talkative();
    let bytes = receipt(&talkative_request(&small), &[&small]);
    let mut receipt = Receipt::decode(&bytes).unwrap();
    let profile = &PROFILES[usize::from(receipt.profile)];
    let known = |receipt: &Receipt| rebuilt(&place(&receipt.programs).unwrap(), profile).is_some();
    // the root of a program whose proof holds is rebuilt
    accepted(&bytes);
    assert!(known(&receipt));
    receipt.programs = vec![vast().encode()];
    receipt.proof.degree_bits[ROM..=POOL].copy_from_slice(&[22, 1]);
    let bytes = receipt.encode();
    assert!(bytes.len() > 60 << 20 && bytes.len() <= MAX_BYTES);
    let begun = std::time::Instant::now();
    let Err(rejection) = verify(&bytes, true) else { panic!("ACCEPTED") };
    println!("{} bytes: {rejection} after {:?}", bytes.len(), begun.elapsed());
    assert!(matches!(rejection, Rejection::Proof(_)), "{rejection}");
    assert!(!known(&receipt));
}

/// Programs that the proof's tables cannot hold are not even decoded: these bytes are no program.
#[test]
fn programs_larger_than_their_tables_are_not_decoded() {
    let program = talkative();
    let mut receipt = Receipt::decode(&receipt(&talkative_request(&program), &[&program])).unwrap();
    let rejection = |receipt: &Receipt| verify(&receipt.encode(), true).err().unwrap();
    receipt.programs = vec![vec![0; 3 << 20]];
    assert_eq!(rejection(&receipt), Rejection::Tables("the programs are larger than their tables"));
    for heights in [[22, 1], [1, 22], [usize::MAX, usize::MAX]] {
        receipt.proof.degree_bits[ROM..=POOL].copy_from_slice(&heights);
        assert!(matches!(rejection(&receipt), Rejection::Program(0, _)));
    }
    receipt.proof.degree_bits.clear();
    assert_eq!(rejection(&receipt), Rejection::Tables("the programs are larger than their tables"));
}

/// A proof that holds, for fixed tables of the forger's own: with another instruction where this run does not come.
#[test]
fn a_root_of_other_tables_is_refused() {
    let program = talkative();
    let mut request = talkative_request(&program);
    request.calls.truncate(1);
    let mut other = program.clone();
    other.instructions[18].gas += 1;
    let index = Profile::by_name("test").unwrap();
    let profile = &PROFILES[usize::from(index)];
    for (told, rejection) in [(&other, None), (&program, Some(Rejection::Tables("the fixed tables are not those of the programs")))] {
        let trace = run(&request, &[&other]);
        let key = Key::new(&trace.programs, profile).unwrap();
        let Witness { statement, present, others, traces } = witness(&request, &trace, &key.tables, profile.log_blowup, Hashes::Listed).unwrap();
        let tables: Vec<Table> = key.tables.iter().cloned().chain(others).collect();
        let heights: Vec<usize> = traces.iter().map(|cells| log2_strict_usize(cells.height())).collect();
        let programs = vec![told.encode()];
        let config = profile.config(&seed(index, present, &programs, &statement_bytes(&statement)));
        let root = key.root();
        let data = key.prover_data(&config, &tables, &heights).unwrap();
        let instances: Vec<_> = tables.iter().zip(&traces).map(|(air, trace)| StarkInstance { air, trace, public_values: vec![] }).collect();
        let proof = prove_batch(&config, &instances, &data).unwrap();
        let receipt = Receipt { profile: index, tables: present, root, programs, statement, proof };
        assert_eq!(verify(&receipt.encode(), true).err(), rejection);
    }
}
