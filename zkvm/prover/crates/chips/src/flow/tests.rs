use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{FlowAir, FlowCols, FlowRows};
use crate::bus::F;
use crate::context::RomRow;
use crate::testing::{Mock, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = FlowCols::<F>::WIDTH;
const LABEL: u32 = 0x1_0203;
const BASE: u32 = 5;

/// A row of each instruction: REGION, LABEL, MOVE, CHARGE, JMP, JMPR.
fn bench() -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = FlowRows::default();
    mock.context.rom.insert(BASE + LABEL, RomRow { id: BASE + LABEL, op: isa::LABEL.into(), gas: 3, ..RomRow::default() });
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
    let table = rows.finish().unwrap();
    mock.settle("flow", &FlowAir, &table);
    (mock, table)
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
    ];
    for (row, column) in mock.accepted("flow", &FlowAir, &table, 0..6) {
        let reads = matches!(row, 2 | 5) && (view.a.limbs.contains(&column) || column == view.a.id || column == view.a.time);
        let bounds = row < 2 && [view.gas_low, view.gas_high].contains(&column) || row == 5 && column == view.label_gas;
        assert!(!always.contains(&column) && !reads && !bounds, "row {row}, column {column}");
    }
    assert!(padding_rejects(&FlowAir, view.uses));
    println!("{:?}", shape(&FlowAir));
}

/// Of each constraint a forgery that nothing else stops, whatever other chips believe.
#[test]
fn each_constraint_is_needed() {
    let stops = |row: usize, edit: fn(&mut FlowCols<F>)| {
        let (_, table) = bench();
        stopped_though_believed("flow", &FlowAir, &forged_row(&table, row, |cells| edit(FlowCols::view_mut(cells))))
    };
    // two instructions in a row
    assert_eq!(stops(3, |row| (row.is_jump, row.next, row.c) = (F::ONE, F::from_u8(60), F::from_u8(60))), ["12", "6"]);
    // wires shared by two region instances, or lost within one
    assert_eq!(stops(0, |row| row.region = row.state.region), ["9"]);
    assert_eq!(stops(3, |row| row.region += F::ONE), ["9"]);
    // jumps that the program does not have
    assert_eq!(stops(4, |row| row.next += F::ONE), ["10"]);
    assert_eq!(stops(5, |row| row.next += F::ONE), ["11"]);
    assert_eq!(stops(3, |row| row.next += F::ONE), ["12"]);
    // a word congruent to a label
    assert_eq!(stops(5, |row| row.a.limbs[2] = F::ONE), ["13"]);
    assert_eq!(stops(5, |row| row.a.limbs[15] = F::ONE), ["26"]);
    assert_eq!(stops(5, |row| (row.a.limbs[1], row.next) = (F::from_u8(64), row.next + F::from_u32(63 << 16))), ["range"]);
    // gas whose bound is another number's, or none
    assert_eq!(stops(0, |row| row.gas_low += F::ONE), ["27"]);
    assert_eq!(stops(0, |row| (row.gas_low, row.gas_high) = (row.gas_low + F::from_u32(1 << 16), row.gas_high - F::ONE)), ["range"]);
    // a wire of an instruction that gives none
    assert_eq!(stops(3, |row| row.uses = F::ONE), ["28"]);
}
