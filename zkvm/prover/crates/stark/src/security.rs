//! Proven bits, from real shapes: composition, out-of-domain, look-up, batching, folding and query rounds, capped by the hash.
//!
//! Three figures, each proven. By unique decoding, and by list decoding up to the Johnson radius under the bound of 2025 (ePrint 2025/2055, Theorem 4.2) and under
//! that of 2026 (ePrint 2026/2056, Theorem 5.12), which grants more. Both count the challenges that make a line of words look closer to the code than its ends are.
//!
//! Formulas are those of `p3-security` where it has the factor that applies. Added here: the list size in the look-up term (a word stands for each trace of its list),
//! its square in the out-of-domain term (ePrint 2024/1553, Theorem 2), degree 8 in the folding term (a row of 8 values, and beta^8 times what joins at its height).

use p3_batch_stark::{BatchProof, CommonData};
use p3_security::air::composition_error;
use p3_security::deep::deep_ali_error;
use p3_security::fri::query_phase_error;
use p3_security::logup::{LogUpAir, fingerprint_error};
use p3_security::proximity::{LDR_M_CAP, alpha_ldr_m, alpha_udr, compute_upper_m, gamma_ldr_m, list_size_ldr_m};
use p3_security::shape::{InstanceShape, StarkAirParams};
use p3_security::{ErrorBits, SecurityAssumption};

use crate::config::{Config, MAX_LOG_ARITY, Profile};

/// Bits of the challenge field: floor of 5 log2 p.
const MODULUS_BITS: usize = 154;
/// Bits of collision resistance of Keccak-256 digests.
const COLLISION_BITS: usize = 128;
/// More constraints than all tables together have (a test counts them).
pub const MAX_CONSTRAINTS: usize = 1 << 15;
/// Points at which a column is opened, at most.
const MAX_COMBO: usize = 2;
/// Smallest multiplicity that the list-decoding bounds take.
const MIN_M: usize = 3;

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

/// How close to the code a word is taken to be, and what that costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Radius {
    /// Half the distance of the code: one codeword.
    Unique,
    /// The Johnson radius less a margin, which m sets, under the bound of this year.
    Johnson { m: usize, year: Year },
}

/// Year of a bound on list decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Year {
    Y2025,
    Y2026,
}

/// Bits of one kind of round, and how many of those rounds there are at most.
struct Round {
    bits: f64,
    times: f64,
}

/// Proven bits, rounded down, by each way to prove them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// By list decoding, bound of 2025.
    pub list_2025: u32,
    /// By list decoding, bound of 2026.
    pub list_2026: u32,
    /// By unique decoding.
    pub unique: u32,
}

impl Figures {
    /// The smaller of the two figures by list decoding.
    pub fn list(&self) -> u32 {
        self.list_2025.min(self.list_2026)
    }
}

/// What a profile proves at a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Round by round: the weakest round. What a forger needs that many tries for.
    pub smallest: Figures,
    /// The sum over all rounds.
    pub summed: Figures,
}

/// Proven bits of a profile at a shape.
pub fn proven(profile: &Profile, shape: &Shape) -> Proven {
    let smallest = |rounds: &[Round]| rounds.iter().map(|round| round.bits).fold(f64::INFINITY, f64::min).max(0.0);
    let summed = |rounds: &[Round]| -rounds.iter().map(|round| round.times * (-round.bits).exp2()).sum::<f64>().log2().min(0.0);
    let both = |radius: Radius| {
        let rounds = rounds(profile, shape, radius);
        [smallest(&rounds), summed(&rounds)]
    };
    let most = compute_upper_m(1 << shape.log_height, MAX_COMBO).min(LDR_M_CAP);
    let best = |year: Year| {
        let radii = (MIN_M..=most).map(|m| Radius::Johnson { m, year });
        radii.map(both).fold([0.0, 0.0], |best: [f64; 2], next| [best[0].max(next[0]), best[1].max(next[1])])
    };
    let (list_2025, list_2026, unique) = (best(Year::Y2025), best(Year::Y2026), both(Radius::Unique));
    let figures = |i: usize| Figures { list_2025: list_2025[i] as u32, list_2026: list_2026[i] as u32, unique: unique[i] as u32 };
    Proven { smallest: figures(0), summed: figures(1) }
}

/// Challenges (log2) that make a line of words of this rate look closer than it is.
fn exceptional(radius: Radius, log_height: usize, log_blowup: usize) -> f64 {
    let modulus = MODULUS_BITS as f64;
    match radius {
        Radius::Unique => modulus - SecurityAssumption::UniqueDecoding.prox_gaps_error(log_height, log_blowup, MODULUS_BITS, 2),
        Radius::Johnson { m, year: Year::Y2026 } => modulus - SecurityAssumption::prox_gaps_error_jb_at_m(log_height, log_blowup, MODULUS_BITS, 2, m),
        Radius::Johnson { m, year: Year::Y2025 } => {
            let (rate, points, t) = ((-(log_blowup as f64)).exp2(), ((log_height + log_blowup) as f64).exp2(), m as f64 + 0.5);
            let count = (2.0 * t.powi(5) + 3.0 * t * gamma_ldr_m(log_blowup, m) * rate) / (3.0 * rate.powf(1.5)) * points + t / rate.sqrt();
            count.log2()
        }
    }
}

/// The rounds of a proof.
fn rounds(profile: &Profile, shape: &Shape, radius: Radius) -> Vec<Round> {
    let &Profile { log_blowup, queries, query_pow_bits, batch_pow_bits, .. } = profile;
    let modulus = MODULUS_BITS as f64;
    let (alpha, list) = match radius {
        Radius::Unique => (alpha_udr(shape.log_height, log_blowup, MAX_COMBO), 1.0),
        Radius::Johnson { m, .. } => (alpha_ldr_m(log_blowup, m), list_size_ldr_m(log_blowup, m)),
    };
    let air = StarkAirParams { num_constraints: MAX_CONSTRAINTS, max_constraint_degree: 3, num_quotient_chunks: 2, max_combo: MAX_COMBO };
    let instance = InstanceShape {
        log_trace_length: shape.log_height,
        modulus_bits: MODULUS_BITS,
        collision_resistance: COLLISION_BITS,
        num_batched_functions: shape.openings,
    };
    let logup = LogUpAir { num_interactions: shape.messages.div_ceil(1 << shape.log_height).max(1), max_message_width: shape.width };
    let exceptional = exceptional(radius, shape.log_height, log_blowup);
    let once = |bits: f64| Round { bits, times: 1.0 };
    let bits = |error: ErrorBits| error.bits();
    vec![
        once(bits(fingerprint_error(&logup, &instance)) - list.log2()),
        once(bits(composition_error(air.num_constraints, list, MODULUS_BITS))),
        once(bits(deep_ali_error(&air, &instance, list * list))),
        once(modulus - exceptional - (shape.openings.max(2) as f64 - 1.0).log2() + batch_pow_bits as f64),
        // each folding is at least half as long as the one before, so all of them weigh at most twice the first
        Round { bits: modulus - exceptional - MAX_LOG_ARITY as f64, times: 2.0 },
        once(bits(query_phase_error(alpha, queries, query_pow_bits))),
        once(COLLISION_BITS as f64),
    ]
}
