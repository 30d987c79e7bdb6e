use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::keccak::keccak256;

use super::columns::{BLOCK_BYTES, BLOCK_LANES};
use super::{AbsorbAir, AbsorbCols, AbsorbRows};
use crate::bus::{F, name};
use crate::evaluate::{Balance, evaluate};
use crate::hash::keccak_limbs;
use crate::keccak::{KeccakRows, PermutationTable, RATE_LIMBS, STATE_LIMBS};
use crate::testing::{Mock, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

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

/// What stops the row of a message of 20 bytes, edited, whatever other chips believe.
fn stops(edit: impl FnOnce(&mut AbsorbCols<F>)) -> Vec<String> {
    let (_, mut table) = bench(&message(20));
    let row = AbsorbCols::view_mut(&mut table.values[..WIDTH]);
    assert_eq!((row.last, row.even[10]), (F::ONE, F::ONE));
    edit(row);
    stopped_though_believed("absorb", &AbsorbAir, &table)
}

/// Of each constraint on the kind of a row and on its lanes a forgery that nothing else stops. That `last` is boolean (1) follows from 0, 2 and 241.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    assert_eq!(stops(|_| ()), [""; 0]);
    // any digest, of a row that takes no message: a last block less one that goes on
    let digest = |row: &mut AbsorbCols<F>| {
        (row.more, row.there, row.message) = (-one, [zero; BLOCK_LANES], [zero; RATE_LIMBS]);
        row.after[0] += one;
    };
    assert_eq!(stops(digest), ["0"]);
    // a last block, without lanes, that goes on
    let both = |row: &mut AbsorbCols<F>| (row.more, row.there, row.message) = (one, [zero; BLOCK_LANES], [zero; RATE_LIMBS]);
    assert_eq!(stops(both), ["2"]);
    for i in 0..BLOCK_LANES {
        // a lane of zeros given, not taken
        let given = |row: &mut AbsorbCols<F>| {
            row.there[i] = -one;
            row.message[4 * i..4 * (i + 1)].fill(zero);
        };
        assert_eq!(stops(given), [(3 + 6 * i).to_string()]);
        // a lane taken by a row that has no block
        let (_, table) = bench(&message(20));
        let idle = forged_row(&table, 0, |cells| {
            cells.fill(zero);
            let row = AbsorbCols::view_mut(cells);
            (row.clk, row.there[i], row.message[4 * i]) = (F::from_u32(CLK), one, one);
        });
        assert_eq!(stopped_though_believed("absorb", &AbsorbAir, &idle), [(4 + 6 * i).to_string()]);
        // bytes that the message does not have
        for j in 0..4 {
            let more = |row: &mut AbsorbCols<F>| {
                row.there[i] = zero;
                row.message[4 * i..4 * (i + 1)].fill(zero);
                row.message[4 * i + j] = F::from_u8(5);
            };
            assert_eq!(stops(more), [(5 + 6 * i + j).to_string()]);
        }
    }
    // another state than the exclusive or
    for j in 0..RATE_LIMBS {
        assert_eq!(stops(|row| row.both[j] += one), [name::LIMB_AND]);
    }
}

/// Of each constraint on a message's end a forgery that nothing else stops, whatever other chips believe.
#[test]
fn each_constraint_on_the_padding_is_needed() {
    // padding at another place, at two places, at none
    assert_eq!(stops(|row| row.even.rotate_left(1)), ["242"]);
    assert_eq!(stops(|row| row.even[0] = F::ONE), ["241"]);
    assert_eq!(stops(|row| (row.even[10], row.remaining) = (F::ZERO, F::ZERO)), ["241"]);
    // at two places, less a third one
    for less in 0..BLOCK_BYTES {
        let weighs = |row: &mut AbsorbCols<F>| {
            (row.there, row.message) = ([F::ONE; BLOCK_LANES], [F::from_u16(0x101); RATE_LIMBS]);
            (row.even, row.odd) = ([F::ZERO; RATE_LIMBS], [F::ZERO; RATE_LIMBS]);
            let [first, second] = [1, 2].map(|k| (less + k) % BLOCK_BYTES);
            for (place, flag) in [(first, F::ONE), (second, F::ONE), (less, -F::ONE)] {
                *if place % 2 == 0 { &mut row.even[place / 2] } else { &mut row.odd[place / 2] } = flag;
            }
            row.remaining = F::from_usize(first + second) - F::from_usize(less);
        };
        assert_eq!(stops(weighs), [(105 + less / 2 + RATE_LIMBS * (less % 2)).to_string()]);
    }
}
