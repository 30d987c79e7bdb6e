use std::borrow::Borrow;

use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_keccak_air::{KeccakAir, KeccakCols, NUM_KECCAK_COLS, NUM_ROUNDS, generate_trace_rows};
use p3_matrix::dense::RowMajorMatrix;

use crate::bus::{self, ChipBuilder, F, name};
use crate::columns::LIMBS;

/// Limbs of the rate of Keccak-256: 136 bytes.
pub const RATE_LIMBS: usize = 68;
/// Limbs of a state.
pub const STATE_LIMBS: usize = 100;

/// The Keccak table.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeccakTable;

impl BaseAir<F> for KeccakTable {
    fn width(&self) -> usize {
        NUM_KECCAK_COLS
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for KeccakTable {
    fn eval(&self, b: &mut B) {
        KeccakAir {}.eval(b);
        let main = b.main();
        let row: &KeccakCols<B::Var> = main.current_slice().borrow();
        let limb = |i: usize| row.preimage[i / 20][i / 4 % 5][i % 4];
        // A message begins on zero capacity (forgery: a digest of a state that no message leads to).
        for i in RATE_LIMBS..STATE_LIMBS {
            b.assert_zero(row.export.into() * limb(i).into());
        }
        let rate = (0..RATE_LIMBS).map(|i| limb(i).into());
        let digest = (0..LIMBS).map(|i| row.a_prime_prime_prime(0, i / 4, i % 4).into());
        bus::send(b, name::KECCAK, rate.chain(digest).collect(), row.export.into());
    }
}

/// The table of permutations from any state to any.
#[derive(Clone, Copy, Debug, Default)]
pub struct PermutationTable;

impl BaseAir<F> for PermutationTable {
    fn width(&self) -> usize {
        NUM_KECCAK_COLS
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for PermutationTable {
    fn eval(&self, b: &mut B) {
        KeccakAir {}.eval(b);
        let main = b.main();
        let row: &KeccakCols<B::Var> = main.current_slice().borrow();
        let before = (0..STATE_LIMBS).map(|i| row.preimage[i / 20][i / 4 % 5][i % 4].into());
        let after = (0..STATE_LIMBS).map(|i| row.a_prime_prime_prime(i / 20, i / 4 % 5, i % 4).into());
        bus::send(b, name::PERMUTATION, before.chain(after).collect(), row.export.into());
    }
}

/// A state from its limbs in Keccak's order.
pub fn state_lanes(limbs: &[u16; STATE_LIMBS]) -> [u64; 25] {
    core::array::from_fn(|lane| (0..4).map(|k| u64::from(limbs[4 * lane + k]) << (16 * k)).sum())
}

/// Permutations that a run needs.
#[derive(Clone, Debug, Default)]
pub struct KeccakRows(Vec<[u64; 25]>);

impl KeccakRows {
    /// Adds the permutation of a padded block, given as rate limbs.
    pub fn push(&mut self, rate: &[u16; RATE_LIMBS]) {
        let mut state = [0; STATE_LIMBS];
        state[..RATE_LIMBS].copy_from_slice(rate);
        self.push_state(&state);
    }

    /// Adds the permutation of a state.
    pub fn push_state(&mut self, state: &[u16; STATE_LIMBS]) {
        self.0.push(state_lanes(state));
    }

    /// The table, if there are permutations. `log_blowup` reserves memory for its extension.
    pub fn finish(self, log_blowup: usize) -> Option<RowMajorMatrix<F>> {
        let count = self.0.len();
        if count == 0 {
            return None;
        }
        // `export` is the column after the round flags
        let mut trace = generate_trace_rows::<F>(self.0, log_blowup);
        for i in 0..count {
            trace.values[(i * NUM_ROUNDS + NUM_ROUNDS - 1) * NUM_KECCAK_COLS + NUM_ROUNDS] = F::ONE;
        }
        Some(trace)
    }
}
