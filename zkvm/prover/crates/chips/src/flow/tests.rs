use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{FlowAir, FlowCols, FlowRows};
use crate::bus::{F, name};
use crate::context::RomRow;
use crate::testing::{FRAME, Mock, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = FlowCols::<F>::WIDTH;
const LABEL: u32 = 0x1_0203;
const BASE: u32 = 5;

/// A row of each instruction: REGION, LABEL, MOVE, CHARGE, JMP, JMPR.
fn run() -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = FlowRows::default();
    mock.context.rom.insert(BASE + LABEL, RomRow { id: BASE + LABEL, op: isa::LABEL.into(), fields: [0, 0, BASE], gas: 3 });
    for (op, operands, immediate, next) in [
        (isa::REGION, &[][..], 0, None),
        (isa::LABEL, &[], 0, None),
        (isa::MOVE, &[U256::from(77)], 9, None),
        (isa::CHARGE, &[], 0, None),
        (isa::JMP, &[], 60, Some(60)),
        (isa::JMPR, &[U256::from(LABEL)], BASE, Some(BASE + LABEL)),
    ] {
        let step = mock.chained(op, operands, immediate, 11, |step| step.next = next.unwrap_or(step.next));
        rows.push(&step, &mut mock.context);
    }
    let (begun, gas, words) = mock.context.regions[&FRAME];
    mock.context.begun.insert(begun, 2);
    mock.owe(name::BEGUN, vec![begun, gas, words], 2);
    let table = rows.finish(&mock.context).unwrap();
    (mock, table)
}

/// The same, when others believe it.
fn bench() -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, table) = run();
    mock.settle("flow", &FlowAir, &table);
    (mock, table)
}

#[test]
fn control_goes_where_the_program_says() {
    let (mock, table) = run();
    assert_eq!(mock.check("flow", &FlowAir, &table), None);
}

#[test]
fn no_cell_that_counts_can_be_changed() {
    let (mock, table) = bench();
    assert!(mock.causes("flow", &FlowAir, &table).is_empty());
    let numbers = numbers(WIDTH);
    let view = FlowCols::view(&numbers);
    let always = [
        view.is_region,
        view.is_label,
        view.is_move,
        view.is_charge,
        view.is_jump,
        view.is_return,
        view.state.id,
        view.state.frame,
        view.state.region,
        view.state.clk,
        view.state.gas,
        view.state.words,
        view.gas,
        view.next,
        view.region,
        view.uses,
        view.c,
        view.begun_uses,
    ];
    for (row, column) in mock.accepted("flow", &FlowAir, &table, 0..6) {
        let reads = matches!(row, 2 | 5) && (view.a.limbs.contains(&column) || column == view.a.id || column == view.a.time);
        let bounds = row < 2 && [view.gas_low, view.gas_high].contains(&column) || row == 5 && column == view.label_gas;
        assert!(!always.contains(&column) && !reads && !bounds, "row {row}, column {column}");
    }
    assert!([view.uses, view.begun_uses].into_iter().all(|column| padding_rejects(&FlowAir, column)));
    println!("{:?}", shape(&FlowAir));
}

/// What stops an honest row, edited, whatever other chips believe.
fn stops(row: usize, edit: impl FnOnce(&mut FlowCols<F>)) -> Vec<String> {
    let (_, table) = bench();
    stopped_though_believed("flow", &FlowAir, &forged_row(&table, row, |cells| edit(FlowCols::view_mut(cells))))
}

/// Rows of the bench.
const REGION: usize = 0;
const TAG: usize = 1;
const MOVE: usize = 2;
const CHARGE: usize = 3;
const JUMP: usize = 4;
const RETURN: usize = 5;

/// Of each constraint on the kind of a row a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_kind_is_needed() {
    let one = F::ONE;
    for row in 0..6 {
        assert_eq!(stops(row, |_| ()), [""; 0]);
    }
    // a LABEL and a MOVE less a REGION, as well a REGION and a MOVE less a LABEL: instructions of other codes taken for a MOVE
    assert_eq!(stops(MOVE, |row| (row.is_region, row.is_label) = (-one, one)), ["0"]);
    let moved = |row: &mut FlowCols<F>| (row.is_region, row.is_label) = (one, -one);
    assert_eq!(stops(MOVE, moved), ["1"]);
    // a JMPR and a CHARGE less a MOVE, which goes to a label that no operand says
    let free = |row: &mut FlowCols<F>| (row.is_move, row.is_charge) = (-one, one);
    assert_eq!(stops(RETURN, free), ["2"]);
    // a wire given by a row that is no instruction: a MOVE less another
    assert_eq!(stops(MOVE, |row| row.is_charge = -one), ["3"]);
    let jump = |row: &mut FlowCols<F>| (row.is_jump, row.next, row.state.id) = (-one, row.c, row.c - one);
    assert_eq!(stops(MOVE, jump), ["4"]);
    // two instructions in a row
    assert_eq!(stops(MOVE, |row| row.is_charge = one), ["6"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    for row in [MOVE, RETURN] {
        assert_eq!(stops(row, |row| (row.a.constant, row.a.time) = (F::TWO, -row.state.region)), ["7"]);
        assert_eq!(stops(row, |row| row.a.time += one), ["8"]);
    }
    // a wire of an instruction that gives none
    for row in [REGION, TAG, CHARGE, JUMP, RETURN] {
        assert_eq!(stops(row, |row| row.uses = one), ["29"]);
    }
}

/// A MOVE less a JMPR gives a word that nobody gave it: its own look-ups are those of a JMPR, less, and one that runs makes up for them.
#[test]
fn no_word_comes_from_a_return_that_is_less_than_none() {
    let (_, table) = bench();
    let mut forged = forged_row(&table, RETURN, |_| ());
    forged.values.copy_within(..WIDTH, WIDTH);
    let row = FlowCols::view_mut(&mut forged.values[WIDTH..]);
    (row.is_move, row.is_return, row.uses) = (F::ONE, -F::ONE, F::ONE);
    row.state.id = row.next - F::ONE;
    assert_eq!(stopped_though_believed("flow", &FlowAir, &forged), ["5"]);
}

/// Of each constraint on the next instruction and its region a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_next_instruction_is_needed() {
    let one = F::ONE;
    // wires shared by two region instances, or lost within one
    for row in [REGION, TAG] {
        assert_eq!(stops(row, |row| row.region = row.state.region), ["9"]);
    }
    for row in [MOVE, CHARGE, JUMP, RETURN] {
        assert_eq!(stops(row, |row| row.region += one), ["9"]);
    }
    // jumps that the program does not have
    assert_eq!(stops(JUMP, |row| row.next += one), ["10"]);
    assert_eq!(stops(RETURN, |row| row.next += one), ["11"]);
    for row in [REGION, TAG, MOVE, CHARGE] {
        assert_eq!(stops(row, |row| row.next += one), ["12"]);
    }
    // a word congruent to a label
    for i in 0..14 {
        assert_eq!(stops(RETURN, |row| row.a.limbs[2 + i] = one), [(13 + i).to_string()]);
    }
    assert_eq!(stops(RETURN, |row| (row.a.limbs[1], row.next) = (F::from_u8(64), row.next + F::from_u32(63 << 16))), ["range"]);
    // the sum of p + 2 and the base as that of 2
    assert_eq!(stops(RETURN, |row| (row.a.limbs[0], row.a.limbs[1], row.next) = (F::from_u8(3), F::from_u16(0x7f00), row.c + F::TWO)), ["range"]);
    // a limb that is a fraction
    assert_eq!(stops(RETURN, |row| (row.a.limbs[1], row.next) = (F::from_u16(1 << 10).inverse(), row.next - F::from_u16(0xffc0))), ["range"]);
}

/// A row that begins no region says nothing of where its region began.
#[test]
fn regions_begin_where_their_rows_say() {
    for row in [MOVE, CHARGE, JUMP, RETURN] {
        assert_eq!(stops(row, |row| row.begun_uses = F::ONE), ["28"]);
    }
    for row in [REGION, TAG] {
        assert_eq!(stops(row, |row| row.begun_uses += F::ONE), [""; 0]);
    }
}

/// Of each look-up of gas where a region begins a forgery that nothing else stops.
#[test]
fn each_bound_on_gas_is_needed() {
    for row in [REGION, TAG] {
        // gas whose bound is another number's
        assert_eq!(stops(row, |row| row.gas_low += F::ONE), ["27"]);
        let gas = |low: u32, high: F| {
            stops(row, |row| {
                (row.gas_low, row.gas_high) = (F::from_u32(low), high);
                row.state.gas = row.gas_low + high * F::from_u32(1 << 16) - row.gas;
            })
        };
        // 2^30 and more: by its lower part, by its upper one, by a fraction of that
        assert_eq!(gas((1 << 16) - 1, F::from_u16((1 << 14) - 1)), [""; 0]);
        assert_eq!(gas(1 << 30, F::ZERO), ["range"]);
        assert_eq!(gas(5, F::from_u32(1 << 14)), ["range"]);
        assert_eq!(gas((1 << 14) + 5, F::from_u16(0xffff) * F::from_u8(4).inverse()), ["range"]);
    }
}
