use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::{BoundaryAir, BoundaryCols, generate};
use crate::bus::{F, name, space};
use crate::evaluate::{Balance, evaluate};
use crate::testing::{Mock, numbers, padding_rejects, shape, with_limbs};

const WIDTH: usize = BoundaryCols::<F>::WIDTH;

/// The honest table of some addresses, and a mock to which the accesses between an address's first and last message are owed.
fn bench(cells: &[(u32, u32, u32, u64)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    for &(frame, address, time, word) in cells {
        mock.context.memory.insert((frame, address), (time, U256::from(word)));
    }
    let table = generate(&mut mock.context).expect("rows");
    mock.context.memory.clear();
    for &(frame, address, time, word) in cells {
        mock.owe(name::MEMORY, with_limbs(&[frame, address, 0], U256::ZERO), -1);
        mock.owe(name::MEMORY, with_limbs(&[frame, address, time], U256::from(word)), 1);
    }
    (mock, table)
}

const CELLS: [(u32, u32, u32, u64); 5] =
    [(4, 0, 21, 1), (4, 7, 9, 2), (4, space(1) + 3, 33, 3), (80, 0, 84, 0), ((1 << 29) - 4, space(3) + (1 << 27) - 1, (1 << 29) - 1, 5)];

#[test]
fn addresses_of_all_spaces_begin_and_end() {
    let (mock, table) = bench(&CELLS);
    assert_eq!(mock.check("boundary", &BoundaryAir, &table), None);
    assert_eq!(generate(&mut Mock::new().context), None);
    println!("{:?}", shape(&BoundaryAir));
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, table) = bench(&CELLS);
    let view = numbers(WIDTH);
    let view = BoundaryCols::view(&view);
    let accepted = mock.accepted("boundary", &BoundaryAir, &table, 0..8);
    // the last row has no next one, padding rows say nothing
    let unread = [view.same, view.gap_low, view.gap_high];
    assert!(accepted.iter().all(|&(row, column)| row == 4 && unread.contains(&column) || row > 4 && column != view.real), "{accepted:?}");
}

#[test]
fn rows_that_are_not_real_come_last_and_say_nothing() {
    let (mock, table) = bench(&CELLS[..2]);
    let mut rows: Vec<F> = table.values[..WIDTH].to_vec();
    rows.extend(F::zero_vec(WIDTH));
    rows.extend(&table.values[WIDTH..2 * WIDTH]);
    rows.extend(F::zero_vec(WIDTH));
    assert!(mock.forged("boundary", &BoundaryAir, &RowMajorMatrix::new(rows, WIDTH)).is_some());
    let mut balance = Balance::new();
    assert_eq!(evaluate("boundary", &BoundaryAir, &RowMajorMatrix::new(F::zero_vec(2 * WIDTH), WIDTH), &mut balance), None);
    assert!(balance.is_empty());
    assert!(!padding_rejects(&BoundaryAir, BoundaryCols::view(&numbers(WIDTH)).time), "an unread cell");
}

/// A row for an address, as a forger fills it: `gap` is whatever leads to the next row.
fn row(frame: u32, address: u32, time: u32, word: u32, same: bool, gap: F) -> [F; WIDTH] {
    let mut cells = [F::ZERO; WIDTH];
    let row = BoundaryCols::view_mut(&mut cells);
    let gap = gap.as_canonical_u32();
    (row.real, row.same, row.time) = (F::ONE, F::from_bool(same), F::from_u32(time));
    for (low, high, value) in
        [(&mut row.frame_low, &mut row.frame_high, frame), (&mut row.address_low, &mut row.address_high, address), (&mut row.gap_low, &mut row.gap_high, gap)]
    {
        (*low, *high) = (F::from_u32(value & 0xffff), F::from_u32(value >> 16));
    }
    row.limbs[0] = F::from_u32(word);
    cells
}

/// Increasing modulo p is not increasing: from an address (or frame) near 2^30 a gap of p - 2^30 or more would lead back to a small one. (Gaps were
/// once admitted up to 2^30.) An address with two rows begins twice, so what was written to it could be read as 0.
#[test]
fn the_order_does_not_wrap() {
    let gap = |from: u32, to: u32| F::from_u32(to) - F::from_u32(from) - F::ONE;
    for far in [(1 << 30) - 1, (1 << 30) - (1 << 23), 1 << 29, (1 << 29) - 1] {
        // address 5 twice, with an unused far address between, which balances by itself
        let cells = [row(4, 5, 21, 9, true, gap(5, far)), row(4, far, 0, 0, true, gap(far, 5)), row(4, 5, 33, 0, true, F::ZERO), [F::ZERO; WIDTH]];
        let mut mock = Mock::new();
        for (time, word) in [(21, 9), (33, 0)] {
            mock.owe(name::MEMORY, with_limbs(&[4, 5, 0], U256::ZERO), -1);
            mock.owe(name::MEMORY, with_limbs(&[4, 5, time], U256::from(word)), 1);
        }
        assert!(mock.forged("boundary", &BoundaryAir, &RowMajorMatrix::new(cells.concat(), WIDTH)).is_some(), "address {far}");
        // the same with the frames
        let cells = [row(4, 5, 21, 9, false, gap(4, far)), row(far, 5, 0, 0, false, gap(far, 4)), row(4, 5, 33, 0, true, F::ZERO), [F::ZERO; WIDTH]];
        assert!(mock.forged("boundary", &BoundaryAir, &RowMajorMatrix::new(cells.concat(), WIDTH)).is_some(), "frame {far}");
    }
}

/// Address 5 of frame 4 with two beginnings, `between` them whatever a forger likes: what alone stops it.
fn begun_twice(same: bool, gap: u32, between: &[[F; WIDTH]]) -> Vec<String> {
    let mut cells = vec![row(4, 5, 21, 9, same, F::from_u32(gap))];
    cells.extend(between);
    cells.push(row(4, 5, 33, 0, true, F::ZERO));
    cells.resize(cells.len().next_power_of_two(), [F::ZERO; WIDTH]);
    let mut mock = Mock::new();
    for (time, word) in [(21, 9), (33, 0)] {
        mock.owe(name::MEMORY, with_limbs(&[4, 5, 0], U256::ZERO), -1);
        mock.owe(name::MEMORY, with_limbs(&[4, 5, time], U256::from(word)), 1);
    }
    mock.causes("boundary", &BoundaryAir, &RowMajorMatrix::new(cells.concat(), WIDTH)).into_iter().collect()
}

/// Of each constraint on the order a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_order_is_needed() {
    // right after the first, with a gap that is not the difference
    assert_eq!(begun_twice(true, 0, &[]), ["4"]);
    // back from a higher address by a fraction of a step
    let mut back = row(4, 7, 0, 0, true, F::ONE);
    BoundaryCols::view_mut(&mut back).same = -F::ONE;
    assert_eq!(begun_twice(true, 1, &[back]), ["1"]);
    // back from a higher frame as if it were the same one
    assert_eq!(begun_twice(false, 3, &[row(8, 4, 0, 0, true, F::ZERO)]), ["3"]);
    // after a row that is not real
    let mut padding = row(4, 4, 0, 0, true, F::ZERO);
    BoundaryCols::view_mut(&mut padding).real = F::ZERO;
    assert_eq!(begun_twice(true, 0, &[padding]), ["2"]);
    // a gap that is no number of that size
    let mut far = row(4, 7, 0, 0, true, F::ZERO);
    BoundaryCols::view_mut(&mut far).gap_low = -F::from_u8(3);
    assert_eq!(begun_twice(true, 1, &[far]), ["range"]);
}

/// Of each range of frames and addresses a forgery that nothing else stops: round the field in four steps, one of them to a number of 2^30 or more.
#[test]
fn each_range_is_needed() {
    let step = F::ORDER_U32 / 4;
    for (same, whole) in [(true, true), (true, false), (false, true), (false, false)] {
        let between = [1, 2, 3].map(|k| {
            let (frame, address) = if same { (4, 5 + k * step) } else { (4 + k * step, 5) };
            let mut cells = row(frame, address, 0, 0, same, F::from_u32(if k == 3 { step } else { step - 1 }));
            let row = BoundaryCols::view_mut(&mut cells);
            // all of it as the lower part
            match (k == 3 && whole, same) {
                (true, true) => (row.address_low, row.address_high) = (F::from_u32(address), F::ZERO),
                (true, false) => (row.frame_low, row.frame_high) = (F::from_u32(frame), F::ZERO),
                (false, _) => {}
            }
            cells
        });
        assert_eq!(begun_twice(same, step - 1, &between), ["range"]);
    }
}

/// A row that is real less than no times asks so for its numbers: it vouches for a number of another, here -1.
#[test]
fn no_row_vouches_for_numbers_of_others() {
    let mut mock = Mock::new();
    mock.owe(name::RANGE, vec![F::NEG_ONE.as_canonical_u32()], 1);
    mock.owe(name::RANGE, vec![0], 8);
    let mut table = RowMajorMatrix::new(F::zero_vec(2 * WIDTH), WIDTH);
    let row = BoundaryCols::view_mut(&mut table.values[..WIDTH]);
    (row.real, row.frame_low) = (F::NEG_ONE, F::NEG_ONE);
    assert_eq!(mock.causes("boundary", &BoundaryAir, &table).into_iter().collect::<Vec<_>>(), ["0"]);
}
