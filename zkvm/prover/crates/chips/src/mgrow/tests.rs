use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{MgrowAir, MgrowCols, MgrowRows};
use crate::bus::{F, name};
use crate::evaluate::Violation;
use crate::testing::{Mock, Seeded, edges, shape};

const WIDTH: usize = MgrowCols::<F>::WIDTH;

/// Words after, by ISA 3.4 over the integers; none if the frame halts.
fn grown(offset: U256, length: U256, words: u32) -> Option<u32> {
    if length.is_zero() {
        return Some(words);
    }
    let end = offset.checked_add(length).filter(|&end| end <= U256::from(1u64 << 32))?;
    Some(words.max(((end + U256::from(31)) >> 5usize).to::<u32>()))
}

fn push(mock: &mut Mock, rows: &mut MgrowRows, offset: U256, length: U256, words: u32) {
    let after = grown(offset, length, words);
    let step = mock.chained(isa::MGROW, &[offset, length], 0, 6, |step| {
        (step.words, step.words_after) = (words, after.unwrap_or(words));
        if after.is_none() {
            step.next = 0;
        }
    });
    rows.push(&step, &mut mock.context);
}

fn table(cases: &[(U256, U256, u32)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), MgrowRows::default());
    for &(offset, length, words) in cases {
        push(&mut mock, &mut rows, offset, length, words);
    }
    (mock, rows.finish().expect("rows"))
}

/// One case a row: skip, keep, grow, far, over, far for its limb 2, whole.
fn seven() -> (Mock, RowMajorMatrix<F>) {
    let n = U256::from::<u64>;
    table(&[
        (U256::MAX, n(0), 7),
        (n(0x40), n(0x20), 9),
        (n(0x1_fff3), n(0x1_0123), 9),
        (n(0x40), U256::ONE << 255usize, 9),
        (n(0xffff_ffff), n(2), 9),
        (n(0), n(2 << 32), 9),
        (n(0), n(1 << 32), 9),
    ])
}

#[test]
fn ranges_grow_memory_as_the_integers_say() {
    let mut seeded = Seeded::new(1);
    let edge: Vec<U256> =
        [0u64, 1, 31, 32, 33, 63, 0xffff, 0x1_0000, 0x1_0001, 0x1f_ffff, 0x7fff_ffff, 0xffff_0000, 0xffff_ffe0, 0xffff_ffff, 1 << 32, (1 << 32) + 1]
            .map(U256::from)
            .into_iter()
            .chain(edges())
            .collect();
    let words = [0, 1, 2, 2047, 2048, 65535, 1 << 27, (1 << 27) - 1];
    let mut cases = Vec::new();
    for &offset in &edge {
        for &length in &edge {
            cases.push((offset, length, words[seeded.below(8) as usize]));
        }
    }
    for _ in 0..800 {
        let bits = 1 + seeded.below(33) as u32;
        let mut short = || U256::from(seeded.next() & ((1 << bits) - 1));
        cases.push((short(), short(), seeded.below(1 << 12) as u32));
    }
    let (mock, table) = table(&cases);
    assert_eq!(mock.check("mgrow", &MgrowAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&MgrowAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (WIDTH, 12, 61));
}

#[test]
fn each_cell_matters() {
    let (mock, table) = seven();
    assert_eq!(mock.check("mgrow", &MgrowAir, &table), None);
    let numbers = crate::testing::numbers(WIDTH);
    let c = MgrowCols::view(&numbers);
    // What a case does not use: the inverses, the split of the sum and the distance of another case.
    let split = [c.rest, c.first, c.second, c.carry];
    let distance = [c.distance_low, c.distance_high];
    // An inverse is free where what it inverts is 0.
    let inverse = |row: usize, column: usize| (column == c.third_inverse && row != 5) || (column == c.other_inverse && row >= 5);
    let idle = |row: usize, column: usize| match row {
        row if inverse(row, column) => true,
        0 => column == c.length_inverse || column == c.high_inverse || split.contains(&column) || distance.contains(&column),
        1 | 2 => column == c.high_inverse,
        3 | 5 => split.contains(&column) || distance.contains(&column),
        6 => column == c.high_inverse || split.contains(&column) || distance.contains(&column),
        _ => column == c.high_inverse || distance.contains(&column),
    };
    for (row, column) in mock.accepted("mgrow", &MgrowAir, &table, 0..7) {
        assert!(idle(row, column), "column {column} of row {row} is free");
    }
}

fn forge(row: usize, edit: impl FnOnce(&mut MgrowCols<F>)) -> Option<Violation> {
    let (mock, mut table) = seven();
    edit(MgrowCols::view_mut(&mut table.values[row * WIDTH..(row + 1) * WIDTH]));
    mock.forged("mgrow", &MgrowAir, &table)
}

/// Each case told as another one.
#[test]
fn cases_exclude_each_other() {
    let one = F::ONE;
    // an empty range that halts for its offset
    assert!(forge(0, |c| (c.skip, c.far, c.next) = (F::ZERO, one, F::ZERO)).is_some());
    // growth as no growth, with a negative distance: only the range of the distance can tell
    let violation = {
        let (mut mock, mut table) = seven();
        let c = MgrowCols::view_mut(&mut table.values[2 * WIDTH..3 * WIDTH]);
        (c.grow, c.keep) = (F::ZERO, one);
        let words = c.first + c.second * F::from_u32(1 << 11) + one;
        (c.distance_low, c.distance_high) = (c.state.words - words, F::ZERO);
        let after = core::mem::replace(&mut c.words_after, c.state.words);
        let message = |words: F| {
            use p3_field::PrimeField32;
            let s = &c.state;
            [c.next, s.frame, s.region, s.clk + F::from_u32(4), s.gas + c.charge, words].map(|cell| cell.as_canonical_u32()).to_vec()
        };
        mock.owe(name::CHAIN, message(after), 1);
        mock.owe(name::CHAIN, message(c.state.words), -1);
        mock.forged("mgrow", &MgrowAir, &table)
    };
    assert!(matches!(&violation, Some(Violation::Bus { bus, .. }) if bus == name::RANGE), "{violation:?}");
    // a halt told as growth, and growth as a halt
    assert!(forge(3, |c| (c.far, c.keep) = (F::ZERO, one)).is_some());
    assert!(forge(4, |c| (c.over, c.keep, c.next) = (F::ZERO, one, c.state.id + one)).is_some());
    assert!(forge(2, |c| (c.grow, c.over, c.next, c.second) = (F::ZERO, one, F::ZERO, c.second - F::from_u32(1 << 16))).is_some());
    assert!(forge(1, |c| (c.keep, c.far, c.next) = (F::ZERO, one, F::ZERO)).is_some());
    // the whole of memory told as too much, and more than that as the whole
    assert!(forge(6, |c| (c.whole, c.far, c.high_inverse, c.next) = (F::ZERO, one, one, F::ZERO)).is_some());
    assert!(forge(5, |c| (c.whole, c.far, c.third_inverse, c.next) = (one, F::ZERO, F::ZERO, c.state.id + one)).is_some());
    assert!(forge(3, |c| (c.whole, c.far, c.other_inverse, c.next) = (one, F::ZERO, F::ZERO, c.state.id + one)).is_some());
}

/// Fewer words by another split of the sum: rest or first out of range.
#[test]
fn the_split_is_exact() {
    let fewer = forge(2, |c| {
        c.rest += F::from_u32(32);
        c.first -= F::ONE;
        c.words_after -= F::ONE;
        c.distance_low -= F::ONE;
    });
    assert!(fewer.is_some());
    let fewer = forge(2, |c| {
        c.first += F::from_u32(2048);
        c.carry -= F::ONE;
        c.second -= F::ONE;
    });
    assert!(matches!(&fewer, Some(Violation::Bus { bus, .. }) if bus == name::RANGE), "{fewer:?}");
    let half = forge(2, |c| {
        c.first += F::TWO.inverse();
        c.rest -= F::from_u32(16);
    });
    assert!(half.is_some());
}
