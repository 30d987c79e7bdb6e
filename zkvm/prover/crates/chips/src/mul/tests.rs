use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{Carry, MulAir, MulCols, MulRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), MulRows::default());
    for &(a, b) in pairs {
        let step = mock.pure(isa::MUL, &[a, b], a.wrapping_mul(b));
        rows.push(&step, &mut mock.context);
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_multiply_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(2);
    pairs.extend((0..400).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("mul", &MulAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&MulAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (124, 69, 220));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let (mock, table) = table(&[(U256::MAX, U256::MAX), (U256::from(5), U256::from(7)), (seeded.random(), seeded.random())]);
    assert_eq!(mock.check("mul", &MulAir, &table), None);
    assert!(mock.accepted("mul", &MulAir, &table, 0..3).is_empty());
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(MulCols::<F>::WIDTH);
    let view = MulCols::view(&numbers);
    assert!([view.uses, view.products, view.instruction].into_iter().all(|column| padding_rejects(&MulAir, column)));
}

/// Rows that are no instructions answer who asks for a product, truthfully, and give no wire.
#[test]
fn products_are_answered() {
    let (mut mock, mut rows) = (Mock::new(), MulRows::default());
    let mut seeded = Seeded::new(5);
    for (a, b) in [(seeded.random(), seeded.random()), (U256::MAX, U256::MAX), (U256::ZERO, U256::MAX)] {
        assert_eq!(rows.product(a, b, &mut mock.context), a.wrapping_mul(b));
        let message = [a, b, a.wrapping_mul(b)].into_iter().flat_map(crate::word::limbs16).map(u32::from).collect();
        mock.owe(crate::bus::name::PRODUCT, message, 1);
    }
    let table = rows.finish().expect("rows");
    assert_eq!(mock.check("mul", &MulAir, &table), None);
    // what an instruction would name is free to be anything (no message has it), but no row becomes an instruction
    let numbers = numbers(MulCols::<F>::WIDTH);
    let view = MulCols::view(&numbers);
    let unread = [view.id, view.region, view.a.id, view.b.id, view.a.time, view.b.time, view.a.constant, view.b.constant];
    assert!(mock.accepted("mul", &MulAir, &table, 0..3).iter().all(|(_, column)| unread.contains(column)));
}

/// Other words, and the right limbs moved by what a carry can take up.
#[test]
fn wrong_results_are_rejected() {
    let mut seeded = Seeded::new(4);
    let (a, b) = (seeded.random(), seeded.random());
    let (mock, table) = table(&[(a, b)]);
    let right = a.wrapping_mul(b);
    for wrong in [right.wrapping_add(U256::ONE), right ^ (U256::ONE << 255usize), U256::ZERO, seeded.random()] {
        let mut forged = table.clone();
        MulCols::view_mut(&mut forged.values[..MulCols::<F>::WIDTH]).result = limbs(wrong);
        assert!(mock.forged("mul", &MulAir, &forged).is_some());
    }
    let mut forged = table.clone();
    let columns = MulCols::view_mut(&mut forged.values[..MulCols::<F>::WIDTH]);
    columns.result[15] += F::from_u32(1 << 16);
    columns.carries[15].low -= F::ONE;
    assert!(mock.forged("mul", &MulAir, &forged).is_some());
}

/// The other form of a carry (low + 64, high - 1) changes nothing: not a forgery, and accepted.
#[test]
fn a_carry_has_more_than_one_form() {
    let (mock, table) = table(&[(U256::MAX, U256::MAX)]);
    let mut other = table.clone();
    let Carry { low, high } = &mut MulCols::view_mut(&mut other.values[..MulCols::<F>::WIDTH]).carries[7];
    (*low, *high) = (*low + F::from_u8(64), *high - F::ONE);
    assert_eq!(mock.forged("mul", &MulAir, &other), None);
}
