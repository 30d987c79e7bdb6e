use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ByteAir, ByteCols, ByteRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

/// The result from the bytes of the word in EVM order.
fn expected(op: u16, a: U256, b: U256) -> U256 {
    let mut bytes = b.to_be_bytes::<32>();
    let index = if a < U256::from(32) { a.as_limbs()[0] as usize } else { 32 };
    match (op, index) {
        (isa::BYTE, 32) => U256::ZERO,
        (isa::BYTE, i) => U256::from(bytes[i]),
        (_, 32) => b,
        (_, i) => {
            let fill = if bytes[31 - i] >= 0x80 { 0xff } else { 0 };
            bytes[..31 - i].fill(fill);
            U256::from_be_bytes(bytes)
        }
    }
}

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ByteRows::default());
    for &(a, b) in pairs {
        for op in [isa::BYTE, isa::SIGNEXTEND] {
            let step = mock.pure(op, &[a, b], expected(op, a, b));
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn all_indices_choose_the_right_byte() {
    let mut seeded = Seeded::new(2);
    let mut pairs = vec![];
    for index in 0..=33u64 {
        pairs.extend((0..6).map(|_| (U256::from(index), seeded.random())));
        pairs.extend([(U256::from(index), U256::MAX), (U256::from(index), U256::ZERO)]);
    }
    pairs.extend(edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("byte", &ByteAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&ByteAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (112, 22, 94));
}

#[test]
fn each_cell_matters() {
    let word = Seeded::new(3).random() | U256::from(0x80);
    let (mock, table) = table(&[(U256::ZERO, word), (U256::from(13), word), (U256::from(31), word), (U256::from(40), word), (U256::MAX, word)]);
    assert_eq!(mock.check("byte", &ByteAir, &table), None);
    let numbers = numbers(ByteCols::<F>::WIDTH);
    let columns = ByteCols::view(&numbers);
    for (row, column) in mock.accepted("byte", &ByteAir, &table, 0..10) {
        // Read only under `high`.
        assert!(column == columns.inverse && row / 2 != 4, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(ByteCols::<F>::WIDTH);
    let columns = ByteCols::view(&numbers);
    for column in [columns.uses, columns.low, columns.high, columns.marks[4], columns.sign] {
        assert!(padding_rejects(&ByteAir, column));
    }
}

/// The row of another index or instruction under this one's operands.
#[test]
fn wrong_bytes_are_rejected() {
    let word = Seeded::new(8).random();
    let pairs: Vec<_> = [0u64, 1, 15, 31, 32].iter().map(|&a| (U256::from(a), word)).collect();
    let (mock, table) = table(&pairs);
    let width = ByteCols::<F>::WIDTH;
    for row in 0..10 {
        for other in 0..10 {
            let honest = *ByteCols::view(&table.values[row * width..(row + 1) * width]);
            let mut columns = *ByteCols::view(&table.values[other * width..(other + 1) * width]);
            if columns.result == honest.result {
                continue;
            }
            (columns.a, columns.b, columns.id, columns.uses) = (honest.a, honest.b, honest.id, honest.uses);
            for keep_flags in [false, true] {
                if keep_flags {
                    (columns.byte, columns.extend) = (honest.byte, honest.extend);
                }
                let mut forged = table.clone();
                *ByteCols::view_mut(&mut forged.values[row * width..(row + 1) * width]) = columns;
                assert!(mock.forged("byte", &ByteAir, &forged).is_some(), "row {row} as {other}");
            }
        }
    }
    let mut forged = table.clone();
    ByteCols::view_mut(&mut forged.values[..width]).result = limbs(word);
    assert!(mock.forged("byte", &ByteAir, &forged).is_some());
}
