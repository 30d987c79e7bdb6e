use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{MulAir, MulCols, MulRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};

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
    pairs.extend((0..300).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("mul", &MulAir, &table), None);
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let (mock, table) = table(&[(U256::MAX, U256::MAX), (seeded.random(), seeded.random())]);
    assert!(mock.accepted("mul", &MulAir, &table, 0..2).is_empty());
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(MulCols::<F>::WIDTH);
    assert!(padding_rejects(&MulAir, MulCols::view(&numbers).uses));
    println!("{:?}", shape(&MulAir));
}
