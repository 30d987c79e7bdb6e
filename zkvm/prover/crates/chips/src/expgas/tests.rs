use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ExpGasAir, ExpGasCols, ExpGasRows};
use crate::bus::F;
use crate::testing::{Mock, numbers, padding_rejects, shape, stopped_though_believed};

/// Exponents under Osaka (50 a byte) or Frontier (10).
fn bench(fork: u8, price: u64, exponents: &[U256]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = ExpGasRows::default();
    mock.context.fork = fork;
    for &exponent in exponents {
        let step = mock.chained(isa::EXPGAS, &[exponent], 0, 7, |step| step.charge += price * exponent.byte_len() as u64);
        rows.push(&step, &mut mock.context);
    }
    (mock, rows.finish().unwrap())
}

fn lengths() -> Vec<U256> {
    let ends = (0..256_usize).map(|bit| U256::ONE << bit).chain((0..256_usize).map(|bit| U256::MAX >> bit));
    ends.chain([U256::ZERO, U256::from(0x100), U256::from(0xff00)]).collect()
}

#[test]
fn every_length_is_charged() {
    for (fork, price) in [(isa::fork::OSAKA, 50), (0, 10)] {
        let (mock, table) = bench(fork, price, &lengths());
        assert_eq!(mock.check("expgas", &ExpGasAir { fork }, &table), None);
    }
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let exponents = [U256::ZERO, U256::from(1), U256::from(0x100), U256::MAX, U256::ONE << 200_usize];
    let (mock, table) = bench(isa::fork::OSAKA, 50, &exponents);
    let inverse = ExpGasCols::view(&numbers(ExpGasCols::<F>::WIDTH)).inverse;
    // an exponent of 0 has no inverse
    let accepted = mock.accepted("expgas", &ExpGasAir { fork: isa::fork::OSAKA }, &table, 0..exponents.len());
    assert!(accepted.iter().all(|&cell| cell == (0, inverse)), "{accepted:?}");
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let numbers = numbers(ExpGasCols::<F>::WIDTH);
    let view = ExpGasCols::view(&numbers);
    assert!(view.marks.into_iter().chain([view.wide]).all(|column| padding_rejects(&ExpGasAir::default(), column)));
    println!("{:?}", shape(&ExpGasAir::default()));
}

/// An exponent charged as `bytes` bytes, with cells that say so: what alone stops it.
fn stops(exponent: u64, bytes: i64, edit: impl FnOnce(&mut ExpGasCols<F>)) -> Vec<String> {
    let mut mock = Mock::new();
    mock.context.fork = isa::fork::OSAKA;
    let mut rows = ExpGasRows::default();
    let step = mock.chained(isa::EXPGAS, &[U256::from(exponent)], 0, 7, |step| step.charge = (7 + 50 * bytes) as u64);
    rows.push(&step, &mut mock.context);
    let mut table = rows.finish().unwrap();
    edit(ExpGasCols::view_mut(&mut table.values[..ExpGasCols::<F>::WIDTH]));
    mock.causes("expgas", &ExpGasAir { fork: isa::fork::OSAKA }, &table).into_iter().collect()
}

/// Of each constraint on the length a forgery that nothing else stops. Ordinals: 4 and 5 are limb 15's mark and what is above it, 34 and 35 limb 0's.
#[test]
fn each_constraint_on_the_length_is_needed() {
    let (one, limb) = (F::ONE, |i: usize| 4 + 2 * (15 - i));
    let mark = |row: &mut ExpGasCols<F>, i: usize, top: u32| {
        row.marks = [F::ZERO; 16];
        row.marks[i] = F::ONE;
        (row.top, row.wide, row.high) = (F::from_u32(top), F::ZERO, F::ZERO);
        row.inverse = row.top.try_inverse().unwrap_or(F::ZERO);
    };
    // a shorter exponent: the mark below a limb that is not 0, or no mark at all
    assert_eq!(stops(0x1_0001, 1, |row| mark(row, 0, 1)), [(limb(1) + 1).to_string()]);
    assert_eq!(stops(1, 0, |row| (row.marks[0], row.top, row.inverse) = (F::ZERO, F::ZERO, F::ZERO)), [(limb(0) + 1).to_string()]);
    // two marks
    let two = stops(0x1_0000, 4, |row| {
        mark(row, 1, 1);
        row.marks[0] = one;
    });
    assert_eq!(two, ["36"]);
    // a mark of 2 and one of -1: less than no gas
    let odd = stops(1, -9, |row| {
        mark(row, 0, 2);
        (row.marks[0], row.marks[5]) = (F::TWO, -one);
    });
    assert_eq!(odd, [limb(5).to_string(), limb(0).to_string()].into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>());
    // a marked limb of another value
    assert_eq!(stops(0x100, 1, |row| mark(row, 0, 5)), ["38"]);
    // a high byte that does not count, or is not split off
    let counted = stops(0x100, 1, |row| {
        mark(row, 0, 0x100);
        row.high = one;
    });
    assert_eq!(counted, ["39"]);
    assert_eq!(stops(0x100, 1, |row| mark(row, 0, 0x100)), ["bytes"]);
    // a longer exponent: a high byte of 0, or a limb of 0, that counts
    let wide = stops(5, 2, |row| {
        mark(row, 0, 5);
        row.wide = one;
    });
    assert_eq!(wide, ["41"]);
    assert_eq!(stops(0, 7, |row| mark(row, 3, 0)), ["42"]);
    // another price
    assert_eq!(stops(5, 2, |_| ()), ["chain"]);
}

/// What stops the row of an exponent, edited, after an honest row of exponent 0, whatever other chips believe.
fn stopped(exponent: U256, edit: impl FnOnce(&mut ExpGasCols<F>)) -> Vec<String> {
    let (_, mut table) = bench(isa::fork::OSAKA, 50, &[U256::ZERO, exponent]);
    edit(ExpGasCols::view_mut(&mut table.values[ExpGasCols::<F>::WIDTH..]));
    stopped_though_believed("expgas", &ExpGasAir { fork: isa::fork::OSAKA }, &table)
}

/// Of each constraint on the row, its operand and its marks a forgery that nothing else stops. That `wide` is boolean (1) follows from 39 and 41, that it
/// needs a mark (40) from these and the bytes; marks of a row that is not real (37) say nothing.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let one = F::ONE;
    assert_eq!(stopped(U256::from(0x1234), |_| ()), [""; 0]);
    // a wire read as 0, whatever its word: the answer of a row that is real less than no times
    assert_eq!(stopped(U256::ZERO, |row| row.real = -one), ["0"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    assert_eq!(stopped(U256::from(5), |row| (row.a.constant, row.a.time) = (F::TWO, -row.state.region)), ["2"]);
    assert_eq!(stopped(U256::from(5), |row| row.a.time += one), ["3"]);
    for i in 0..16 {
        // no bytes, or less than none: a mark less than no times
        let less = |row: &mut ExpGasCols<F>| (row.marks[i], row.marks[usize::from(i == 0)]) = (-one, one);
        assert_eq!(stopped(U256::ZERO, less), [(4 + 2 * (15 - i)).to_string()]);
        // a shorter exponent: the mark below a limb that is not 0
        let short = |row: &mut ExpGasCols<F>| {
            row.marks = [F::ZERO; 16];
            row.marks[0] = F::from_bool(i > 0);
            (row.top, row.inverse) = (row.marks[0], row.marks[0]);
        };
        assert_eq!(stopped(U256::ONE << (16 * i) | U256::ONE, short), [(5 + 2 * (15 - i)).to_string()]);
    }
}
