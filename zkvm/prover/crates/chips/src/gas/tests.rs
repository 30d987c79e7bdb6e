use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{GasAir, GasCols, gas_left, generate};
use crate::bus::F;
use crate::testing::{Mock, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = GasCols::<F>::WIDTH;

/// A row for each of (given, g, w).
fn bench(queries: &[(u64, u32, u32)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    for (frame, &(given, g, w)) in (4..).step_by(400).zip(queries) {
        mock.context.gas_given.insert(frame, given);
        mock.context.gas_left.insert((frame, g, w), 2);
    }
    let table = generate(&mut mock.context).0.expect("rows");
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

/// Of each constraint a forgery that nothing else stops, whatever other chips believe.
#[test]
fn each_constraint_is_needed() {
    let stops = |query: (u64, u32, u32), edit: fn(&mut GasCols<F>)| {
        let (_, mut table) = bench(&[query]);
        edit(GasCols::view_mut(&mut table.values[..WIDTH]));
        stopped_though_believed("gas", &GasAir, &table)
    };
    let query = (0x0003_0002_0001_9000, 900, 3);
    // more gas left, digit by digit
    assert_eq!(stops(query, |row| row.left[0] += F::ONE), ["3"]);
    assert_eq!(stops(query, |row| row.left[1] += F::ONE), ["4"]);
    assert_eq!(stops(query, |row| row.left[2] += F::ONE), ["5"]);
    assert_eq!(stops(query, |row| row.left[3] += F::ONE), ["6"]);
    // out of gas with exactly enough
    assert_eq!(stops((909, 900, 3), |row| row.negative = F::ONE), ["7"]);
    // the same gas by a digit beyond 16 bits and a negative one; one gas more by a rest beyond its divisor
    assert_eq!(
        stops(query, |row| {
            row.left[0] += F::from_u32(1 << 16);
            row.left[1] -= F::ONE;
            row.carry[0] -= F::from_u32(512);
        }),
        ["range"]
    );
    assert_eq!(stops(query, |row| (row.left[0], row.rest) = (row.left[0] + F::ONE, row.rest + F::from_u32(512))), ["range"]);
}
