use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{BitwiseAir, BitwiseCols, BitwiseRows};
use crate::bus::F;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), BitwiseRows::default());
    for &(a, b) in pairs {
        for (op, result) in [(isa::AND, a & b), (isa::OR, a | b), (isa::XOR, a ^ b), (isa::NOT, !a)] {
            let words = [a, b];
            let step = mock.pure(op, if op == isa::NOT { &words[..1] } else { &words }, result);
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_combine_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(2);
    pairs.extend((0..300).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("bitwise", &BitwiseAir, &table), None);
}

/// An address mask costs no look-up.
#[test]
fn masks_of_whole_limbs_are_free() {
    let (mock, _) = table(&[(Seeded::new(1).random(), (U256::ONE << 160usize) - U256::ONE)]);
    assert!(mock.context.limb_ands.is_empty());
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&BitwiseAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (109, 20, 108));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let mask = (U256::ONE << 130usize) - U256::ONE;
    let (mock, table) = table(&[(seeded.random(), seeded.random()), (mask, seeded.random()), (seeded.random(), !mask), (U256::ZERO, mask)]);
    assert_eq!(mock.check("bitwise", &BitwiseAir, &table), None);
    let numbers = numbers(BitwiseCols::<F>::WIDTH);
    let columns = BitwiseCols::view(&numbers);
    for (row, column) in mock.accepted("bitwise", &BitwiseAir, &table, 0..16) {
        let not = row % 4 == 3;
        // A NOT has no operand b and no AND: its result does not read them, and no look-up is made.
        let unread = not && (columns.both.contains(&column) || columns.b.limbs.contains(&column));
        // Which of two mask limbs settles the AND, or whether it is looked up, is the prover's choice: each gives the same word.
        let choice = columns.by_a.contains(&column) || columns.by_b.contains(&column);
        assert!(unread || choice, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(BitwiseCols::<F>::WIDTH);
    let columns = BitwiseCols::view(&numbers);
    for column in [columns.uses, columns.by_a[3], columns.by_b[15]] {
        assert!(padding_rejects(&BitwiseAir, column));
    }
}

/// A wrong AND under each way to settle a limb, the result made to fit.
#[test]
fn wrong_results_are_rejected() {
    let (a, b) = (U256::from(0x1234), U256::from(0x00ff_5678));
    let (mock, table) = table(&[(a, b), (U256::from(0xffff), b)]);
    let width = BitwiseCols::<F>::WIDTH;
    for row in [0, 1, 2, 4, 5, 6] {
        for limb in 0..3 {
            for (by_a, by_b) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let mut forged = table.clone();
                let columns = BitwiseCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
                (columns.by_a[limb], columns.by_b[limb]) = (F::from_u8(by_a), F::from_u8(by_b));
                columns.both[limb] += F::ONE;
                let change = columns.and - columns.or - columns.xor.double();
                columns.result[limb] += change;
                assert!(mock.forged("bitwise", &BitwiseAir, &forged).is_some(), "row {row} limb {limb}");
            }
        }
    }
    let mut forged = table.clone();
    BitwiseCols::view_mut(&mut forged.values[3 * width..4 * width]).result = limbs(a);
    assert!(mock.forged("bitwise", &BitwiseAir, &forged).is_some());
}
