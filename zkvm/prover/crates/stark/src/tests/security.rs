//! Proven bits, from real proofs and from the largest shape that a profile admits.

use p3_air::BaseAir;
use p3_air::symbolic::AirLayout;
use p3_batch_stark::symbolic::get_symbolic_constraints;
use p3_batch_stark::{ProverData, num_batched_openings};
use p3_lookup::{LogUpGadget, Lookups};
use p3_matrix::Matrix;
use p3_uni_stark::OpeningShape;
use p3_util::log2_strict_usize;
use sol2zk_chips::bus::F;
use sol2zk_chips::claim::ClaimAir;

use super::scene::*;
use crate::config::{Challenge, PROFILES, Profile};
use crate::key::{FIXED, fixed_tables};
use crate::security::{MAX_CONSTRAINTS, Shape, proven};
use crate::tables::{NAMES, Table, table};

/// All tables, and their look-ups as a proof packs them.
fn all_tables() -> (Vec<Table>, Vec<Lookups<F>>) {
    let program = talkative();
    let trace = run(&talkative_request(&program), &[&program]);
    let mut tables = fixed_tables(&trace.programs);
    let claim = ClaimAir::new(vec![]);
    tables.extend((FIXED..NAMES.len()).map(|index| table(index, program.fork, &claim)));
    let height = |(i, table): (usize, &Table)| match table.preprocessed_trace() {
        Some(trace) => log2_strict_usize(trace.height()),
        None if i == FIXED => claim.log_height(),
        None => 6,
    };
    let heights: Vec<usize> = tables.iter().enumerate().map(height).collect();
    let data = ProverData::from_airs_and_degrees(&PROFILES[3].config(&[]), &tables, &heights).unwrap();
    (tables, data.common.lookups)
}

fn openings(table: &Table, lookups: &Lookups<F>) -> usize {
    let main_next = !table.main_next_row_columns().is_empty();
    let fixed_next = !table.preprocessed_next_row_columns().is_empty();
    let count = lookups.iter().count();
    num_batched_openings(table.width(), main_next, table.preprocessed_width(), fixed_next, 2, count, 5, OpeningShape::new())
}

/// No proof of the profile has more of anything: every table, each of the largest height.
fn largest(profile: &Profile, tables: &[Table], lookups: &[Lookups<F>]) -> Shape {
    let log_height = profile.max_log_height();
    let openings = tables.iter().zip(lookups).map(|(table, lookups)| openings(table, lookups)).sum();
    let all = || lookups.iter().flat_map(|lookups| lookups.iter()).flat_map(|lookup| &lookup.elements);
    Shape { log_height, openings, messages: all().count() << log_height, width: all().map(Vec::len).max().unwrap() }
}

#[test]
fn every_shipped_profile_proves_a_hundred_bits_at_its_largest_shape() {
    let (tables, lookups) = all_tables();
    let mut found = vec![];
    for profile in PROFILES.iter().filter(|profile| profile.accepted) {
        let shape = largest(profile, &tables, &lookups);
        let bits = |queries| proven(&Profile { queries, ..*profile }, &shape);
        let target = |queries| if profile.name == "strict" { bits(queries).1 } else { bits(queries).0 };
        let smallest = (1..400).find(|&queries| target(queries) >= 100).unwrap();
        println!("{}: {shape:?}, {} queries: {:?} bits; the fewest queries: {smallest}", profile.name, profile.queries, bits(profile.queries));
        // fewer are not proven, more only make receipts larger
        found.push((profile.name, profile.queries, smallest));
    }
    assert!(found.iter().all(|(_, queries, smallest)| queries == smallest), "{found:?}");
    assert!(!PROFILES[3].accepted && proven(&PROFILES[3], &largest(&PROFILES[3], &tables, &lookups)).0 < 20);
}

#[test]
fn a_real_proof_has_the_shape_that_its_bits_are_computed_from() {
    let (tables, lookups) = all_tables();
    let program = talkative();
    let request = talkative_request(&program);
    for profile in PROFILES.iter().filter(|profile| profile.accepted) {
        let verified = accepted(&prove_as(profile.name, &request, &[&program]).unwrap());
        let present = || (0..NAMES.len()).filter(|&i| verified.receipt.tables >> i & 1 == 1);
        let heights = &verified.receipt.proof.degree_bits;
        let opened: usize = present().map(|i| openings(&tables[i], &lookups[i])).sum();
        let sent = |i: usize| lookups[i].iter().map(|lookup| lookup.elements.len()).sum::<usize>();
        let messages: usize = present().zip(heights).map(|(i, &height)| sent(i) << height).sum();
        assert_eq!((verified.shape.openings, verified.shape.messages), (opened, messages));
        assert_eq!(Some(&verified.shape.log_height), heights.iter().max());
        let (bits, unique) = proven(&verified.profile, &verified.shape);
        let bytes = verified.receipt.encode().len();
        println!("{}: {:?}: {bits} bits, {unique} by unique decoding, {bytes} bytes", profile.name, verified.shape);
        assert!(bits >= 100 && (profile.name != "strict" || unique >= 100));
    }
}

#[test]
fn constraints_are_fewer_than_the_bound_and_of_degree_three() {
    let (tables, lookups) = all_tables();
    let mut total = 0;
    for (table, lookups) in tables.iter().zip(&lookups) {
        let (base, extension) = get_symbolic_constraints::<F, Challenge, _, _>(table, AirLayout::from_air(table), lookups, &LogUpGadget::new());
        let degree = base.iter().map(|c| c.degree_multiple()).chain(extension.iter().map(|c| c.degree_multiple())).max().unwrap_or(0);
        assert!(degree <= 3, "{}: degree {degree}", table.name());
        total += base.len() + extension.len();
        assert_eq!(table.max_constraint_degree(), Some(3), "{}", table.name());
    }
    println!("{total} constraints in {} tables", tables.len());
    assert!(total < MAX_CONSTRAINTS);
}
