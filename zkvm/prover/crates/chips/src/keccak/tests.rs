use p3_air::symbolic::AirLayout;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::symbolic::InteractionSymbolicBuilder;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::keccak::keccak256;

use super::{KeccakRows, KeccakTable, PermutationTable, RATE_LIMBS, STATE_LIMBS};
use crate::bus::{F, name};
use crate::evaluate::{Balance, evaluate};
use crate::hash::keccak_limbs;
use crate::testing::stopped_though_believed;

/// The table of one permutation.
fn table(state: &[u16; STATE_LIMBS]) -> RowMajorMatrix<F> {
    let mut rows = KeccakRows::default();
    rows.push_state(state);
    rows.finish(0).unwrap()
}

/// The state that the empty message begins with.
fn empty() -> [u16; STATE_LIMBS] {
    let mut state = [0; STATE_LIMBS];
    (state[0], state[RATE_LIMBS - 1]) = (1, 0x8000);
    state
}

#[test]
fn a_permutation_says_its_block_and_digest_once() {
    let table = table(&empty());
    let mut said = Balance::new();
    assert_eq!(evaluate("keccak", &KeccakTable, &table, &mut said), None);
    let digest = keccak_limbs(U256::from_be_bytes(keccak256(&[]))).map(u32::from);
    let message = empty()[..RATE_LIMBS].iter().map(|&limb| limb.into()).chain(digest).collect();
    assert_eq!(said, Balance::from([((name::KECCAK.to_owned(), message), F::ONE)]));
    // the other table says the whole state, with the same digest at the beginning of the permuted one
    let mut said = Balance::new();
    assert_eq!(evaluate("permutation", &PermutationTable, &table, &mut said), None);
    let (_, message) = said.into_keys().next().expect("a message");
    assert_eq!((message.len(), &message[STATE_LIMBS..STATE_LIMBS + 16]), (2 * STATE_LIMBS, &digest[..]));
    assert_eq!(message[..STATE_LIMBS], empty().map(u32::from));
}

/// A digest of a state that no message leads to: of each limb of the capacity a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_capacity_is_needed() {
    let symbolic = InteractionSymbolicBuilder::<F>::from_air(&KeccakTable, AirLayout::from_air::<F>(&KeccakTable));
    let own = symbolic.base_constraints().len() - (STATE_LIMBS - RATE_LIMBS);
    assert_eq!(stopped_though_believed("keccak", &KeccakTable, &table(&empty())), [""; 0]);
    for limb in RATE_LIMBS..STATE_LIMBS {
        let mut state = empty();
        state[limb] = 1;
        assert_eq!(stopped_though_believed("keccak", &KeccakTable, &table(&state)), [(own + limb - RATE_LIMBS).to_string()]);
        // between the blocks of a message the capacity is whatever it is
        assert_eq!(stopped_though_believed("permutation", &PermutationTable, &table(&state)), [""; 0]);
    }
}
