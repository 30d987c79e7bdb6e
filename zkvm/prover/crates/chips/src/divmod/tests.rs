use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{DivModAir, DivModCols, DivModRows};
use crate::bus::F;
use crate::mul::Carry;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::limbs;

const OPS: [u16; 4] = [isa::DIV, isa::MOD, isa::SDIV, isa::SMOD];

/// Yellow Paper, appendix H.
fn divided(op: u16, a: U256, b: U256) -> U256 {
    if b.is_zero() {
        return U256::ZERO;
    }
    let magnitude = |word: U256| if word.bit(255) { word.wrapping_neg() } else { word };
    let signed = |negative: bool, word: U256| if negative { word.wrapping_neg() } else { word };
    match op {
        isa::DIV => a / b,
        isa::MOD => a % b,
        isa::SDIV => signed(a.bit(255) != b.bit(255), magnitude(a) / magnitude(b)),
        _ => signed(a.bit(255), magnitude(a) % magnitude(b)),
    }
}

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), DivModRows::default());
    for &(a, b) in pairs {
        for op in OPS {
            let step = mock.pure(op, &[a, b], divided(op, a, b));
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_divide_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(2);
    for _ in 0..300 {
        let (a, b) = (seeded.word(), seeded.word());
        pairs.extend([(a, b), (a.wrapping_neg(), b), (b.wrapping_mul(U256::from(3)), b)]);
    }
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("divmod", &DivModAir, &table), None);
}

/// -2^255 / -1 is -2^255 again.
#[test]
fn the_smallest_by_minus_one() {
    let smallest = U256::ONE << 255usize;
    assert_eq!(divided(isa::SDIV, smallest, U256::MAX), smallest);
    let (mock, table) = table(&[(smallest, U256::MAX)]);
    assert_eq!(mock.check("divmod", &DivModAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&DivModAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (212, 70, 173));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let negative = seeded.random() | U256::ONE << 255usize;
    let pairs = [(negative, U256::from(12345)), (U256::from(99), U256::from(7).wrapping_neg()), (negative, U256::ZERO), (U256::from(20), U256::from(10))];
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("divmod", &DivModAir, &table), None);
    let numbers = numbers(DivModCols::<F>::WIDTH);
    let columns = DivModCols::view(&numbers);
    let width = DivModCols::<F>::WIDTH;
    for (row, column) in mock.accepted("divmod", &DivModAir, &table, 0..16) {
        let honest = DivModCols::view(&table.values[row * width..(row + 1) * width]);
        // Read only beside a pivot.
        let inverse = column == columns.inverse && honest.pivot == F::ZERO;
        // By 0 the result is 0, whatever q; one of its bytes can change alone only with the limb it is part of, but where the divisor is 0 both may.
        let quotient = honest.zero == F::ONE && (columns.quotient.contains(&column) || columns.quotient_high.contains(&column));
        assert!(inverse || quotient, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(DivModCols::<F>::WIDTH);
    let columns = DivModCols::view(&numbers);
    for column in [columns.uses, columns.sign_a, columns.sign_b, columns.marks[0], columns.zero] {
        assert!(padding_rejects(&DivModAir, column));
    }
}

/// Quotient one less, remainder one divisor more: adds up, but is not below.
#[test]
fn a_remainder_above_the_divisor_is_rejected() {
    let (mock, table) = table(&[(U256::from(50), U256::from(7))]);
    let width = DivModCols::<F>::WIDTH;
    for row in 0..4 {
        for mark in [Some(0), Some(1), None] {
            let mut forged = table.clone();
            let columns = DivModCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
            columns.quotient[0] -= F::ONE;
            columns.remainder[0] += F::from_u8(7);
            columns.result[0] = if row % 2 == 0 { columns.quotient[0] } else { columns.remainder[0] };
            columns.marks = [F::ZERO; 16];
            if let Some(i) = mark {
                columns.marks[i] = F::ONE;
                columns.gap = columns.divisor[i] - columns.remainder[i] - F::ONE;
            }
            assert!(mock.forged("divmod", &DivModAir, &forged).is_some());
        }
    }
}

/// A quotient that is right only modulo 2^256: 3 * q = 1.
#[test]
fn a_product_past_the_word_is_rejected() {
    let third = U256::from_str_radix("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 16).expect("a word");
    assert_eq!(third.wrapping_mul(U256::from(3)), U256::ONE);
    let (mut mock, table) = table(&[(U256::ONE, U256::from(3))]);
    let mut forged = table.clone();
    let columns = DivModCols::view_mut(&mut forged.values[..DivModCols::<F>::WIDTH]);
    let honest = mock.pure(isa::DIV, &[third.wrapping_mul(U256::from(3)), U256::from(3)], U256::ZERO);
    assert_eq!(honest.result, U256::ZERO);
    columns.quotient = limbs(third);
    columns.quotient_high = columns.quotient.map(|_| F::from_u8(0xaa));
    columns.remainder = [F::ZERO; 16];
    columns.result = limbs(third);
    columns.gap = F::from_u8(2);
    // 3 * 0xaaab = 0x20001, then 3 * 0xaaaa + 2 = 0x20000: each carry is 2, and the last is lost.
    columns.carries = [Carry { low: F::TWO, high: F::ZERO }; 15];
    assert!(mock.forged("divmod", &DivModAir, &forged).is_some());
}

/// Any other result, with the pivots put where a forger needs them.
#[test]
fn wrong_results_are_rejected() {
    let (mock, table) = table(&[(U256::from(1u64 << 20).wrapping_neg(), U256::ONE), (U256::from(9), U256::ZERO)]);
    let width = DivModCols::<F>::WIDTH;
    for row in 0..8 {
        for (pivot, negate, weight_q, weight_r) in [(0, 1, 0, 0), (1, 1, 1, 0), (2, 1, 0, 1), (16, 0, 1, 0), (16, 1, 0, 0), (16, 0, 0, 1)] {
            let mut forged = table.clone();
            let columns = DivModCols::view_mut(&mut forged.values[row * width..(row + 1) * width]);
            columns.pivots = [F::ZERO; 16];
            let mut from = F::ZERO;
            (columns.negate, columns.weight_q, columns.weight_r) = (F::from_u8(negate), F::from_u8(weight_q), F::from_u8(weight_r));
            if pivot < 16 {
                columns.pivots[pivot] = F::ONE;
            }
            let before = columns.result;
            for i in 0..16 {
                let borrow = from;
                from += columns.pivots[i];
                columns.result[i] = columns.weight_q * columns.quotient[i] + columns.weight_r * columns.remainder[i] + from * F::from_u32(1 << 16) - borrow;
            }
            if columns.result != before {
                assert!(mock.forged("divmod", &DivModAir, &forged).is_some(), "row {row}");
            }
        }
    }
}
