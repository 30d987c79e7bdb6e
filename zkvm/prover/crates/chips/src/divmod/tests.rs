use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{DivModAir, DivModCols, DivModRows};
use crate::bus::{F, name};
use crate::columns::LIMBS;
use crate::mul::Carry;
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape, stopped_though_believed};
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

type Row = DivModCols<F>;

/// An honest row.
fn row(op: u16, a: U256, b: U256) -> Row {
    let (mut mock, mut rows) = (Mock::new(), DivModRows::default());
    mock.seeded = None;
    let step = mock.pure(op, &[a, b], divided(op, a, b));
    rows.push(&step, &mut mock.context);
    *DivModCols::view(&rows.finish().expect("a row").values[..DivModCols::<F>::WIDTH])
}

/// What stops a row, whatever other chips believe.
fn stopped(row: Row) -> Vec<String> {
    let mut cells = F::zero_vec(2 * DivModCols::<F>::WIDTH);
    *DivModCols::view_mut(&mut cells[..DivModCols::<F>::WIDTH]) = row;
    stopped_though_believed("divmod", &DivModAir, &RowMajorMatrix::new(cells, DivModCols::<F>::WIDTH))
}

/// What stops an edited row.
fn stops(op: u16, a: U256, b: U256, edit: impl FnOnce(&mut Row)) -> Vec<String> {
    let mut forged = row(op, a, b);
    edit(&mut forged);
    stopped(forged)
}

/// The carries that the edited cells ask for.
fn carry(c: &mut Row) {
    let bytes = |limbs: [F; LIMBS], high: [F; LIMBS]| -> Vec<F> { (0..LIMBS).flat_map(|i| [limbs[i] - high[i] * F::from_u16(256), high[i]]).collect() };
    let (q, d) = (bytes(c.quotient, c.quotient_high), bytes(c.divisor, c.divisor_high));
    let at = |k: usize| -> F { (0..=k).map(|i| q[i] * d[k - i]).sum() };
    let mut carry = F::ZERO;
    for i in 0..LIMBS - 1 {
        let a = c.a.limbs[i] - c.a.limbs[i].double() * c.sign_a;
        carry = (at(2 * i) + at(2 * i + 1) * F::from_u16(256) + c.remainder[i] + carry - a) * F::from_u32(1 << 16).inverse();
        let value = carry.as_canonical_u32();
        c.carries[i] = Carry { low: F::from_u32(value % 64), high: F::from_u32(value / 64) };
    }
}

/// Marks and the gap that they ask for.
fn mark(c: &mut Row, marks: &[(usize, F)]) {
    c.marks = [F::ZERO; LIMBS];
    marks.iter().for_each(|&(i, mark)| c.marks[i] = mark);
    c.gap = marks.iter().map(|&(i, mark)| mark * (c.divisor[i] - c.remainder[i])).sum::<F>() - F::ONE;
}

/// Pivots, and the result that they ask for.
fn pivot(c: &mut Row, pivots: &[(usize, F)]) {
    c.pivots = [F::ZERO; LIMBS];
    pivots.iter().for_each(|&(i, pivot)| c.pivots[i] = pivot);
    let (mut from, mut pivot) = (F::ZERO, F::ZERO);
    for i in 0..LIMBS {
        let signed = c.weight_q * c.quotient[i] + c.weight_r * c.remainder[i];
        let borrow = from;
        from += c.pivots[i];
        pivot += c.pivots[i] * signed;
        c.result[i] = signed + from * F::from_u32(1 << 16) - borrow;
    }
    (c.pivot, c.inverse) = (pivot, from * pivot.try_inverse().unwrap_or(F::ZERO));
}

fn n(value: u64) -> U256 {
    U256::from(value)
}

/// A number at limb `i`.
fn at(value: u64, i: usize) -> U256 {
    n(value) << (16 * i)
}

const MINUS: F = F::NEG_ONE;

/// Of each constraint on instruction, operands and signs a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_instruction_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // an SMOD signed as a quotient is, an SDIV signed as a remainder is, an SDIV that gives the remainder, a MUL that
    // divides
    let flags = |c: &mut Row, [div, modulo, sdiv, smod]: [F; 4]| (c.div, c.modulo, c.sdiv, c.smod) = (div, modulo, sdiv, smod);
    let quotient = |c: &mut Row| {
        flags(c, [-one, one, one, zero]);
        (c.negate, c.weight_r) = (one, -one);
        pivot(c, &[(0, one)]);
    };
    assert_eq!(stops(isa::SMOD, n(20), n(3).wrapping_neg(), quotient), ["0"]);
    let remainder = |c: &mut Row| {
        flags(c, [one, -one, zero, one]);
        (c.negate, c.weight_q) = (zero, one);
        pivot(c, &[]);
    };
    assert_eq!(stops(isa::SDIV, n(20), n(3).wrapping_neg(), remainder), ["1"]);
    assert_eq!(stops(isa::MOD, n(9), n(4), |c| flags(c, [one, one, -one, zero])), ["2"]);
    let multiplies = |c: &mut Row| {
        flags(c, [one, zero, one, -one]);
        (c.weight_q, c.weight_r) = (F::TWO, -one);
        pivot(c, &[]);
    };
    assert_eq!(isa::DIV + isa::SDIV - isa::SMOD, isa::MUL);
    assert_eq!(stops(isa::DIV, n(9), n(4), multiplies), ["3"]);
    // a wire of a row that is not real
    assert_eq!(stopped(DivModCols { uses: one, ..*DivModCols::view(&F::zero_vec(DivModCols::<F>::WIDTH)) }), ["5"]);
    // operands of other times
    assert_eq!(stops(isa::DIV, n(50), n(7), |c| (c.a.constant, c.a.time) = (F::TWO, -c.a.time)), ["6"]);
    assert_eq!(stops(isa::DIV, n(50), n(7), |c| c.a.time = zero), ["7"]);
    assert_eq!(stops(isa::DIV, n(50), n(7), |c| (c.b.constant, c.b.time) = (F::TWO, -c.b.time)), ["8"]);
    assert_eq!(stops(isa::DIV, n(50), n(7), |c| c.b.time = zero), ["9"]);
    // an unsigned operand taken for a negative one; a signed one for one of the other sign
    let (minus_20, minus_3) = (n(20).wrapping_neg(), n(3).wrapping_neg());
    let unsigned = |c: &mut Row| {
        flags(c, [one, zero, zero, zero]);
        (c.negate, c.weight_q) = (zero, one);
        pivot(c, &[]);
    };
    assert_eq!(stops(isa::SDIV, minus_20, n(3), unsigned), ["10"]);
    assert_eq!(stops(isa::SDIV, n(20), minus_3, unsigned), ["11"]);
    assert_eq!(stops(isa::DIV, minus_20, n(3), |c| flags(c, [zero, zero, one, zero])), [name::RANGE]);
    assert_eq!(stops(isa::DIV, n(20), minus_3, |c| flags(c, [zero, zero, one, zero])), [name::RANGE]);
    // the result 0 of a division by what is not 0; a division by 0 with a result
    let none = |c: &mut Row| {
        (c.zero, c.weight_q, c.marks, c.gap) = (one, zero, [zero; LIMBS], zero);
        pivot(c, &[]);
    };
    assert_eq!(stops(isa::DIV, n(50), n(7), none), ["13"]);
    let nine = |c: &mut Row| {
        (c.zero, c.weight_q, c.quotient[0]) = (zero, one, F::from_u8(9));
        mark(c, &[(0, one)]);
        pivot(c, &[]);
    };
    assert_eq!(stops(isa::DIV, n(5), n(0), nine), [name::RANGE]);
}

/// Of each constraint on the divisor a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_divisor_is_needed() {
    for i in 0..LIMBS {
        // divided by another word
        assert_eq!(stops(isa::DIV, U256::MAX, n(0x1234_5678_9abc), |c| c.b.limbs[i] += F::ONE), [(14 + 2 * i).to_string()]);
    }
    let negative = |c: &mut Row, b: U256| (c.b.limbs, c.sign_b) = (limbs(b), F::ONE);
    for i in 0..LIMBS - 1 {
        // the magnitude of a negative divisor by a carry whose multiple of 2^16 wraps: 1 = 2^16 (-32512)
        let b = U256::MAX << (16 * (i + 1)) | at(1, i);
        assert_eq!(stops(isa::SMOD, n(12345), at(32513, i + 1), |c| negative(c, b)), [(15 + 2 * i).to_string()]);
    }
    // the last carry is 1 by two constraints: as a boolean it cannot be 0, since a negative divisor is not
    assert_eq!(stops(isa::SMOD, n(5), at(1, 15) + n(3), |c| negative(c, n(3).wrapping_neg())), ["45", "46"]);
}

/// Of each constraint and look-up of the product a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_product_is_needed() {
    let (one, n256) = (F::ONE, F::from_u16(256));
    for i in 0..LIMBS {
        // another quotient
        assert_eq!(stops(isa::DIV, n(0), n(1), |c| (c.quotient[i], c.result[i]) = (one, one)), [(47 + i).to_string()]);
        // a remainder of less than nothing: 1 by 3 (at any limb) is 1
        let negative = |c: &mut Row| {
            (c.quotient[0], c.result[0]) = (one, one);
            c.remainder[i] -= F::from_u8(3);
            mark(c, &[(i, one)]);
        };
        assert_eq!(stops(isa::DIV, n(1), at(3, i), negative), [name::RANGE]);
    }
    for i in 0..LIMBS - 1 {
        // 0 by 1 is 2^(16 i), and more, by a carry whose multiple of 2^16 wraps
        let wraps = |c: &mut Row| {
            (c.quotient[i], c.quotient[i + 1], c.quotient_high[i + 1]) = (one, F::from_u16(32512), F::from_u8(127));
            carry(c);
            pivot(c, &[]);
        };
        assert_eq!(stops(isa::DIV, n(0), n(1), wraps), [name::BYTES]);
        // a limb of the quotient of 2^16 and more
        let beyond = |c: &mut Row| {
            (c.quotient[i], c.quotient_high[i], c.quotient[i + 1]) = (c.quotient[i] + F::from_u32(1 << 16), c.quotient_high[i] + n256, c.quotient[i + 1] - one);
            carry(c);
            pivot(c, &[]);
        };
        assert_eq!(stops(isa::DIV, U256::MAX / n(5), n(3), beyond), [name::BYTES]);
        // 5 by 255 2^(16 (i + 1)) is a word that overflows the product: 255 as the bytes 1 and -1 sums to 0
        let cancels = |c: &mut Row| {
            (c.quotient[LIMBS - 1 - i], c.result[LIMBS - 1 - i]) = (one, one);
            c.divisor_high[i + 1] = one;
        };
        assert_eq!(stops(isa::DIV, n(5), at(255, i + 1), cancels), [name::BYTES]);
    }
    // the same of the quotient's last limb
    let cancels = |c: &mut Row| (c.quotient[15], c.quotient_high[15], c.result[15]) = (F::from_u8(255), one, F::from_u8(255));
    assert_eq!(stops(isa::DIV, n(7 << 16), n(1 << 16), cancels), [name::BYTES]);
    // 65023 by 254 by a byte of the divisor that makes up for a carry that wraps
    let wraps = |c: &mut Row| {
        (c.quotient[0], c.quotient_high[0], c.quotient[1], c.remainder[0]) = (n256, one, F::from_u8(128), F::ZERO);
        c.divisor_high[0] = -F::from_u16(32512);
        carry(c);
        mark(c, &[(0, one)]);
        pivot(c, &[]);
    };
    assert_eq!(stops(isa::DIV, n(65023), n(254), wraps), [name::BYTES]);
    // a quotient that is right only modulo 2^256: 5 by 2^248 is 256
    let overflows = |c: &mut Row| (c.quotient[0], c.quotient_high[0], c.result[0]) = (n256, one, n256);
    assert_eq!(stops(isa::DIV, n(5), n(1) << 248_usize, overflows), ["63"]);
}

/// Of each constraint on the order a forgery that nothing else stops: the quotient 0, though the word is not below the divisor.
#[test]
fn each_constraint_on_the_order_is_needed() {
    let one = F::ONE;
    let above = |a: U256, b: U256, marks: &[(usize, F)]| {
        stops(isa::DIV, a, b, |c| {
            (c.quotient, c.quotient_high, c.remainder) = ([F::ZERO; LIMBS], [F::ZERO; LIMBS], limbs(a));
            carry(c);
            mark(c, marks);
            pivot(c, &[]);
        })
    };
    for i in 0..LIMBS - 2 {
        // the difference counted the other way round, where two marks are at limbs that are 0
        assert_eq!(above(at(8, i), at(7, i), &[(15, one), (14, one), (i, MINUS)]), [(64 + 2 * (15 - i)).to_string()]);
    }
    // it outweighed by a lower one
    assert_eq!(above(at(8, 15), at(7, 15) + n(5), &[(15, one), (14, MINUS), (0, one)]), ["66"]);
    // marked below a limb that differs
    for i in 1..LIMBS {
        assert_eq!(above(at(8, i), at(7, i) + n(5), &[(0, one)]), [(65 + 2 * (15 - i)).to_string()]);
    }
    // two marks, the lower one at the last limb
    assert_eq!(above(at(8, 15), at(7, 15) + n(5), &[(15, one), (0, one)]), ["95", "96"]);
    // a gap that is not the difference, or is beneath 0
    assert_eq!(above(n(8), n(7), &[(0, one)]), [name::RANGE]);
    let gap = |c: &mut Row| {
        (c.quotient[0], c.remainder[0], c.gap, c.result[0]) = (F::ZERO, F::from_u8(8), F::ZERO, F::ZERO);
        carry(c);
    };
    assert_eq!(stops(isa::DIV, n(8), n(7), gap), ["97"]);
}

/// Of each constraint on the result a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_result_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    let minus = |value: U256| value.wrapping_neg();
    // the wrong sign
    let positive = |c: &mut Row| {
        (c.negate, c.weight_q, c.weight_r) = (zero, -c.weight_q, -c.weight_r);
        pivot(c, &[]);
    };
    assert_eq!(stops(isa::SDIV, minus(n(20)), n(3), positive), ["98"]);
    assert_eq!(stops(isa::SMOD, minus(n(20)), n(3), positive), ["98"]);
    let negative = |c: &mut Row| {
        (c.negate, c.weight_q, c.weight_r) = (one, -c.weight_q, -c.weight_r);
        pivot(c, &[(0, one)]);
    };
    for op in OPS {
        assert_eq!(stops(op, n(20), n(3), negative), ["98"]);
    }
    // a multiple of the quotient or the remainder, or one for the other
    let weights = |op: u16, q: u8, r: u8| {
        stops(op, n(20), n(3), |c| {
            (c.weight_q, c.weight_r) = (F::from_u8(q), F::from_u8(r));
            pivot(c, &[]);
        })
    };
    for op in [isa::DIV, isa::SDIV] {
        assert_eq!([weights(op, 2, 0), weights(op, 1, 1), weights(op, 0, 1)], [vec!["99"], vec!["100"], vec!["100", "99"]]);
    }
    for op in [isa::MOD, isa::SMOD] {
        assert_eq!([weights(op, 0, 2), weights(op, 1, 1), weights(op, 1, 0)], [vec!["100"], vec!["99"], vec!["100", "99"]]);
    }
    for i in 0..LIMBS {
        // a limb of -2^16 or 2^16, made up for by the next one
        let pair = if i < 15 { [(i, MINUS), (i + 1, one)] } else { [(i, MINUS), (i - 1, one)] };
        assert_eq!(stops(isa::DIV, n(0), n(7), |c| pivot(c, &pair)), [(101 + 3 * i).to_string()]);
        // a pivot above the first limb that is not 0, or none: a negative limb
        let (word, above) = if i < 15 { (at(1, i) + at(1, i + 1), vec![(i + 1, one)]) } else { (at(1, i), vec![]) };
        assert_eq!(stops(isa::SDIV, minus(word), n(1), |c| pivot(c, &above)), [(102 + 3 * i).to_string()]);
        // another limb
        assert_eq!(stops(isa::SDIV, minus(n(20)), n(3), |c| c.result[i] -= one), [(103 + 3 * i).to_string()]);
    }
    // two pivots; one at a limb that is 0, which becomes 2^16
    assert_eq!(stops(isa::SDIV, minus(n(5)), n(1), |c| pivot(c, &[(0, one), (15, one)])), ["149"]);
    let at_zero = |c: &mut Row| pivot(c, &[(0, one)]);
    assert_eq!(stops(isa::SDIV, minus(n(1 << 16)), n(1), at_zero), ["152"]);
    let told = |c: &mut Row| {
        at_zero(c);
        (c.pivot, c.inverse) = (one, one);
    };
    assert_eq!(stops(isa::SDIV, minus(n(1 << 16)), n(1), told), ["151"]);
}
