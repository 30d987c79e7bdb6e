use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::word::{sar, shl, shr};

use super::{ShiftAir, ShiftCols, ShiftRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ShiftRows::default());
    for &(a, b) in pairs {
        for (op, result) in [(isa::SHL, shl(a, b)), (isa::SHR, shr(a, b)), (isa::SAR, sar(a, b))] {
            let step = mock.pure(op, &[a, b], result);
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn all_amounts_shift_as_ruint_says() {
    let mut seeded = Seeded::new(2);
    let mut pairs: Vec<_> = (0..=260u64).map(|amount| (U256::from(amount), seeded.random())).collect();
    pairs.extend((0..=256u64).map(|amount| (U256::from(amount), U256::MAX)));
    pairs.extend(edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))));
    pairs.extend((0..200).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("shift", &ShiftAir, &table), None);
}

#[test]
fn each_cell_but_unread_ones_matters() {
    let mut seeded = Seeded::new(3);
    let negative = seeded.random() | (U256::ONE << 255usize);
    for (a, b) in [(224u64, seeded.random()), (15, negative), (1, negative), (300, negative)] {
        let (mock, table) = table(&[(U256::from(a), b)]);
        let numbers = numbers(ShiftCols::<F>::WIDTH);
        let view = ShiftCols::view(&numbers);
        for (row, column) in mock.accepted("shift", &ShiftAir, &table, 0..3) {
            // the inverse is read if far, sign and rest on SAR rows; where all bits leave, the pieces within limbs lead nowhere
            let unread = column == view.inverse || (row < 2 && [view.sign, view.rest].contains(&column));
            let leaves = a >= 256 && (view.low.contains(&column) || view.high.contains(&column) || view.bits.contains(&column));
            assert!(unread || leaves, "amount {a} row {row} column {column}");
        }
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(ShiftCols::<F>::WIDTH);
    let view = ShiftCols::view(&numbers);
    for column in [view.uses, view.far, view.left[2], view.right[3]] {
        assert!(padding_rejects(&ShiftAir, column));
    }
    println!("{:?}", shape(&ShiftAir));
}
