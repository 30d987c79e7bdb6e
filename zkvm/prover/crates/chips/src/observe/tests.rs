use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ObserveAir, ObserveCols, ObserveRows};
use crate::bus::{F, name};
use crate::testing::{FRAME, Mock, Seeded, numbers, padding_rejects, shape};

const WIDTH: usize = ObserveCols::<F>::WIDTH;

fn size(mock: &mut Mock, rows: &mut ObserveRows, words: u32) {
    let step = mock.chained(isa::MSIZE, &[], 0, 2, |step| {
        (step.words, step.words_after) = (words, words);
        step.result = U256::from(words) << 5;
    });
    rows.push(&step, &mut mock.context);
}

/// A `GAS` row and the gas chip's answer; `left` is what the frame has after the instruction's charge.
fn gas(mock: &mut Mock, rows: &mut ObserveRows, words: u32, left: i64, exits: bool) {
    let step = mock.chained(isa::GAS, &[], 0, 2, |step| {
        (step.words, step.words_after) = (words, words);
        step.result = U256::from(left.unsigned_abs());
        if exits {
            step.next = 0;
        }
    });
    let memory = 3 * i64::from(words) + i64::from(words) * i64::from(words) / 512;
    let after = step.gas + 2;
    mock.context.gas_given.insert(FRAME, (left + memory + after as i64) as u64);
    rows.push(&step, &mut mock.context);
    let mut message = vec![FRAME, after as u32, words, u32::from(left < 0)];
    message.extend((0..4).map(|i| (left.unsigned_abs() >> (16 * i)) as u32 & 0xffff));
    let count = mock.context.gas_left[&(FRAME, after as u32, words)];
    mock.offer(name::GAS_LEFT, message, count);
}

fn table() -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ObserveRows::default());
    size(&mut mock, &mut rows, 0x1_2345);
    gas(&mut mock, &mut rows, 10, 0x1234_5678_9abc, false);
    gas(&mut mock, &mut rows, 10, -900, false);
    gas(&mut mock, &mut rows, 3000, -1, true);
    (mock, rows.finish().expect("rows"))
}

#[test]
fn size_and_gas_are_what_the_state_says() {
    let (mut mock, mut rows) = (Mock::new(), ObserveRows::default());
    for words in [0, 1, 2047, 2048, 2049, 65535, 65536, (1 << 27) - 1, 1 << 27] {
        size(&mut mock, &mut rows, words);
    }
    let mut seeded = Seeded::new(9);
    for left in [0, 1, 2300, 65535, 65536, 1 << 32, 1 << 48, -1, -5000] {
        gas(&mut mock, &mut rows, seeded.below(1 << 12) as u32, left, left == -1);
    }
    for _ in 0..100 {
        let left = (seeded.next() >> (16 + seeded.below(40))) as i64;
        gas(&mut mock, &mut rows, seeded.below(1 << 12) as u32, left, false);
    }
    let table = rows.finish().expect("rows");
    assert_eq!(mock.check("observe", &ObserveAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&ObserveAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (WIDTH, 8, 47));
}

#[test]
fn each_cell_matters() {
    let (mock, table) = table();
    assert_eq!(mock.check("observe", &ObserveAir, &table), None);
    let numbers = numbers(WIDTH);
    let c = ObserveCols::view(&numbers);
    // `negative` is of GAS rows, `low` of MSIZE rows: no message or word depends on them elsewhere.
    for (row, column) in mock.accepted("observe", &ObserveAir, &table, 0..4) {
        assert!(if row == 0 { column == c.negative } else { column == c.low }, "column {column} of row {row} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(WIDTH);
    assert!(padding_rejects(&ObserveAir, ObserveCols::view(&numbers).uses));
}

/// A frame with gas left may not halt at `GAS`; memory has one size.
#[test]
fn exits_and_sizes_are_true() {
    let (mock, honest) = table();
    let mut forged = honest.clone();
    let c = ObserveCols::view_mut(&mut forged.values[WIDTH..2 * WIDTH]);
    (c.exits, c.next) = (F::ONE, F::ZERO);
    assert!(mock.forged("observe", &ObserveAir, &forged).is_some());
    // an MSIZE row with limb 0 out of range, limb 1 one less
    let mut forged = honest.clone();
    let c = ObserveCols::view_mut(&mut forged.values[..WIDTH]);
    c.low += F::from_u32(2048);
    c.limbs[0] += F::from_u32(65536);
    c.limbs[1] -= F::ONE;
    assert!(mock.forged("observe", &ObserveAir, &forged).is_some());
}
