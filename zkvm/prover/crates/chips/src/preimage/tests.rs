use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::{PreimageAir, PreimageCols, PreimageRows};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::testing::{Mock, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

const CLK: u32 = 40;

/// A message, the chunks that a stream receives, the lanes that the absorb chip takes.
fn bench(message: &[u8]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = PreimageRows::default();
    rows.push(CLK, message, &mut mock.context);
    for (k, chunk) in (0..).zip(message.chunks(32)) {
        let mut word = [0; 32];
        word[..chunk.len()].copy_from_slice(chunk);
        mock.owe(name::CLAIM, with_limbs(&[tag::PREIMAGE, CLK, k], U256::from_be_bytes(word)), -1);
    }
    for (i, lane) in (0..).zip(message.chunks(8)) {
        let byte = |k: usize| u32::from(lane.get(k).copied().unwrap_or(0));
        let limbs = (0..4).map(|j| byte(2 * j) + 256 * byte(2 * j + 1));
        mock.owe(name::LANE, [CLK, i].into_iter().chain(limbs).collect(), -1);
    }
    (mock, rows.finish().unwrap())
}

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 37 + 1) as u8).collect()
}

#[test]
fn lanes_are_the_chunks_bytes_in_order() {
    for length in [1, 7, 8, 9, 31, 32, 33, 136, 271, 400] {
        let (mock, table) = bench(&message(length));
        assert_eq!(mock.check("preimage", &PreimageAir, &table), None, "{length} bytes");
    }
}

#[test]
fn no_cell_can_be_changed() {
    let (mock, table) = bench(&message(77));
    assert!(mock.accepted("preimage", &PreimageAir, &table, 0..3).is_empty());
    // a chunk of zeros: its lanes must be sent all the same, for someone takes them
    let (mock, table) = bench(&[0; 64]);
    assert!(mock.accepted("preimage", &PreimageAir, &table, 0..2).is_empty());
}

/// An absorb row that leaves a lane out, and a preimage row that does not send it: only for zeros, whatever else balances.
#[test]
fn only_zeros_are_left_out_by_both() {
    for (message, zero) in [(vec![0; 32], true), (message(32), false)] {
        for lane in 0..4 {
            let (mut mock, mut table) = bench(&message);
            PreimageCols::view_mut(&mut table.values[..PreimageCols::<F>::WIDTH]).sent[lane] = F::ZERO;
            let limbs = message[8 * lane..8 * (lane + 1)].chunks(2).map(|pair| u32::from(pair[0]) + 256 * u32::from(pair[1]));
            mock.owe(name::LANE, [CLK, lane as u32].into_iter().chain(limbs).collect(), 1);
            assert_eq!(mock.forged("preimage", &PreimageAir, &table).is_none(), zero, "lane {lane}");
        }
    }
    // a lane from nowhere, which someone takes
    let (mut mock, mut table) = bench(&message(32));
    let row = PreimageCols::view_mut(&mut table.values[PreimageCols::<F>::WIDTH..2 * PreimageCols::<F>::WIDTH]);
    (row.clk, row.sent[0]) = (F::from_u32(CLK), F::ONE);
    mock.owe(name::LANE, vec![CLK, 0, 0, 0, 0, 0], -1);
    assert!(mock.forged("preimage", &PreimageAir, &table).is_some());
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(PreimageCols::<F>::WIDTH);
    let view = PreimageCols::view(&columns);
    assert!(view.sent.into_iter().all(|column| padding_rejects(&PreimageAir, column)));
    println!("{:?}", shape(&PreimageAir));
}

/// What stops the row of a chunk once it is edited, if others believe each message.
fn stopped(chunk: &[u8; 32], edit: impl FnOnce(&mut PreimageCols<F>)) -> Vec<String> {
    let (_, table) = bench(chunk);
    stopped_though_believed("preimage", &PreimageAir, &forged_row(&table, 0, |cells| edit(PreimageCols::view_mut(cells))))
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    let zeros = [0; 32];
    assert_eq!(stopped(&zeros, |_| ()), [""; 0]);
    // a chunk twice
    assert_eq!(stopped(&zeros, |row| (row.real, row.sent) = (F::TWO, [F::ZERO; 4])), ["0"]);
    for lane in 0..4 {
        // a lane twice; one of no chunk
        assert_eq!(stopped(&zeros, |row| row.sent[lane] = F::TWO), [(1 + 6 * lane).to_string()]);
        let nowhere = stopped(&zeros, |row| {
            (row.real, row.sent) = (F::ZERO, [F::ZERO; 4]);
            row.sent[lane] = F::ONE;
        });
        assert_eq!(nowhere, [(2 + 6 * lane).to_string()]);
        // a lane left out that has a byte
        for k in 0..4 {
            let left = stopped(&zeros, |row| {
                row.sent[lane] = F::ZERO;
                row.limbs[LIMBS - 4 * (lane + 1) + k] = F::from_u32(256);
            });
            assert_eq!(left, [(3 + 6 * lane + k).to_string()]);
        }
    }
    // other lanes than the chunk's bytes: limb 256 (high - 256) + low + 1
    let chunk: [u8; 32] = message(32).try_into().unwrap();
    for limb in 0..LIMBS {
        let other = stopped(&chunk, |row| {
            row.low[limb] += F::ONE;
            row.limbs[limb] += F::ONE - F::from_u32(1 << 16);
        });
        assert_eq!(other, [name::BYTES]);
    }
}
