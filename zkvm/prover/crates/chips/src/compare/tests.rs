use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{CompareAir, CompareCols, CompareRows, KINDS};
use crate::bus::F;
use crate::evaluate::Violation;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};

/// The condition of an instruction, by ruint.
fn condition(op: u16, a: U256, b: U256) -> bool {
    let sign = U256::ONE << 255usize;
    let (signed_a, signed_b) = (a ^ sign, b ^ sign);
    match op {
        isa::LT | isa::BLT => a < b,
        isa::GT => a > b,
        isa::SLT | isa::BSLT => signed_a < signed_b,
        isa::SGT => signed_a > signed_b,
        isa::EQ | isa::BEQ => a == b,
        isa::ISZERO | isa::BZ => a == U256::ZERO,
        isa::BNZ => a != U256::ZERO,
        isa::BNE => a != b,
        isa::BGE => a >= b,
        isa::BSGE => signed_a >= signed_b,
        _ => panic!("not a comparison"),
    }
}

fn push(mock: &mut Mock, rows: &mut CompareRows, op: u16, a: U256, b: U256) {
    let kind = KINDS.iter().find(|kind| kind.op == op).expect("a comparison");
    let words = if kind.unary { vec![a] } else { vec![a, b] };
    let holds = condition(op, a, if kind.unary { U256::ZERO } else { b });
    if kind.branch {
        let target = mock.fresh_id() + 5000;
        let step = mock.chained(op, &words, target, 13, |step| {
            if holds {
                step.next = target;
            }
        });
        rows.push(&step, &mut mock.context);
    } else {
        let step = mock.pure(op, &words, U256::from(holds));
        rows.push_pure(&step, &mut mock.context);
    }
}

/// Every instruction on each pair.
fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), CompareRows::default());
    for &(a, b) in pairs {
        for kind in KINDS {
            push(&mut mock, &mut rows, kind.op, a, b);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_compare_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(1);
    for _ in 0..300 {
        let (a, b) = (seeded.word(), seeded.word());
        pairs.extend([(a, b), (a, a), (a, a ^ (U256::ONE << seeded.below(256) as usize))]);
    }
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("compare", &CompareAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&CompareAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (83, 9, 75));
}

#[test]
fn each_cell_matters() {
    let word = |limb: u64| U256::from(limb) << 240usize;
    let pairs = [(U256::from(5), U256::from(7)), (word(0x8000), word(0x7fff)), (word(1), word(1))];
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("compare", &CompareAir, &table), None);
    let width = CompareCols::<F>::WIDTH;
    let numbers = numbers(width);
    let columns = CompareCols::view(&numbers);
    let state = [columns.state.frame, columns.state.clk, columns.state.gas, columns.state.words];
    for (row, column) in mock.accepted("compare", &CompareAir, &table, 0..KINDS.len() * pairs.len()) {
        // A pure row has no state: no message carries these columns.
        assert!(!KINDS[row % KINDS.len()].branch && state.contains(&column), "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(CompareCols::<F>::WIDTH);
    assert!(padding_rejects(&CompareAir, CompareCols::view(&numbers).uses));
}

/// A result turned round with every column that can hide it.
#[test]
fn wrong_results_are_rejected() {
    let (mock, table) = table(&[(U256::from(5), U256::from(7)), (U256::MAX, U256::ONE), (U256::from(9), U256::from(9))]);
    let width = CompareCols::<F>::WIDTH;
    for row in 0..3 * KINDS.len() {
        for (differ, less, gap) in [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1), (0, 1, 0)] {
            let mut forged = table.clone();
            let columns = CompareCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
            let kind = KINDS[row % KINDS.len()];
            columns.marks = [F::ZERO; 16];
            columns.marks[0] = F::from_u8(differ);
            columns.less = F::from_u8(less);
            columns.gap = F::from_u8(gap);
            columns.holds = F::ONE - columns.holds;
            if kind.branch {
                columns.next = if columns.holds == F::ONE { columns.target } else { columns.state.id + F::ONE };
            } else {
                columns.next = columns.state.id * (F::ONE - columns.holds);
            }
            assert!(mock.forged("compare", &CompareAir, &forged).is_some(), "row {row}");
        }
    }
}

/// A pure row dressed as the branch of the same comparison, and the other way round: the instruction's op decides.
#[test]
fn a_pure_row_cannot_move_the_machine() {
    let (mock, table) = table(&[(U256::from(5), U256::from(7))]);
    let width = CompareCols::<F>::WIDTH;
    let index = |op: u16| KINDS.iter().position(|kind| kind.op == op).expect("a comparison");
    for (from, to) in [(isa::LT, isa::BLT), (isa::BLT, isa::LT), (isa::ISZERO, isa::BZ), (isa::BZ, isa::ISZERO)] {
        let mut forged = table.clone();
        let row = index(from);
        let columns = CompareCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
        columns.flags[index(from)] = F::ZERO;
        columns.flags[index(to)] = F::ONE;
        columns.uses = F::ZERO;
        let fall = columns.state.id + F::from_bool(KINDS[index(to)].branch);
        columns.next = fall + columns.holds * (columns.target - fall);
        assert!(matches!(mock.forged("compare", &CompareAir, &forged), Some(Violation::Bus { .. })));
    }
}
