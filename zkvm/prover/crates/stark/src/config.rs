//! Field, extension, hash, commitment scheme and security profiles.

use p3_challenger::{HashChallenger, SerializingChallenger32};
use p3_commit::ExtensionMmcs;
use p3_dft::Radix2DitParallel;
use p3_field::extension::QuinticTrinomialExtensionField;
use p3_fri::{FriParameters, TwoAdicFriPcs};
use p3_keccak::{Keccak256Hash, KeccakF};
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{CompressionFunctionFromHasher, PaddingFreeSponge, SerializingHasher};
use p3_uni_stark::StarkConfig;
use sol2zk_chips::bus::F;

/// Degree-5 extension: challenges of about 155 bits (see zkvm/README.md, Decisions).
pub type Challenge = QuinticTrinomialExtensionField<F>;
type Sponge = PaddingFreeSponge<KeccakF, 25, 17, 4>;
type FieldHash = SerializingHasher<Sponge>;
type Compress = CompressionFunctionFromHasher<Sponge, 2, 4>;
type ValMmcs = MerkleTreeMmcs<[F; p3_keccak::VECTOR_LEN], [u64; p3_keccak::VECTOR_LEN], FieldHash, Compress, 2, 4>;
type ChallengeMmcs = ExtensionMmcs<F, Challenge, ValMmcs>;
type Dft = Radix2DitParallel<F>;
type Challenger = SerializingChallenger32<F, HashChallenger<u8, Keccak256Hash, 32>>;
/// The STARK configuration.
pub type Config = StarkConfig<TwoAdicFriPcs<F, Dft, ValMmcs, ChallengeMmcs>, Challenge, Challenger>;

/// A security profile. The receipt holds its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name on the command line.
    pub name: &'static str,
    /// log2 of the blow-up.
    pub log_blowup: usize,
    /// FRI queries.
    pub queries: usize,
    /// Bits of work before the challenge that batches the openings.
    pub batch_pow_bits: usize,
    /// Bits of work before the queries.
    pub query_pow_bits: usize,
    /// Whether the default verifier accepts it.
    pub accepted: bool,
}

/// All profiles by index. Queries are the fewest that prove 100 bits by list decoding under both bounds at the largest shape (strict: by unique decoding too);
/// a test asks for exactly these.
pub const PROFILES: [Profile; 4] = [
    Profile { name: "fast", log_blowup: 2, queries: 88, batch_pow_bits: 8, query_pow_bits: 16, accepted: true },
    Profile { name: "strict", log_blowup: 2, queries: 122, batch_pow_bits: 0, query_pow_bits: 18, accepted: true },
    Profile { name: "small", log_blowup: 4, queries: 42, batch_pow_bits: 8, query_pow_bits: 20, accepted: true },
    Profile { name: "test", log_blowup: 2, queries: 2, batch_pow_bits: 0, query_pow_bits: 0, accepted: false },
];

/// log2 of the values that a folding takes together.
pub const MAX_LOG_ARITY: usize = 3;
/// log2 of the most rows a table may have.
pub const MAX_LOG_HEIGHT: usize = 22;

impl Profile {
    /// Index of the profile of this name.
    pub fn by_name(name: &str) -> Option<u8> {
        PROFILES.iter().position(|profile| profile.name == name).map(|index| index as u8)
    }

    /// Most rows (log2) a table may have under this profile: the field's two-adicity is 24.
    pub const fn max_log_height(&self) -> usize {
        MAX_LOG_HEIGHT - (self.log_blowup - 2)
    }

    /// The configuration, its transcript seeded with everything that Plonky3's own transcript does not bind.
    pub fn config(&self, seed: &[u8]) -> Config {
        let sponge = Sponge::new(KeccakF {});
        let val_mmcs = ValMmcs::new(FieldHash::new(sponge), Compress::new(sponge), 0);
        let fri = FriParameters {
            log_blowup: self.log_blowup,
            log_final_poly_len: 0,
            max_log_arity: MAX_LOG_ARITY,
            num_queries: self.queries,
            batch_proof_of_work_bits: self.batch_pow_bits,
            commit_proof_of_work_bits: 0,
            query_proof_of_work_bits: self.query_pow_bits,
            mmcs: ChallengeMmcs::new(val_mmcs.clone()),
        };
        let challenger = Challenger::from_hasher(seed.to_vec(), Keccak256Hash {});
        Config::new(TwoAdicFriPcs::new(Dft::default(), val_mmcs, fri), challenger)
    }
}
