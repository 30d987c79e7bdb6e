//! Proven bits, from real proofs and from the largest shape that a profile admits.

use p3_air::BaseAir;
use p3_air::symbolic::AirLayout;
use p3_batch_stark::symbolic::get_symbolic_constraints;
use p3_batch_stark::{ProverData, num_batched_openings};
use p3_lookup::{LogUpGadget, Lookups};
use p3_matrix::Matrix;
use p3_security::fri::FriRegime;
use p3_security::grinding::GrindingSites;
use p3_security::logup::{LogUpAir, security_term};
use p3_security::shape::{InstanceShape, StarkAirParams};
use p3_security::stark::proven_security_report;
use p3_uni_stark::OpeningShape;
use p3_util::log2_strict_usize;
use sol2zk_chips::bus::F;
use sol2zk_chips::claim::ClaimAir;
use sol2zk_chips::fixed::RANGE_LOG_HEIGHT;

use super::scene::*;
use crate::config::{Challenge, MAX_LOG_ARITY, PROFILES, Profile};
use crate::key::{FIXED, fixed_tables};
use crate::security::{MAX_CONSTRAINTS, Proven, Shape, proven};
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
        None if table.name() == "range" => RANGE_LOG_HEIGHT,
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
        // of small tables the evaluation domain is smaller beside the degree: no proof is lower than the AND table of all nibbles
        let lowest = Shape { log_height: 8, messages: shape.messages >> shape.log_height << 8, ..shape };
        let bits = |queries| proven(&Profile { queries, ..*profile }, &shape);
        let least = |queries| {
            let [large, low] = [shape, lowest].map(|shape| proven(&Profile { queries, ..*profile }, &shape).smallest);
            (large.list().min(low.list()), large.unique.min(low.unique))
        };
        let target = |queries| if profile.name == "strict" { least(queries).0.min(least(queries).1) } else { least(queries).0 };
        let smallest = (1..400).find(|&queries| target(queries) >= 100).unwrap();
        println!("{}: {shape:?}, {} queries: {:?} bits; the fewest queries: {smallest}", profile.name, profile.queries, bits(profile.queries));
        // fewer are not proven, more only make receipts larger
        found.push((profile.name, profile.queries, smallest));
    }
    assert!(found.iter().all(|(_, queries, smallest)| queries == smallest), "{found:?}");
    assert!(!PROFILES[3].accepted && proven(&PROFILES[3], &largest(&PROFILES[3], &tables, &lookups)).smallest.list() < 20);
}

/// A shape of this many rows (log2), openings, messages a row and fields.
const fn shape(log_height: usize, openings: usize, messages: usize, width: usize) -> Shape {
    Shape { log_height, openings, messages: messages << log_height, width }
}

/// What `p3-security` grants under the bound of 2026 and by unique decoding, without the factors that it omits.
fn granted(profile: &Profile, shape: &Shape) -> (f64, f64) {
    let fri = FriRegime {
        log_blowup: profile.log_blowup,
        num_queries: profile.queries,
        log_final_poly_len: 0,
        max_log_arity: MAX_LOG_ARITY,
        commit_pow_bits: 0,
        query_pow_bits: profile.query_pow_bits,
    };
    let air = StarkAirParams { num_constraints: MAX_CONSTRAINTS, max_constraint_degree: 3, num_quotient_chunks: 2, max_combo: 2 };
    let instance = InstanceShape { log_trace_length: shape.log_height, modulus_bits: 154, collision_resistance: 128, num_batched_functions: shape.openings };
    let logup = LogUpAir { num_interactions: shape.messages >> shape.log_height, max_message_width: shape.width };
    let sites = GrindingSites { batch_combination: profile.batch_pow_bits, ..GrindingSites::NONE };
    let extras: Vec<_> = security_term(&logup, &instance, &sites).into_iter().collect();
    let report = proven_security_report(&fri, &air, &instance, &extras, &sites);
    (report.ldr.unwrap().security_bits(), report.udr.security_bits())
}

#[test]
fn no_figure_is_above_what_the_library_grants() {
    let (tables, lookups) = all_tables();
    for profile in PROFILES.iter().filter(|profile| profile.accepted) {
        for shape in [largest(profile, &tables, &lookups), shape(12, 3000, 300, 101), shape(16, 300, 30, 20)] {
            let Proven { smallest, summed } = proven(profile, &shape);
            let (list, unique) = granted(profile, &shape);
            assert!(smallest.list_2026 <= list as u32 && smallest.list_2026 + 2 > list as u32, "{}: {smallest:?} for {list}", profile.name);
            assert_eq!(smallest.unique, unique as u32, "{}", profile.name);
            // the older bound grants less; a sum of rounds is at most as many times the weakest as there are rounds
            assert!(smallest.list_2025 <= smallest.list_2026);
            for (sum, least) in [(summed.list_2025, smallest.list_2025), (summed.list_2026, smallest.list_2026), (summed.unique, smallest.unique)] {
                assert!((sum..=sum + 3).contains(&least), "{summed:?}, {smallest:?}");
            }
        }
    }
}

/// Eight bits of it are three bits of the whole, and no more of it makes up for queries.
#[test]
fn work_before_batching_counts_for_batching_alone() {
    let shape = shape(22, 20_476, 1000, 200);
    let fast = PROFILES[0];
    let without = Profile { batch_pow_bits: 0, ..fast };
    assert_eq!((proven(&fast, &shape).smallest.list_2025, proven(&without, &shape).smallest.list_2025), (100, 97));
    // more of it does not help the queries
    let plenty = Profile { batch_pow_bits: 60, ..fast };
    let queries = |m: f64| 16.0 - 88.0 * ((1.0 + 0.5 / m) * 0.5).log2();
    assert!(f64::from(proven(&plenty, &shape).smallest.list_2026) <= queries(1000.0));
    assert_eq!(proven(&plenty, &shape).smallest.unique, proven(&without, &shape).smallest.unique);
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
        let found = proven(&verified.profile, &verified.shape);
        let bytes = verified.receipt.encode().len();
        println!("{}: {:?}: {found:?}, {bytes} bytes", profile.name, verified.shape);
        assert!(found.smallest.list() >= 100 && (profile.name != "strict" || found.smallest.unique >= 100));
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
