use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ObserveAir, ObserveCols, ObserveRows};
use crate::bus::{F, name};
use crate::testing::{FRAME, Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = ObserveCols::<F>::WIDTH;

fn size(mock: &mut Mock, rows: &mut ObserveRows, words: u32) {
    let step = mock.chained(isa::MSIZE, &[], 0, 2, |step| {
        (step.words, step.words_after) = (words, words);
        step.result = U256::from(words) << 5;
    });
    rows.push(&step, &mut mock.context);
}

/// A `GAS` row and the gas chip's answer; `left` is what the frame has after the instruction's charge.
fn gas(mock: &mut Mock, rows: &mut ObserveRows, words: u32, left: u64) {
    let step = mock.chained(isa::GAS, &[], 0, 2, |step| {
        (step.words, step.words_after) = (words, words);
        step.result = U256::from(left);
    });
    let memory = 3 * u64::from(words) + u64::from(words) * u64::from(words) / 512;
    let after = step.gas + 2;
    mock.context.gas_given.insert(FRAME, left + memory + after);
    rows.push(&step, &mut mock.context);
    let mut message = vec![FRAME, after as u32, words, 0];
    message.extend((0..4).map(|i| (left >> (16 * i)) as u32 & 0xffff));
    let count = mock.context.gas_left[&(FRAME, after as u32, words)];
    mock.offer(name::GAS_LEFT, message, count);
}

fn table() -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ObserveRows::default());
    size(&mut mock, &mut rows, 0x1_2345);
    gas(&mut mock, &mut rows, 10, 0x1234_5678_9abc);
    (mock, rows.finish().expect("rows"))
}

#[test]
fn size_and_gas_are_what_the_state_says() {
    let (mut mock, mut rows) = (Mock::new(), ObserveRows::default());
    for words in [0, 1, 2047, 2048, 2049, 65535, 65536, (1 << 27) - 1, 1 << 27] {
        size(&mut mock, &mut rows, words);
    }
    let mut seeded = Seeded::new(9);
    for left in [0, 1, 2300, 65535, 65536, 1 << 32, 1 << 48] {
        gas(&mut mock, &mut rows, seeded.below(1 << 12) as u32, left);
    }
    for _ in 0..100 {
        let left = seeded.next() >> (16 + seeded.below(40));
        gas(&mut mock, &mut rows, seeded.below(1 << 12) as u32, left);
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
    // `low` is of MSIZE rows: no message or word depends on it elsewhere.
    for (row, column) in mock.accepted("observe", &ObserveAir, &table, 0..2) {
        assert!(row == 1 && column == c.low, "column {column} of row {row} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(WIDTH);
    assert!(padding_rejects(&ObserveAir, ObserveCols::view(&numbers).uses));
}

type Edit = fn(&mut ObserveCols<F>);

/// What stops rows of the honest table side by side once they are edited, if others believe each message.
fn stopped<const N: usize>(edited: [(usize, Edit); N]) -> Vec<String> {
    let (_, table) = table();
    let rows = edited.map(|(row, edit)| forged_row(&table, row, |cells| edit(ObserveCols::view_mut(cells))).values);
    stopped_though_believed("observe", &ObserveAir, &RowMajorMatrix::new(rows.concat(), WIDTH))
}

/// Of each constraint on the kinds and on control a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_kinds_is_needed() {
    for row in 0..2 {
        assert_eq!(stopped([(row, |_| ())]), [""; 0]);
    }
    // a limb out of range, which a row that counts -1 provides
    let wide: Edit = |c| (c.low, c.limbs, c.state.words) = (F::ZERO, [0, 1 << 16, 0, 0].map(F::from_u32), F::from_u32(1 << 27));
    let provides: Edit = |c| {
        (c.size, c.gas, c.uses) = (-F::ONE, F::ONE, F::ZERO);
        (c.low, c.limbs, c.state.words) = (F::ZERO, [0, 1 << 16, 0, 0].map(F::from_u32), F::from_u32(1 << 27));
    };
    assert_eq!(stopped([(0, wide)]), ["range"]);
    assert_eq!(stopped([(0, wide), (0, provides)]), ["0"]);
    // gas left that the gas chip did not say
    assert_eq!(stopped([(0, |c| (c.gas, c.uses) = (-F::ONE, F::ZERO))]), ["1"]);
    // two instructions in a row
    assert_eq!(stopped([(0, |c| (c.gas, c.uses) = (F::ONE, F::ZERO))]), ["2"]);
    // a word of no instruction
    assert_eq!(stopped([(0, |c| c.size = F::ZERO)]), ["3"]);
}

/// What is missing is not gas left: the gas chip says which it is, and a GAS row asks for what is left.
#[test]
fn gas_that_is_missing_is_not_observed() {
    let (mut mock, mut rows) = (Mock::new(), ObserveRows::default());
    gas(&mut mock, &mut rows, 10, 900);
    let honest = rows.finish().expect("rows");
    assert!(mock.causes("observe", &ObserveAir, &honest).is_empty());
    // a frame that was given 1800 less lacks as much as this one has left
    let (mut mock, mut rows) = (Mock::new(), ObserveRows::default());
    let step = mock.chained(isa::GAS, &[], 0, 2, |step| step.result = U256::from(900));
    rows.push(&step, &mut mock.context);
    let after = step.gas as u32 + 2;
    mock.offer(name::GAS_LEFT, vec![FRAME, after, step.words, 1, 900, 0, 0, 0], 1);
    let mut forged = rows.finish().expect("rows");
    ObserveCols::view_mut(&mut forged.values[..WIDTH]).limbs = [900, 0, 0, 0].map(F::from_u32);
    assert_eq!(mock.causes("observe", &ObserveAir, &forged).into_iter().collect::<Vec<_>>(), [name::GAS_LEFT]);
}

/// Memory has one size: of each constraint on its limbs a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_size_is_needed() {
    assert_eq!(stopped([(0, |c| c.limbs[0] += F::ONE)]), ["4"]);
    // limb 1 counted in limb 2
    assert_eq!(stopped([(0, |c| (c.limbs[1], c.limbs[2]) = (c.limbs[1] - F::ONE, c.limbs[2] + F::from_u32(1 << 16).inverse()))]), ["5"]);
    assert_eq!(stopped([(0, |c| c.limbs[3] = F::ONE)]), ["6"]);
    assert_eq!(stopped([(0, |c| c.limbs[1] += F::ONE)]), ["7"]);
    // limb 0 beyond 16 bits
    let split = stopped([(0, |c| {
        (c.low, c.limbs[0]) = (c.low + F::from_u32(1 << 11), c.limbs[0] + F::from_u32(1 << 16));
        c.limbs[1] -= F::ONE;
    })]);
    assert_eq!(split, ["range"]);
    // no words: 1 / 32 + 2^11 32512 = 0 mod p
    let fraction = stopped([(0, |c| (c.low, c.limbs, c.state.words) = (F::from_u8(32).inverse(), [1, 32512, 0, 0].map(F::from_u32), F::ZERO))]);
    assert_eq!(fraction, ["range"]);
}
