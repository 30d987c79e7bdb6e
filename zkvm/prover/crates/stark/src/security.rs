//! Proven bits, from real shapes, by `p3-security`: AIR composition, DEEP-ALI, FRI, opening batching and LogUp terms, capped by the hash.
//!
//! Source: the references of `p3-security` (ePrint 2024/1553, 2026/2056, 2022/1530). The better of unique and list decoding counts; both are proven.

use p3_batch_stark::{BatchProof, CommonData};
use p3_security::fri::FriRegime;
use p3_security::grinding::GrindingSites;
use p3_security::logup::{LogUpAir, security_term};
use p3_security::shape::{InstanceShape, StarkAirParams};
use p3_security::stark::proven_security_report;

use crate::config::{Config, Profile};

/// Bits of the challenge field: floor of 5 log2 p.
const MODULUS_BITS: usize = 154;
/// Bits of collision resistance of Keccak-256 digests.
const COLLISION_BITS: usize = 128;
/// More constraints than all tables together have (a test counts them).
pub const MAX_CONSTRAINTS: usize = 1 << 15;

/// What the soundness of a proof depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// log2 of the tallest table.
    pub log_height: usize,
    /// Columns times opening points, over all commitments.
    pub openings: usize,
    /// Bus messages: interactions times rows, over all tables.
    pub messages: usize,
    /// Widest message.
    pub width: usize,
}

impl Shape {
    /// The shape of a proof.
    pub fn of(proof: &BatchProof<Config>, common: &CommonData<Config>) -> Self {
        let openings = proof.opened_values.instances.iter().map(|instance| {
            let base = &instance.base_opened_values;
            let next = base.trace_next.as_ref().map_or(0, Vec::len);
            let fixed = base.preprocessed.as_ref().map_or(0, |fixed| fixed.local.len() + fixed.next.as_ref().map_or(0, Vec::len));
            let chunks: usize = base.quotient_chunks.iter().map(Vec::len).sum();
            // extension columns are committed and batched as base columns
            base.trace_local.len() + next + fixed + chunks + instance.permutation_local.len() + instance.permutation_next.len()
        });
        let counts = common.lookups.iter().zip(&proof.degree_bits);
        let messages = counts.map(|(lookups, &height)| lookups.iter().map(|lookup| lookup.elements.len()).sum::<usize>() << height).sum();
        let width = common.lookups.iter().flat_map(|lookups| lookups.iter()).flat_map(|lookup| &lookup.elements).map(Vec::len).max().unwrap_or(1);
        Self { log_height: proof.degree_bits.iter().copied().max().unwrap_or(0), openings: openings.sum(), messages, width }
    }
}

/// Proven bits (rounded down) of a profile at a shape: (better of the two, unique decoding).
pub fn proven(profile: &Profile, shape: &Shape) -> (u32, u32) {
    let fri = FriRegime {
        log_blowup: profile.log_blowup,
        num_queries: profile.queries,
        log_final_poly_len: 0,
        max_log_arity: 3,
        commit_pow_bits: 0,
        query_pow_bits: profile.query_pow_bits,
    };
    let air = StarkAirParams { num_constraints: MAX_CONSTRAINTS, max_constraint_degree: 3, num_quotient_chunks: 2, max_combo: 2 };
    let instance = InstanceShape {
        log_trace_length: shape.log_height,
        modulus_bits: MODULUS_BITS,
        collision_resistance: COLLISION_BITS,
        num_batched_functions: shape.openings,
    };
    let rows = 1usize << shape.log_height;
    let logup = LogUpAir { num_interactions: shape.messages.div_ceil(rows).max(1), max_message_width: shape.width };
    let extras: Vec<_> = security_term(&logup, &instance, &GrindingSites::NONE).into_iter().collect();
    let report = proven_security_report(&fri, &air, &instance, &extras, &GrindingSites::NONE);
    (report.security_bits() as u32, report.udr.security_bits() as u32)
}
