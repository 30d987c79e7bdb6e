use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{MgrowAir, MgrowCols, MgrowRows};
use crate::bus::{F, name};
use crate::testing::{Mock, REGION, Seeded, edges, forged_row, numbers, shape, stopped_though_believed, with_limbs};

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
    let numbers = numbers(WIDTH);
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

/// What stops the edited row of an `MGROW`, whatever other chips believe.
fn stops(offset: u64, length: u64, words: u32, edit: impl FnOnce(&mut MgrowCols<F>)) -> Vec<String> {
    let (mut mock, mut rows) = (Mock::new(), MgrowRows::default());
    mock.seeded = None;
    push(&mut mock, &mut rows, U256::from(offset), U256::from(length), words);
    let table = rows.finish().expect("a row");
    stopped_though_believed("mgrow", &MgrowAir, &forged_row(&table, 0, |cells| edit(MgrowCols::view_mut(cells))))
}

/// Memory grows to what `first` and `second` say, with the distance that this takes.
fn grow(c: &mut MgrowCols<F>) {
    (c.grow, c.keep, c.over) = (F::ONE, F::ZERO, F::ZERO);
    c.next = c.state.id + F::ONE;
    c.words_after = c.first + c.second * F::from_u32(1 << 11) + F::ONE;
    let distance = (c.words_after - c.state.words - F::ONE).as_canonical_u32();
    (c.distance_low, c.distance_high) = (F::from_u32(distance & 0x7ff), F::from_u32(distance >> 11));
}

const FULL: u64 = 1 << 32;

/// Of each constraint on the cases a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_cases_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    for (offset, length) in [(7, 0), (0x40, 0x20), (0x1_fff3, 0x1_0123), (1 << 40, 7), (FULL - 1, 2), (0, 2 * FULL), (0, FULL)] {
        assert_eq!(stops(offset, length, 9, |_| ()), [""; 0], "{offset} {length}");
    }
    // half a word more, or less, by growth and its contrary at once
    let half = |c: &mut MgrowCols<F>, grow: F| {
        (c.grow, c.keep) = (grow, -grow);
        c.first = c.state.words - F::TWO.inverse();
        c.distance_low = -F::TWO.inverse();
        c.words_after += F::TWO.inverse() * grow;
    };
    assert_eq!(stops(0, FULL, 9, |c| half(c, one)), ["1"]);
    assert_eq!(stops(0, FULL, 9, |c| half(c, -one)), ["2"]);
    // a halt for two reasons, twice
    let twice = |c: &mut MgrowCols<F>| {
        c.offset.limbs[4] = one;
        (c.far, c.high_inverse) = (one, one);
        let other: F = c.offset.limbs.iter().chain(&c.length.limbs).copied().sum();
        c.other_inverse = other.inverse();
    };
    assert_eq!(stops(FULL - 1, 2, 9, twice), ["6"]);
    // operands of other times
    assert_eq!(stops(0x40, 0x20, 9, |c| (c.offset.constant, c.offset.time) = (F::TWO, -c.offset.time)), ["7"]);
    assert_eq!(stops(0x40, 0x20, 9, |c| c.offset.time = zero), ["8"]);
    assert_eq!(stops(0x40, 0x20, 9, |c| (c.length.constant, c.length.time) = (F::TWO, -c.length.time)), ["9"]);
    assert_eq!(stops(0x40, 0x20, 9, |c| c.length.time = zero), ["10"]);
    // growth left out as if the range were empty; a halt for an empty range
    assert_eq!(stops(0x1_fff3, 0x1_0123, 9, |c| (c.skip, c.grow, c.words_after) = (one, zero, c.state.words)), ["11"]);
    let empty = |c: &mut MgrowCols<F>| {
        c.offset.limbs[2] = one;
        (c.skip, c.far, c.high_inverse, c.other_inverse, c.next) = (zero, one, one, one, zero);
    };
    assert_eq!(stops(0, 0, 9, empty), ["12"]);
    // an offset of 2^64 and more taken for its lowest limbs; a halt without reason
    assert_eq!(stops(0x40, 0x20, 9, |c| c.offset.limbs[4] = one), ["13"]);
    assert_eq!(stops(0x40, 0x20, 9, |c| (c.keep, c.far, c.next, c.other_inverse) = (zero, one, zero, F::from_u8(0x60).inverse())), ["14"]);
    // a range that ends beyond 2^32 as the whole of memory: by its offset, by its length; the whole of memory as too much
    assert_eq!(stops(0, FULL, 9, |c| c.offset.limbs[0] = one), ["15"]);
    assert_eq!(stops(0, FULL, 9, |c| (c.length.limbs[2], c.length_inverse) = (F::TWO, F::TWO.inverse())), ["16"]);
    assert_eq!(stops(0, FULL, 9, |c| (c.whole, c.far, c.high_inverse, c.next, c.words_after) = (zero, one, one, zero, c.state.words)), ["17"]);
    // a halt although memory suffices: by a second piece that is not beyond 2^16, or is beneath 0
    let halt = |c: &mut MgrowCols<F>| (c.keep, c.over, c.next) = (zero, one, zero);
    assert_eq!(stops(0x40, 0x20, 9, halt), ["21"]);
    let beneath = |c: &mut MgrowCols<F>| {
        halt(c);
        c.second -= F::from_u32(1 << 16);
    };
    assert_eq!(stops(0x40, 0x20, 9, beneath), [name::RANGE]);
    // going on after an overflow, jumping anywhere
    assert_eq!(stops(FULL - 1, 2, 9, |c| c.next = c.state.id + one), ["25"]);
    assert_eq!(stops(1 << 40, 2, 9, |c| c.next = c.state.id + one), ["25"]);
    assert_eq!(stops(0x40, 0x20, 9, |c| c.next += one), ["25"]);
}

/// Of each constraint on the sum and the growth a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_growth_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    let forge = |edit: fn(&mut MgrowCols<F>)| {
        stops(0x1_fff3, 0x1_0123, 9, |c| {
            edit(c);
            grow(c);
        })
    };
    // 2 GiB less by a carry whose multiple of 2^16 wraps
    let wraps = |c: &mut MgrowCols<F>| {
        (c.carry, c.rest, c.second) = (-F::from_u32(32512), c.rest - F::ONE, c.second - F::from_u32(32512));
        grow(c);
    };
    assert_eq!(stops(0x8000_0040, 0x20, 9, wraps), ["18"]);
    // fewer words: by the lower piece, by the upper one, by a rest of 32 and more
    assert_eq!(forge(|c| c.first -= F::ONE), ["19"]);
    assert_eq!(forge(|c| c.second -= F::ONE), ["20"]);
    assert_eq!(forge(|c| (c.rest, c.first) = (c.rest + F::from_u8(32), c.first - F::ONE)), [name::RANGE]);
    // more words, by a fraction that is a large number: a small range is too expensive
    let fraction = |c: &mut MgrowCols<F>| {
        (c.rest, c.first) = (F::from_u8(19), F::from_u8(31) * F::from_u8(32).inverse());
        grow(c);
    };
    assert_eq!(stops(30, 21, 0, fraction), [name::RANGE]);
    // a range that ends beyond 2^32 and does not halt: by a lower piece, or an upper one, of 2^16 and more
    for (carry, first, second) in [(0, 2048, 0xffff), (1, 0, 1 << 16)] {
        let beyond = |c: &mut MgrowCols<F>| {
            (c.carry, c.first, c.second) = (F::from_u32(carry), F::from_u32(first), F::from_u32(second));
            grow(c);
        };
        assert_eq!(stops(FULL - 1, 2, 9, beyond), [name::RANGE]);
    }
    // growth as none: by a distance that is not the difference, or is beneath 0 in either part
    let kept = |c: &mut MgrowCols<F>, low: F, high: F| (c.grow, c.keep, c.words_after, c.distance_low, c.distance_high) = (zero, one, c.state.words, low, high);
    let less = |c: &MgrowCols<F>| c.state.words - c.words_after;
    assert_eq!(stops(0x1_fff3, 0x1_0123, 9, |c| kept(c, zero, zero)), ["22"]);
    assert_eq!(stops(0x1_fff3, 0x1_0123, 9, |c| kept(c, less(c), zero)), [name::RANGE]);
    assert_eq!(stops(0x1_fff3, 0x1_0123, 9, |c| kept(c, zero, less(c) * F::from_u32(1 << 11).inverse())), [name::RANGE]);
    // memory that shrinks
    assert_eq!(stops(0x40, 0x20, 9, |c| (c.grow, c.keep, c.words_after) = (one, zero, F::from_u8(3))), ["23"]);
    // growth for free
    assert_eq!(stops(0x1_fff3, 0x1_0123, 9, |c| c.words_after = c.state.words), ["24"]);
    assert_eq!(stops(0, FULL, 9, |c| c.words_after = c.state.words), ["24"]);
}

/// An operand's wire is of the row's region instance: not of the instance before, nor by fractions of flags, which the instruction's row takes for none, one
/// operand of the instance before and the other of a later one.
#[test]
fn operands_are_of_the_region_of_the_row() {
    let causes = |before: u32, later: u32, edit: fn(&mut MgrowCols<F>)| {
        let (mut mock, mut rows) = (Mock::new(), MgrowRows::default());
        mock.seeded = None;
        push(&mut mock, &mut rows, U256::from(0x40), U256::from(0x20), 9);
        let mut table = rows.finish().expect("a row");
        let c = MgrowCols::view_mut(&mut table.values[..WIDTH]);
        // both instances have other operands, of a range that is covered too
        for (time, operand, word) in [(later, c.offset, 0x20), (before, c.length, 0x40)] {
            mock.offer(name::WIRE, with_limbs(&[time, operand.id.as_canonical_u32()], U256::from(word)), 1);
        }
        edit(c);
        mock.causes("mgrow", &MgrowAir, &table).into_iter().collect::<Vec<_>>()
    };
    let offset = |c: &mut MgrowCols<F>| {
        (c.offset.time, c.offset.limbs[0]) = (F::from_u32(REGION - 8), F::from_u8(0x20));
        (c.first, c.distance_low) = (c.first - F::ONE, c.distance_low + F::ONE);
    };
    let length = |c: &mut MgrowCols<F>| {
        (c.length.time, c.length.limbs[0], c.length_inverse) = (F::from_u32(REGION - 8), F::from_u8(0x40), F::from_u8(0x40).inverse());
        (c.first, c.distance_low) = (c.first + F::ONE, c.distance_low - F::ONE);
    };
    assert_eq!(causes(REGION - 8, REGION - 8, offset), ["8"]);
    assert_eq!(causes(REGION - 8, REGION - 8, length), ["10"]);
    let both = |c: &mut MgrowCols<F>| {
        (c.offset.limbs[0], c.length.limbs[0], c.length_inverse) = (F::from_u8(0x20), F::from_u8(0x40), F::from_u8(0x40).inverse());
        (c.offset.time, c.length.time) = (F::from_u32(REGION + 16), F::from_u32(REGION - 8));
        c.length.constant = F::from_u8(8) * F::from_u32(REGION).inverse();
        c.offset.constant = -c.length.constant.double();
    };
    assert_eq!(causes(REGION - 8, REGION + 16, both), ["7", "9"]);
}

/// A row that is not real asks for its numbers a negative number of times: so it vouches for numbers of another row that are out of range.
#[test]
fn no_row_vouches_for_numbers_of_another() {
    let n = U256::from::<u64>;
    let (_, honest) = table(&[(n(0x1_fff3), n(0x1_0123), 9)]);
    let mut table = forged_row(&honest, 0, |_| ());
    let (fewer, vouches) = table.values.split_at_mut(WIDTH);
    let (fewer, vouches) = (MgrowCols::view_mut(fewer), MgrowCols::view_mut(vouches));
    (fewer.rest, fewer.first) = (fewer.rest + F::from_u8(32), fewer.first - F::ONE);
    grow(fewer);
    (vouches.over, vouches.far) = (-F::ONE, F::ONE);
    (vouches.rest, vouches.first, vouches.second, vouches.carry) = (fewer.rest, fewer.first, fewer.second, fewer.carry);
    (vouches.offset.limbs, vouches.length.limbs) = (fewer.offset.limbs, fewer.length.limbs);
    vouches.offset.limbs[1] = F::from_u16(0xffff);
    vouches.length.limbs[1] = F::TWO + F::ONE;
    vouches.offset.limbs[2] = F::ONE;
    vouches.high_inverse = F::ONE;
    let other: F = vouches.offset.limbs.iter().chain(&vouches.length.limbs).copied().sum();
    vouches.other_inverse = other.inverse();
    assert_eq!(stopped_though_believed("mgrow", &MgrowAir, &table), ["5"]);
}
