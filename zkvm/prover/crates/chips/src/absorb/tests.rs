use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::keccak::keccak256;

use super::columns::BLOCK_BYTES;
use super::{AbsorbAir, AbsorbCols, AbsorbRows};
use crate::bus::{F, name};
use crate::evaluate::{Balance, evaluate};
use crate::hash::keccak_limbs;
use crate::keccak::{KeccakRows, PermutationTable, STATE_LIMBS};
use crate::testing::{Mock, numbers, padding_rejects, shape, stopped_though_believed};

const CLK: u32 = 40;
const WIDTH: usize = AbsorbCols::<F>::WIDTH;

/// The blocks of a message, its lanes, and what the digest chip and the permutations say.
fn bench(message: &[u8]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let (mut rows, mut permutations) = (AbsorbRows::default(), KeccakRows::default());
    rows.push(CLK, message, &mut mock.context, &mut permutations);
    for (i, lane) in (0..).zip(message.chunks(8)) {
        let byte = |k: usize| u32::from(lane.get(k).copied().unwrap_or(0));
        let limbs = (0..4).map(|j| byte(2 * j) + 256 * byte(2 * j + 1));
        mock.owe(name::LANE, [CLK, i].into_iter().chain(limbs).collect(), 1);
    }
    let start = [CLK, 0, message.len() as u32].into_iter().chain([0; STATE_LIMBS]).collect();
    mock.owe(name::ABSORB, start, 1);
    let digest = keccak_limbs(U256::from_be_bytes(keccak256(message))).map(u32::from);
    mock.owe(name::SQUEEZE, [CLK].into_iter().chain(digest).collect(), -1);
    let mut sent = Balance::new();
    assert_eq!(evaluate("permutation", &PermutationTable, &permutations.finish(0).unwrap(), &mut sent), None);
    mock.owe_all(&sent);
    (mock, rows.finish().unwrap())
}

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 37 + 1) as u8).collect()
}

#[test]
fn blocks_hash_as_keccak() {
    for length in [0, 1, 134, 135, 136, 137, 271, 272, 273, 407, 408, 500] {
        let (mock, table) = bench(&message(length));
        assert_eq!(mock.check("absorb", &AbsorbAir, &table), None, "{length} bytes");
        assert_eq!(table.values.chunks(WIDTH).filter(|row| row[0] + row[1] == F::ONE).count(), length / BLOCK_BYTES + 1);
    }
}

#[test]
fn no_cell_can_be_changed() {
    for length in [136, 200] {
        let (mock, table) = bench(&message(length));
        assert!(mock.accepted("absorb", &AbsorbAir, &table, 0..2).is_empty(), "{length} bytes");
    }
}

/// Whatever permutations a forger adds, the number of blocks is that of the length.
#[test]
fn the_length_says_how_many_blocks_there_are() {
    let (mock, table) = bench(&message(300));
    for (last, row) in [(true, 0), (false, 2)] {
        let mut forged = table.clone();
        let cells = AbsorbCols::view_mut(&mut forged.values[row * WIDTH..(row + 1) * WIDTH]);
        (cells.last, cells.more) = (F::from_bool(last), F::from_bool(!last));
        cells.even = [F::ZERO; 68];
        cells.even[0] = F::from_bool(last);
        assert!(mock.forged("absorb", &AbsorbAir, &forged).is_some());
    }
    // a block that ends at another place than the message
    for shift in [1, 2, 67] {
        let mut forged = table.clone();
        let cells = AbsorbCols::view_mut(&mut forged.values[2 * WIDTH..3 * WIDTH]);
        cells.even.rotate_left(shift);
        assert!(mock.forged("absorb", &AbsorbAir, &forged).is_some());
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(WIDTH);
    let view = AbsorbCols::view(&columns);
    for column in view.there.into_iter().chain(view.even).chain(view.odd) {
        assert!(padding_rejects(&AbsorbAir, column));
    }
    println!("{:?}", shape(&AbsorbAir));
}

/// Of each constraint on a message's bytes and its end a forgery that nothing else stops, whatever other chips believe.
#[test]
fn each_constraint_on_the_padding_is_needed() {
    let stops = |edit: fn(&mut AbsorbCols<F>)| {
        let (_, mut table) = bench(&message(20));
        let row = AbsorbCols::view_mut(&mut table.values[..WIDTH]);
        assert_eq!((row.last, row.even[10]), (F::ONE, F::ONE));
        edit(row);
        stopped_though_believed("absorb", &AbsorbAir, &table)
    };
    assert_eq!(stops(|_| ()), [""; 0]);
    // bytes where the message has none: ordinals of a lane are 3 + 6 i for the flag, two on, the limbs
    assert_eq!(stops(|row| row.message[64] = F::from_u8(5)), [(3 + 6 * 16 + 2).to_string()]);
    // padding at another place, at two places, at none, at places that only weigh right
    assert_eq!(stops(|row| row.even.rotate_left(1)), ["242"]);
    assert_eq!(stops(|row| row.even[0] = F::ONE), ["241"]);
    assert_eq!(stops(|row| (row.even[10], row.remaining) = (F::ZERO, F::ZERO)), ["241"]);
    assert_eq!(stops(|row| (row.even[10], row.even[6], row.even[2]) = (F::ZERO, F::TWO, -F::ONE)), ["107", "111"]);
}
