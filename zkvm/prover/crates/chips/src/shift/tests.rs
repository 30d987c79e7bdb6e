use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ShiftAir, ShiftCols, ShiftRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

fn shifted(op: u16, a: U256, b: U256) -> U256 {
    let s = if a < U256::from(256) { a.as_limbs()[0] as usize } else { 256 };
    match op {
        isa::SHL => b.wrapping_shl(s),
        isa::SHR => b.wrapping_shr(s),
        _ => b.arithmetic_shr(s),
    }
}

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ShiftRows::default());
    for &(a, b) in pairs {
        for op in [isa::SHL, isa::SHR, isa::SAR] {
            let step = mock.pure(op, &[a, b], shifted(op, a, b));
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn all_amounts_shift_as_ruint_says() {
    let mut seeded = Seeded::new(2);
    let mut pairs = vec![];
    for amount in 0..=260u64 {
        pairs.extend([(U256::from(amount), seeded.random()), (U256::from(amount), U256::MAX), (U256::from(amount), !seeded.random() | U256::ONE << 255usize)]);
    }
    for a in edges() {
        pairs.extend(edges().into_iter().map(|b| (a, b)));
        pairs.push((a, seeded.random()));
    }
    pairs.extend((0..200).map(|_| (U256::from(seeded.below(256)), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("shift", &ShiftAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&ShiftAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (154, 30, 110));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let negative = seeded.random() | U256::ONE << 255usize;
    let amounts = [U256::ZERO, U256::from(3), U256::from(13), U256::from(224), U256::from(255), U256::from(300), U256::ONE << 200usize];
    let pairs: Vec<_> = amounts.into_iter().map(|a| (a, negative)).collect();
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("shift", &ShiftAir, &table), None);
    let numbers = numbers(ShiftCols::<F>::WIDTH);
    let columns = ShiftCols::view(&numbers);
    for (row, column) in mock.accepted("shift", &ShiftAir, &table, 0..21) {
        // Read only under `high`.
        let inverse = column == columns.inverse && row / 3 != 6;
        // Nothing is moved on rows of large amounts. (`top` follows from `byte` there.)
        let byte = column == columns.byte && row / 3 >= 5;
        let product = row / 3 >= 5 && (columns.product_low.contains(&column) || columns.product_high.contains(&column) || columns.carries.contains(&column));
        assert!(inverse || byte || product, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(ShiftCols::<F>::WIDTH);
    let columns = ShiftCols::view(&numbers);
    for column in [columns.uses, columns.low, columns.high, columns.moves[0], columns.sign] {
        assert!(padding_rejects(&ShiftAir, column));
    }
}

/// The row of another amount, word or instruction under this one's operands.
#[test]
fn wrong_shifts_are_rejected() {
    let word = Seeded::new(8).random() | U256::ONE << 255usize;
    let amounts = [0u64, 1, 8, 15, 16, 31, 255, 256];
    let pairs: Vec<_> = amounts.iter().map(|&a| (U256::from(a), word)).collect();
    let (mock, table) = table(&pairs);
    let width = ShiftCols::<F>::WIDTH;
    let rows = 3 * pairs.len();
    for row in 0..rows {
        for other in (0..rows).filter(|&other| other != row) {
            let mut forged = table.clone();
            let honest = *ShiftCols::view(&table.values[row * width..(row + 1) * width]);
            let mut columns = *ShiftCols::view(&table.values[other * width..(other + 1) * width]);
            if columns.result == honest.result {
                continue;
            }
            (columns.a, columns.b, columns.id, columns.uses) = (honest.a, honest.b, honest.id, honest.uses);
            for keep_flags in [false, true] {
                if keep_flags {
                    (columns.shl, columns.shr, columns.sar) = (honest.shl, honest.shr, honest.sar);
                }
                *ShiftCols::view_mut(&mut forged.values[row * width..(row + 1) * width]) = columns;
                assert!(mock.forged("shift", &ShiftAir, &forged).is_some(), "row {row} as {other}");
            }
        }
    }
    let mut forged = table.clone();
    ShiftCols::view_mut(&mut forged.values[..width]).result = limbs(U256::ZERO);
    assert!(mock.forged("shift", &ShiftAir, &forged).is_some());
}
