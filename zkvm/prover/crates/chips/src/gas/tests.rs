use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::{GasAir, GasCols, gas_left, generate};
use crate::bus::{F, name};
use crate::testing::{Mock, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = GasCols::<F>::WIDTH;

/// A row for each of (given, g, w).
fn run(queries: &[(u64, u32, u32)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    for (frame, &(given, g, w)) in (4..).step_by(400).zip(queries) {
        mock.context.gas_given.insert(frame, given);
        mock.context.gas_left.insert((frame, g, w), 2);
    }
    let table = generate(&mut mock.context).0.expect("rows");
    (mock, table)
}

/// The same, when others believe it.
fn bench(queries: &[(u64, u32, u32)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, table) = run(queries);
    mock.settle("gas", &GasAir, &table);
    (mock, table)
}

/// Enough, exactly enough, one too few, limbs that borrow, the widest numbers.
fn queries() -> Vec<(u64, u32, u32)> {
    let cost = |g: u32, w: u32| u64::from(g) + 3 * u64::from(w) + u64::from(w) * u64::from(w) / 512;
    let (g, w) = ((1 << 30) - 1, (1 << 28) - 1);
    let sizes = [(900, 3), (0, 0), (70_000, 0xabcd), (5, 0x12_3456), (g, w)];
    let mut found: Vec<_> = sizes.into_iter().flat_map(|(g, w)| [(cost(g, w), g, w), (cost(g, w) + 1, g, w), (u64::MAX, g, w), (1 << 32, g, w)]).collect();
    found.extend(sizes.into_iter().filter(|&(g, w)| cost(g, w) > 0).map(|(g, w)| (cost(g, w) - 1, g, w)));
    found
}

/// What those who ask for gas left get, by the formula of ISA 3.2.
#[test]
fn gas_left_is_as_the_integers_say() {
    let (mut mock, table) = run(&queries());
    let digits = |value: u128| (0..4).map(move |i| (value >> (16 * i) & 0xffff) as u32);
    for (frame, (given, g, w)) in (4..).step_by(400).zip(queries()) {
        let wide = i128::from(w);
        let left = i128::from(given) - i128::from(g) - 3 * wide - wide * wide / 512;
        mock.owe(name::GAS_LEFT, [frame, g, w, u32::from(left < 0)].into_iter().chain(digits(left.unsigned_abs())).collect(), 2);
        mock.offer(name::GIVEN, [frame].into_iter().chain(digits(given.into())).collect(), 1);
    }
    assert_eq!(mock.check("gas", &GasAir, &table), None);
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let queries = queries();
    let (mock, table) = bench(&queries);
    assert!(mock.causes("gas", &GasAir, &table).is_empty());
    let numbers = numbers(WIDTH);
    let view = GasCols::view(&numbers);
    for (row, column) in mock.accepted("gas", &GasAir, &table, 0..queries.len()) {
        let (given, g, w) = queries[row];
        assert!(column == view.inverse && !gas_left(given, g, w).0, "row {row}, column {column}");
    }
    println!("{:?}", shape(&GasAir));
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    assert!(padding_rejects(&GasAir, GasCols::view(&numbers(WIDTH)).uses));
}

/// What stops an honest row, edited, whatever other chips believe.
fn stops(query: (u64, u32, u32), edit: impl FnOnce(&mut GasCols<F>)) -> Vec<String> {
    let (_, mut table) = bench(&[query]);
    edit(GasCols::view_mut(&mut table.values[..WIDTH]));
    stopped_though_believed("gas", &GasAir, &table)
}

/// Adds to limbs, as numbers with a sign.
fn add<const N: usize>(cells: &mut [F; N], numbers: [i32; N]) {
    cells.iter_mut().zip(numbers).for_each(|(cell, number)| *cell += F::from_i32(number));
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    let query = (0x0003_0002_0001_9000, 900, 3);
    assert_eq!(stops(query, |_| ()), [""; 0]);
    // a third of the gas that is left, by a sign of 3
    let third = stops((1809, 900, 3), |row| {
        (row.negative, row.left[0], row.inverse) = (-F::ONE, F::from_u16(300), F::from_u16(300).inverse());
    });
    assert_eq!(third, ["1"]);
    // more gas left, digit by digit
    for i in 0..4 {
        assert_eq!(stops(query, |row| row.left[i] += F::ONE), [(3 + i).to_string()]);
    }
    // out of gas with exactly enough
    assert_eq!(stops((909, 900, 3), |row| row.negative = F::ONE), ["7"]);
}

/// A row that is real less than no times asks so for its numbers: it vouches for a number of another, here -1.
#[test]
fn no_row_vouches_for_numbers_of_others() {
    let mut mock = Mock::new();
    let mut table = RowMajorMatrix::new(F::zero_vec(2 * WIDTH), WIDTH);
    let row = GasCols::view_mut(&mut table.values[..WIDTH]);
    (row.real, row.left[0], row.carry) = (F::NEG_ONE, F::NEG_ONE, [F::from_u16(1 << 13); 3]);
    row.given = [(1 << 20) - 1, (1 << 20) - 16, (1 << 20) - 16, -16].map(F::from_i32);
    mock.owe(name::RANGE, vec![F::NEG_ONE.as_canonical_u32()], 1);
    mock.owe(name::RANGE, vec![0], 16);
    mock.owe(name::BYTES, vec![0, 0], 1);
    mock.owe(name::GIVEN, [0].into_iter().chain(row.given.map(|limb| limb.as_canonical_u32())).collect(), 1);
    assert_eq!(mock.causes("gas", &GasAir, &table).into_iter().collect::<Vec<_>>(), ["0"]);
}

/// Of the ranges of g and w forgeries that nothing else stops: another price for the same g and w, by digits whose products are small modulo p.
#[test]
fn each_range_of_the_charge_is_needed() {
    let query = (0x0005_0002_9000_2000, 900, 3);
    // g_low: 512 2^16 127 is -2, so 127 2^16 less are made up for by a rest of 2 more
    let low = stops(query, |row| {
        (row.g_low, row.g_high) = (F::from_u16(900) - F::from_u32(127 << 16), F::from_u8(127));
        row.rest += F::TWO;
        add(&mut row.left, [0, -127, 0, 0]);
    });
    assert_eq!(low, ["range"]);
    // g_high: p + g
    let high = stops(query, |row| {
        (row.g_low, row.g_high) = (F::from_u16(901), F::from_u16(0x7f00));
        add(&mut row.left, [-1, -0x7f00, 0, 0]);
    });
    assert_eq!(high, ["range"]);
    // the bytes of w: one of 4080, whose square is 256 and 512 0x7f00
    let bytes = stops(query, |row| {
        add(&mut row.w, [-256 * 4080, 4080, 0]);
        row.carry[0] += F::from_u16(256);
        add(&mut row.left, [-1, -0x7f00, 0, 0]);
    });
    assert_eq!(bytes, ["bytes"]);
    // its upper part: 40028, whose square is beyond p / 2; 1/16, for 4096 words
    let upper = |w: F, left: [i32; 4], carry: [i32; 3]| {
        stops((0x4000_4000_4000_4000, 0, 0), |row| {
            (row.w[2], row.left, row.carry) = (w, left.map(F::from_i32), carry.map(F::from_i32));
        })
    };
    assert_eq!(upper(F::from_u16(40028), [0x4000, 58220, 65501, 16399], [0, -1265, 7680]), ["range"]);
    assert_eq!(upper(F::from_u8(16).inverse(), [4096, 0x4000, 32640, 0x4000], [96, 0, 0]), ["range"]);
}

/// Of the ranges of gas left, rest and carries forgeries that nothing else stops.
#[test]
fn each_range_of_the_digits_is_needed() {
    let query = (0x0005_0002_0200_2000, 900, 3);
    let fraction = |k: u8| F::from_u8(k).inverse();
    let stops = |left: [i32; 4], carry: [i32; 3], edit: &dyn Fn(&mut GasCols<F>)| {
        stops(query, |row| {
            add(&mut row.left, left);
            add(&mut row.carry, carry);
            edit(row);
        })
    };
    // the same gas by a digit beyond 16 bits and one less above it, more gas by a highest digit that is a fraction
    assert_eq!(stops([1 << 16, -1, 0, 0], [-512, 0, 0], &|_| ()), ["range"]);
    assert_eq!(stops([0, 1 << 16, -1, 0], [0, -512, 0], &|_| ()), ["range"]);
    assert_eq!(stops([0, 0, 1 << 16, -1], [0, 0, -512], &|_| ()), ["range"]);
    assert_eq!(stops([0, 0, 128, 0], [0, 0, -1], &|row| row.left[3] -= F::from_u16(512).inverse()), ["range"]);
    // a rest beyond its divisor, one that is a fraction
    assert_eq!(stops([1, 0, 0, 0], [0, 0, 0], &|row| row.rest += F::from_u16(512)), ["range"]);
    assert_eq!(stops([32512, 0, 0, 0], [0, 0, 0], &|row| row.rest -= fraction(128)), ["range"]);
    // carries of 512 63, as 2^25 63 is p - 2^24 - 1
    assert_eq!(stops([1 << 15, 63, 0, 0], [32256, 0, 0], &|row| row.rest -= F::ONE), ["range"]);
    assert_eq!(stops([128, 1 << 15, 63, 0], [-1, 32256, 0], &|_| ()), ["range"]);
    assert_eq!(stops([0, 128, 1 << 15, 63], [0, -1, 32256], &|_| ()), ["range"]);
    // carries that are fractions; the highest one cannot be
    assert_eq!(stops([32, 57344, 15, 0], [0, 7680, 0], &|row| row.carry[0] -= fraction(4)), ["range"]);
    assert_eq!(stops([0, 32, 57344, 15], [0, 0, 7680], &|row| row.carry[1] -= fraction(4)), ["range"]);
}
