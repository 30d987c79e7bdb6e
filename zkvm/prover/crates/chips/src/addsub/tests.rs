use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{AddSubAir, AddSubCols, AddSubRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), AddSubRows::default());
    for &(a, b) in pairs {
        for (op, result) in [(isa::ADD, a.wrapping_add(b)), (isa::SUB, a.wrapping_sub(b))] {
            let step = mock.pure(op, &[a, b], result);
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_add_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(2);
    pairs.extend((0..600).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("addsub", &AddSubAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&AddSubAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (59, 20, 76));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let (mock, table) = table(&[(U256::MAX, U256::ONE), (U256::from(5), U256::from(7)), (seeded.random(), seeded.random())]);
    assert_eq!(mock.check("addsub", &AddSubAir, &table), None);
    assert!(mock.accepted("addsub", &AddSubAir, &table, 0..6).is_empty());
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(AddSubCols::<F>::WIDTH);
    assert!(padding_rejects(&AddSubAir, AddSubCols::view(&numbers).uses));
}

/// Wrong words whose constraints a forger can satisfy but for the range of a limb, and other words.
#[test]
fn wrong_results_are_rejected() {
    let mut seeded = Seeded::new(4);
    let (a, b) = (seeded.random(), seeded.random());
    let (mock, table) = table(&[(a, b)]);
    let width = AddSubCols::<F>::WIDTH;
    for (row, right) in [(0, a.wrapping_add(b)), (1, a.wrapping_sub(b))] {
        for wrong in [right.wrapping_add(U256::ONE), right ^ (U256::ONE << 255usize), U256::ZERO, seeded.random()] {
            let mut forged = table.clone();
            AddSubCols::view_mut(&mut forged.values[row * width..(row + 1) * width]).result = limbs(wrong);
            assert!(mock.forged("addsub", &AddSubAir, &forged).is_some());
        }
        let mut forged = table.clone();
        let columns = AddSubCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
        columns.result[3] += F::from_u32(1 << 16);
        columns.result[4] -= F::ONE;
        assert!(mock.forged("addsub", &AddSubAir, &forged).is_some());
    }
}

/// The row of the other instruction over the same operands.
#[test]
fn the_op_decides() {
    let (a, b) = (U256::from(9), U256::from(4));
    let (mock, table) = table(&[(a, b)]);
    let mut forged = table.clone();
    let columns = AddSubCols::view_mut(&mut forged.values[..AddSubCols::<F>::WIDTH]);
    (columns.add, columns.sub, columns.result) = (F::ZERO, F::ONE, limbs(a - b));
    assert!(mock.forged("addsub", &AddSubAir, &forged).is_some());
}
