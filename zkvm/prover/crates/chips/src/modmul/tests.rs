use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ModMulAir, ModMulCols, ModMulRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

fn table(triples: &[[U256; 3]]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ModMulRows::default());
    for &[a, b, n] in triples {
        for (op, result) in [(isa::ADDMOD, a.add_mod(b, n)), (isa::MULMOD, a.mul_mod(b, n))] {
            let step = mock.pure(op, &[a, b, n], result);
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_reduce_as_ruint_says() {
    let mut seeded = Seeded::new(2);
    let mut triples: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |n| [a, U256::MAX, n])).collect();
    triples.extend((0..300).map(|_| [seeded.word(), seeded.word(), seeded.word()]));
    let (mock, table) = table(&triples);
    assert_eq!(mock.check("modmul", &ModMulAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&ModMulAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (272, 133, 317));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let triples = [[seeded.random(), seeded.random(), seeded.random()], [U256::MAX, U256::MAX, U256::ONE], [U256::from(9), U256::from(8), U256::ZERO]];
    let (mock, table) = table(&triples);
    assert_eq!(mock.check("modmul", &ModMulAir, &table), None);
    let numbers = numbers(ModMulCols::<F>::WIDTH);
    let columns = ModMulCols::view(&numbers);
    for (row, column) in mock.accepted("modmul", &ModMulAir, &table, 0..6) {
        // With n = 0 the result is 0, whatever q.
        let quotient = columns.quotient.as_flattened().contains(&column) || columns.quotient_high.as_flattened().contains(&column);
        assert!(quotient && row / 2 == 2, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(ModMulCols::<F>::WIDTH);
    let columns = ModMulCols::view(&numbers);
    for column in [columns.uses, columns.marks[0], columns.zero, columns.sum, columns.product] {
        assert!(padding_rejects(&ModMulAir, column));
    }
}

/// Quotient one less, remainder one modulus more; other words; the other instruction's row.
#[test]
fn wrong_results_are_rejected() {
    let (mock, table) = table(&[[U256::from(50), U256::from(3), U256::from(7)]]);
    let width = ModMulCols::<F>::WIDTH;
    for row in 0..2 {
        for mark in [Some(0), Some(1), None] {
            let mut forged = table.clone();
            let columns = ModMulCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
            columns.quotient[0][0] -= F::ONE;
            columns.result[0] += F::from_u8(7);
            columns.marks = [F::ZERO; 16];
            if let Some(i) = mark {
                columns.marks[i] = F::ONE;
                columns.gap = columns.n.limbs[i] - columns.result[i] - F::ONE;
            }
            assert!(mock.forged("modmul", &ModMulAir, &forged).is_some());
        }
        let mut forged = table.clone();
        ModMulCols::view_mut(&mut forged.values[row * width..(row + 1) * width]).result = limbs(U256::from(6));
        assert!(mock.forged("modmul", &ModMulAir, &forged).is_some());
        let mut forged = table.clone();
        let honest = *ModMulCols::view(&table.values[row * width..(row + 1) * width]);
        let other = ModMulCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
        *other = *ModMulCols::view(&table.values[(1 - row) * width..(2 - row) * width]);
        (other.a, other.b, other.n, other.id, other.uses) = (honest.a, honest.b, honest.n, honest.id, honest.uses);
        assert!(mock.forged("modmul", &ModMulAir, &forged).is_some());
    }
}
