use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{Arrival, FinishAir, FinishCols, FinishRows};
use crate::bus::{F, name, tag};
use crate::context::RomRow;
use crate::testing::{Mock, REGION, forged_row, numbers, shape, stopped_though_believed};

const WIDTH: usize = FinishCols::<F>::WIDTH;

/// STOP, RETURN with output, REVERT without, HALT, a trap, and out of gas at a RETURN, once before any region.
fn run() -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = FinishRows::default();
    mock.context.gas_given.insert(4, 900);
    mock.context.regions.insert(4, (0, 800, 2));
    let words = |offset: u64, length: u64| [U256::from(offset), U256::from(length)];
    for (op, operands, status) in [(isa::STOP, &[][..], 0), (isa::RETURN, &words(0x1_0040, 0x1_0020), 0), (isa::REVERT, &words(5, 0), 1), (isa::HALT, &[], 2)] {
        let step = mock.chained(op, operands, 0, 11, |_| ());
        let stream = rows.push(&step, &mut mock.context);
        assert_eq!(stream.map(|stream| stream.length), (op == isa::RETURN).then_some(0x1_0020));
        let length = stream.map_or(0, |stream| stream.length);
        mock.owe(name::END, vec![step.frame, status, step.clk, step.gas as u32 + 11, step.words, length], -1);
        if let Some(stream) = stream {
            mock.owe(name::STREAM, vec![step.frame, step.clk, tag::DATA, step.clk, stream.offset & 0xffff, stream.offset >> 16, stream.length], -1);
        }
    }
    let arrives = |mock: &mut Mock, region: u32, id: u32, clk: u32, gas: u32| {
        mock.owe(name::CHAIN, vec![id, 4, region, clk, 900, 3], 1);
        mock.owe(name::END, vec![4, 2, clk, 900 + gas, 3, 0], -1);
        Arrival { frame: 4, region, clk, gas: 900, words: 3 }
    };
    rows.push_trap(&arrives(&mut mock, 8, 0, 400, 0), &mut mock.context);
    mock.context.rom.insert(70, RomRow { id: 70, op: u32::from(isa::RETURN) | 1 << 8, fields: [71, 72, 0], gas: 11 });
    assert_eq!(rows.push_out(70, &arrives(&mut mock, 8, 70, 440, 11), &mut mock.context), 911);
    // before the first region
    assert_eq!(rows.push_out(70, &arrives(&mut mock, 4, 70, 480, 11), &mut mock.context), 911);
    // 11 and 9 for memory are missing
    mock.offer(name::GAS_LEFT, vec![4, 911, 3, 1, 20, 0, 0, 0], 2);
    // where the regions began 94 were left
    mock.offer(name::GAS_LEFT, vec![4, 800, 2, 0, 94, 0, 0, 0], 3);
    mock.offer(name::BEGUN, vec![REGION, 800, 2], 1);
    mock.offer(name::BEGUN, vec![8, 800, 2], 2);
    (mock, rows.finish().unwrap())
}

/// The same, when others believe it.
fn bench() -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, table) = run();
    mock.settle("finish", &FinishAir, &table);
    (mock, table)
}

#[test]
fn frames_end_as_their_last_instructions_say() {
    let (mock, table) = run();
    assert_eq!(mock.check("finish", &FinishAir, &table), None);
}

#[test]
fn no_cell_that_counts_can_be_changed() {
    let (mock, table) = bench();
    assert!(mock.causes("finish", &FinishAir, &table).is_empty());
    let numbers = numbers(WIDTH);
    let view = FinishCols::view(&numbers);
    let accepted = mock.accepted("finish", &FinishAir, &table, 0..7);
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
        5 | 6 => view.missing.contains(&column) || column == view.op || column == view.gas,
        _ => false,
    };
    let begun = view.begun_left.into_iter().chain([view.begun_gas, view.begun_words]);
    for (row, column) in accepted {
        assert!(!counts(row, column) && column != view.bare, "row {row}, column {column}");
        assert!(!matches!(row, 3..=5) || begun.clone().all(|each| each != column), "row {row}, column {column}");
    }
    println!("{:?}", shape(&FinishAir));
}

/// What stops an honest row, edited, whatever other chips believe.
fn stops(row: usize, edit: impl FnOnce(&mut FinishCols<F>)) -> Vec<String> {
    let (_, table) = bench();
    stopped_though_believed("finish", &FinishAir, &forged_row(&table, row, |cells| edit(FinishCols::view_mut(cells))))
}

/// Rows of the bench.
const STOP: usize = 0;
const RETURN: usize = 1;
const REVERT: usize = 2;
const HALT: usize = 3;
const TRAP: usize = 4;
const OUT: usize = 5;
const BARE: usize = 6;

/// Of each constraint on the kind of a row a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_kind_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    for row in 0..7 {
        assert_eq!(stops(row, |_| ()), [""; 0]);
    }
    // an instruction at identifier 0, which a row answers that is a trap less another end; gas that is missing, answered so too
    assert_eq!(stops(TRAP, |row| row.is_stop = -one), ["0"]);
    assert_eq!(stops(TRAP, |row| row.is_halt = -one), ["3"]);
    assert_eq!(stops(TRAP, |row| row.is_out = -one), ["5"]);
    // a RETURN that reverts without its output: its code is that of a REVERT and a STOP less a RETURN
    let without = |row: &mut FinishCols<F>| {
        (row.is_return, row.is_revert, row.is_stop) = (-one, one, one);
        (row.nonempty, row.b.limbs) = (zero, [zero; 16]);
    };
    assert_eq!(stops(RETURN, without), ["1"]);
    // a REVERT without its output: a RETURN and a HALT less a REVERT
    assert_eq!(stops(REVERT, |row| (row.is_return, row.is_revert, row.is_halt) = (one, -one, one)), ["2"]);
    // a RETURN, whatever the instruction is, out of gas, less a trap
    let any = |row: &mut FinishCols<F>| (row.is_trap, row.is_out, row.op, row.state.id) = (-one, one, zero, zero);
    assert_eq!(stops(RETURN, any), ["4"]);
    // two ways to end
    assert_eq!(stops(TRAP, |row| (row.is_halt, row.op) = (one, F::from_u16(isa::HALT))), ["6"]);
    // another instruction than the program's; a trap that is none
    for row in [STOP, RETURN, REVERT, HALT] {
        assert_eq!(stops(row, |row| row.op += one), ["7"]);
    }
    assert_eq!(stops(TRAP, |row| row.state.id = one), ["8"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    for row in [RETURN, REVERT] {
        assert_eq!(stops(row, |row| (row.a.constant, row.a.time) = (F::TWO, -row.state.region)), ["9"]);
        assert_eq!(stops(row, |row| row.a.time += one), ["10"]);
        assert_eq!(stops(row, |row| (row.b.constant, row.b.time) = (F::TWO, -row.state.region)), ["11"]);
        assert_eq!(stops(row, |row| row.b.time += one), ["12"]);
    }
}

/// Of each constraint on where the region began a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_region_is_needed() {
    let before_any_region = |row: &mut FinishCols<F>, bare: F| {
        (row.bare, row.state.region) = (bare, row.state.frame);
        for operand in [&mut row.a, &mut row.b] {
            operand.time = row.state.region * (F::ONE - operand.constant);
        }
    };
    for row in [HALT, TRAP, OUT] {
        assert_eq!(stops(row, |row| before_any_region(row, F::ONE)), [""; 0]);
        // half a look-up of where a region began and what was left
        assert_eq!(stops(row, |row| before_any_region(row, F::TWO.inverse())), ["47"]);
        // a region that began with negative gas, told as none
        assert_eq!(stops(row, |row| row.bare = F::ONE), ["49"]);
    }
    // a frame that does not halt vouches for the beginning of a region, and for gas left
    for row in [STOP, RETURN, REVERT] {
        assert_eq!(stops(row, |row| before_any_region(row, F::ONE)), ["48"]);
    }
    assert_eq!(stops(BARE, |row| row.bare = F::ZERO), [""; 0]);
}

/// Where a region began and what was left there is looked up.
#[test]
fn the_beginning_of_the_region_is_looked_up() {
    for row in [HALT, TRAP, OUT] {
        let (mock, table) = run();
        let causes = |edit: &dyn Fn(&mut FinishCols<F>)| {
            let mut forged = table.clone();
            edit(FinishCols::view_mut(&mut forged.values[row * WIDTH..(row + 1) * WIDTH]));
            mock.causes("finish", &FinishAir, &forged).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(causes(&|_| ()), [""; 0]);
        assert_eq!(causes(&|row| row.begun_gas -= F::ONE), [name::BEGUN, name::GAS_LEFT]);
        assert_eq!(causes(&|row| row.begun_words -= F::ONE), [name::BEGUN, name::GAS_LEFT]);
        assert_eq!(causes(&|row| row.begun_left[0] += F::ONE), [name::GAS_LEFT]);
    }
}

/// Of each constraint on the output a forgery that nothing else stops. That `nonempty` is boolean (13) follows from 14 to 16.
#[test]
fn each_constraint_on_the_output_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // an output that is not streamed, none that is, one of an instruction that has none
    assert_eq!(stops(RETURN, |row| (row.nonempty, row.inverse) = (zero, zero)), ["15"]);
    assert_eq!(stops(REVERT, |row| row.nonempty = one), ["14"]);
    for row in [STOP, HALT, TRAP, OUT] {
        assert_eq!(stops(row, |row| row.nonempty = one), ["16"]);
        assert_eq!(stops(row, |row| row.b.limbs[0] = one), ["45"]);
        assert_eq!(stops(row, |row| row.b.limbs[1] = one), ["46"]);
    }
    // lengths and offsets congruent to others
    for i in 0..14 {
        assert_eq!(stops(RETURN, |row| row.b.limbs[2 + i] = one), [(17 + i).to_string()]);
        assert_eq!(stops(REVERT, |row| row.b.limbs[2 + i] = one), [(17 + i).to_string()]);
        assert_eq!(stops(RETURN, |row| row.a.limbs[2 + i] = one), [(31 + i).to_string()]);
    }
    let length = |low: u32, high: F| {
        stops(RETURN, |row| {
            (row.b.limbs[0], row.b.limbs[1]) = (F::from_u32(low), high);
            row.inverse = (row.b.limbs[0] + high * F::from_u32(1 << 16)).inverse();
        })
    };
    // 2^30 bytes; p + 4 bytes as 4; a limb that is a fraction
    assert_eq!(length(0xffff, F::from_u16(0x3fff)), [""; 0]);
    assert_eq!(length(0, F::from_u16(0x4000)), ["range"]);
    assert_eq!(length(5, F::from_u16(0x7f00)), ["range"]);
    assert_eq!(length(5, F::from_u8(4).inverse()), ["range"]);
}
