use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{Arrival, FinishAir, FinishCols, FinishRows};
use crate::bus::F;
use crate::testing::{Mock, forged_row, numbers, shape, stopped_though_believed};

const WIDTH: usize = FinishCols::<F>::WIDTH;

/// STOP, RETURN with output, REVERT without, HALT, a trap, and out of gas at a RETURN.
fn bench() -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = FinishRows::default();
    let words = |offset: u64, length: u64| [U256::from(offset), U256::from(length)];
    for (op, operands) in [(isa::STOP, &[][..]), (isa::RETURN, &words(0x1_0040, 0x1_0020)), (isa::REVERT, &words(5, 0)), (isa::HALT, &[])] {
        let step = mock.chained(op, operands, 0, 11, |_| ());
        let stream = rows.push(&step, &mut mock.context);
        assert_eq!(stream.map(|stream| stream.length), (op == isa::RETURN).then_some(0x1_0020));
    }
    let arrival = |clk| Arrival { frame: 4, region: 8, clk, gas: 900, words: 3 };
    rows.push_trap(&arrival(400));
    let never = mock.chained(isa::RETURN, &words(0, 32), 0, 11, |_| ());
    mock.context.gas_given.insert(4, 900);
    rows.push_out(never.id, &arrival(440), &mut mock.context);
    let table = rows.finish().unwrap();
    mock.settle("finish", &FinishAir, &table);
    (mock, table)
}

#[test]
fn no_cell_that_counts_can_be_changed() {
    let (mock, table) = bench();
    assert!(mock.causes("finish", &FinishAir, &table).is_empty());
    let numbers = numbers(WIDTH);
    let view = FinishCols::view(&numbers);
    let accepted = mock.accepted("finish", &FinishAir, &table, 0..6);
    let always = [
        view.is_stop,
        view.is_return,
        view.is_revert,
        view.is_halt,
        view.is_trap,
        view.is_out,
        view.state.frame,
        view.state.region,
        view.state.clk,
        view.state.gas,
        view.state.words,
        view.state.id,
        view.nonempty,
        view.b.limbs[0],
        view.b.limbs[1],
    ];
    let output = view.a.limbs.into_iter().chain(view.b.limbs).chain([view.a.id, view.b.id, view.op, view.gas]);
    let counts = |row: usize, column: usize| match row {
        _ if always.contains(&column) => row < 4 || ![view.b.limbs[0], view.b.limbs[1]].contains(&column),
        1 | 2 => output.clone().any(|each| each == column),
        5 => view.missing.contains(&column) || column == view.op || column == view.gas,
        _ => false,
    };
    for (row, column) in accepted {
        assert!(!counts(row, column), "row {row}, column {column}");
    }
    println!("{:?}", shape(&FinishAir));
}

/// Of each constraint a forgery that nothing else stops, whatever other chips believe.
#[test]
fn each_constraint_is_needed() {
    let stops = |row: usize, edit: fn(&mut FinishCols<F>)| {
        let (_, table) = bench();
        stopped_though_believed("finish", &FinishAir, &forged_row(&table, row, |cells| edit(FinishCols::view_mut(cells))))
    };
    // two ways to end
    assert_eq!(stops(4, |row| (row.is_halt, row.op) = (F::ONE, F::from_u16(isa::HALT))), ["6"]);
    // another instruction than the program's; a trap that is none
    assert_eq!(stops(0, |row| row.op = F::from_u16(isa::HALT)), ["7"]);
    assert_eq!(stops(4, |row| row.state.id = F::ONE), ["8"]);
    // an output that is not streamed, none that is, one of an instruction that has none
    assert_eq!(stops(1, |row| (row.nonempty, row.inverse) = (F::ZERO, F::ZERO)), ["15"]);
    assert_eq!(stops(2, |row| row.nonempty = F::ONE), ["14"]);
    assert_eq!(stops(0, |row| row.nonempty = F::ONE), ["16"]);
    assert_eq!(stops(3, |row| row.b.limbs[0] = F::ONE), ["45"]);
    assert_eq!(stops(3, |row| row.b.limbs[1] = F::ONE), ["46"]);
    // lengths and offsets congruent to others
    assert_eq!(stops(1, |row| row.b.limbs[2] = F::ONE), ["17"]);
    assert_eq!(stops(1, |row| row.b.limbs[15] = F::ONE), ["30"]);
    assert_eq!(stops(1, |row| row.a.limbs[2] = F::ONE), ["31"]);
    assert_eq!(stops(1, |row| row.a.limbs[15] = F::ONE), ["44"]);
    let long = stops(1, |row| {
        row.b.limbs[1] = F::from_u32(0x4000);
        row.inverse = F::from_u32(0x4000_0000 + row.b.limbs[0].as_canonical_u32()).inverse();
    });
    assert_eq!(long, ["range"]);
}
