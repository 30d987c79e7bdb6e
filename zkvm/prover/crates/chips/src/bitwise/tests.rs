use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{BitwiseAir, BitwiseCols, BitwiseRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), BitwiseRows::default());
    for &(a, b) in pairs {
        for (op, result) in [(isa::AND, a & b), (isa::OR, a | b), (isa::XOR, a ^ b)] {
            let step = mock.pure(op, &[a, b], result);
            rows.push(&step, &mut mock.context);
        }
        let step = mock.pure(isa::NOT, &[a], !a);
        rows.push(&step, &mut mock.context);
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_are_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(2);
    pairs.extend((0..300).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("bitwise", &BitwiseAir, &table), None);
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let (mock, table) = table(&[(seeded.random(), (U256::ONE << 160usize) - U256::ONE), (seeded.random(), seeded.random())]);
    let numbers = numbers(BitwiseCols::<F>::WIDTH);
    let view = BitwiseCols::view(&numbers);
    for (row, column) in mock.accepted("bitwise", &BitwiseAir, &table, 0..8) {
        // a settled limb may as well be looked up, or settled by the other operand: the AND is the same
        assert!(view.by_a.contains(&column) || view.by_b.contains(&column), "row {row} column {column}");
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(BitwiseCols::<F>::WIDTH);
    let view = BitwiseCols::view(&numbers);
    for column in [view.uses, view.by_a[3], view.by_b[5]] {
        assert!(padding_rejects(&BitwiseAir, column));
    }
    println!("{:?}", shape(&BitwiseAir));
}
