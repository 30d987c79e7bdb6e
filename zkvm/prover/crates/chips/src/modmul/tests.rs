use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ModMulAir, ModMulCols, ModMulRows};
use crate::bus::{F, name};
use crate::columns::{LIMBS, Operand};
use crate::mul::Carry;
use crate::testing::{Mock, REGION, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};
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

type Row = ModMulCols<F>;

/// What stops the edited row of an instruction, whatever other chips believe.
fn stops(op: u16, a: U256, b: U256, modulus: U256, edit: impl FnOnce(&mut Row)) -> Vec<String> {
    let (mut mock, mut rows) = (Mock::new(), ModMulRows::default());
    mock.seeded = None;
    let step = mock.pure(op, &[a, b, modulus], if op == isa::ADDMOD { a.add_mod(b, modulus) } else { a.mul_mod(b, modulus) });
    rows.push(&step, &mut mock.context);
    let table = rows.finish().expect("a row");
    stopped_though_believed("modmul", &ModMulAir, &forged_row(&table, 0, |cells| edit(ModMulCols::view_mut(cells))))
}

/// A forger's quotient (by limbs) and remainder, with the carries, the mark and the gap that the edited cells ask for.
fn forge(c: &mut Row, quotient: &[(usize, u16)], remainder: U256, mark: usize) {
    (c.quotient, c.quotient_high, c.result) = ([[F::ZERO; LIMBS]; 2], [[F::ZERO; LIMBS]; 2], limbs(remainder));
    for &(i, limb) in quotient {
        (c.quotient[i / LIMBS][i % LIMBS], c.quotient_high[i / LIMBS][i % LIMBS]) = (F::from_u16(limb), F::from_u16(limb >> 8));
    }
    carry(c);
    c.marks = [F::ZERO; LIMBS];
    c.marks[mark] = F::ONE;
    c.gap = c.n.limbs[mark] - c.result[mark] - F::ONE;
}

fn carry(c: &mut Row) {
    let bytes = |limbs: &[F], high: &[F]| -> Vec<F> { limbs.iter().zip(high).flat_map(|(&limb, &high)| [limb - high * F::from_u16(256), high]).collect() };
    let (x, y, n) = (bytes(&c.a.limbs, &c.a_high), bytes(&c.b.limbs, &c.b_high), bytes(&c.n.limbs, &c.n_high));
    let q = bytes(c.quotient.as_flattened(), c.quotient_high.as_flattened());
    let at = |x: &[F], y: &[F], k: usize| -> F { (0..=k).filter(|&i| i < x.len() && k - i < y.len()).map(|i| x[i] * y[k - i]).sum() };
    let pair = |x: &[F], y: &[F], i: usize| at(x, y, 2 * i) + at(x, y, 2 * i + 1) * F::from_u16(256);
    let mut carry = F::ZERO;
    for i in 0..2 * LIMBS - 1 {
        let sum = if i < LIMBS { c.sum * (c.a.limbs[i] + c.b.limbs[i]) - c.result[i] } else { F::ZERO };
        carry = (c.product * pair(&x, &y, i) - pair(&q, &n, i) + carry + sum) * F::from_u32(1 << 16).inverse();
        let value = (carry + F::from_u16(8192)).as_canonical_u32();
        c.carries[i] = Carry { low: F::from_u32(value % 64), high: F::from_u32(value / 64) };
    }
}

fn n(value: u64) -> U256 {
    U256::from(value)
}

/// A number at limb `i`.
fn at(value: u64, i: usize) -> U256 {
    n(value) << (16 * i)
}

/// Factors whose product is 1 at limb `i` and 32512 at the next (`i` below 30), so that a carry of -32512 wraps.
fn wrapping(i: usize) -> [U256; 2] {
    [at(1, i.min(15)), at(1 | 32512 << 16, i - i.min(15))]
}

/// Of each constraint on instruction, operands and modulus a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_instruction_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // twice an ADDMOD less a MULMOD is an SMOD
    assert_eq!(2 * isa::ADDMOD - isa::MULMOD, isa::SMOD);
    assert_eq!(stops(isa::ADDMOD, n(2), n(2), n(7), |c| (c.add, c.mul, c.sum, c.product) = (F::TWO, -one, F::TWO, -one)), ["0", "1"]);
    assert_eq!(stops(isa::ADDMOD, n(2), n(2), n(7), |c| *c = Row { uses: one, ..*ModMulCols::view(&F::zero_vec(ModMulCols::<F>::WIDTH)) }), ["3"]);
    // operands of other times
    let operands: [fn(&mut Row) -> &mut Operand<F>; 3] = [|c| &mut c.a, |c| &mut c.b, |c| &mut c.n];
    for (i, operand) in operands.into_iter().enumerate() {
        let twice = |c: &mut Row| (operand(c).constant, operand(c).time) = (F::TWO, -F::from_u32(REGION));
        assert_eq!(stops(isa::ADDMOD, n(2), n(2), n(7), twice), [(4 + 2 * i).to_string()]);
        assert_eq!(stops(isa::ADDMOD, n(2), n(2), n(7), |c| operand(c).time = zero), [(5 + 2 * i).to_string()]);
    }
    // 0 by a modulus that is not 0, and another word by one that is
    let none = |c: &mut Row| {
        (c.zero, c.sum, c.product) = (one, zero, zero);
        forge(c, &[], n(0), 0);
        (c.marks[0], c.gap) = (zero, zero);
    };
    let some = |c: &mut Row| {
        (c.zero, c.sum) = (zero, one);
        forge(c, &[], n(8), 0);
    };
    assert_eq!(stops(isa::ADDMOD, n(50), n(3), n(7), none), ["11"]);
    assert_eq!(stops(isa::ADDMOD, n(5), n(3), n(0), some), [name::RANGE]);
    // neither sum nor product, or the other instruction's too
    let neither = |op: u16| {
        stops(op, n(2), n(3), n(11), |c| {
            (c.sum, c.product) = (zero, zero);
            forge(c, &[], n(0), 0);
        })
    };
    assert_eq!([neither(isa::ADDMOD), neither(isa::MULMOD)], [["12"], ["13"]]);
    let both = |op: u16| {
        stops(op, n(2), n(3), n(11), |c| {
            (c.sum, c.product) = (one, one);
            forge(c, &[(0, 1)], n(0), 0);
        })
    };
    assert_eq!([both(isa::ADDMOD), both(isa::MULMOD)], [["13"], ["12"]]);
}

/// Of each constraint and look-up of the division a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_division_is_needed() {
    let high = F::from_u16(32512);
    for i in 0..LIMBS {
        // a byte of a factor, or of the modulus, that makes up for a carry that wraps
        let (x, y, r) = (at(128, i), n(256 | 254 << 16), at(32767, i));
        let a = |c: &mut Row| {
            c.a_high[i] = -high;
            forge(c, &[], r, 15);
        };
        assert_eq!(stops(isa::MULMOD, x, y, U256::MAX, a), [name::BYTES]);
        let b = |c: &mut Row| {
            c.b_high[i] = -high;
            forge(c, &[], r, 15);
        };
        assert_eq!(stops(isa::MULMOD, y, x, U256::MAX, b), [name::BYTES]);
        let modulus = |c: &mut Row| {
            c.n_high[i] = high;
            forge(c, &[(0, 256)], at(2, i), i);
        };
        assert_eq!(stops(isa::MULMOD, at(1, i), n(771 | 32512 << 16), at(3, i), modulus), [name::BYTES]);
        // a remainder of less than nothing
        let negative = |c: &mut Row| {
            forge(c, &[(0, 1)], n(1), i);
            c.result[i] -= F::from_u8(3);
            c.gap += F::from_u8(3);
            carry(c);
        };
        assert_eq!(stops(isa::ADDMOD, n(1), n(0), at(3, i), negative), [name::RANGE]);
    }
    for i in 0..30 {
        let [a, b] = wrapping(i);
        // a carry that wraps, and a byte of the quotient that makes up for it
        assert_eq!(stops(isa::MULMOD, a, b, n(257), |c| forge(c, &[], n(0), 0)), [name::BYTES]);
        let quotient = |c: &mut Row| {
            forge(c, &[], n(0), 0);
            c.quotient_high[i / LIMBS][i % LIMBS] = high;
            carry(c);
        };
        assert_eq!(stops(isa::MULMOD, a, b, n(257), quotient), [name::BYTES]);
    }
    // the same at limb 30, where the carry is 32513
    assert_eq!(stops(isa::MULMOD, at(65535, 15), at(1, 15), n(61), |c| forge(c, &[(31, 533)], n(0), 0)), [name::BYTES]);
    let quotient = |c: &mut Row| {
        forge(c, &[(31, 61)], n(0), 0);
        c.quotient_high[1][14] = -F::from_u16(32513) * F::TWO.inverse();
        carry(c);
    };
    assert_eq!(stops(isa::MULMOD, at(65535, 15), at(1, 15), n(533), quotient), [name::BYTES]);
    // and in the quotient's last limb, which makes up for 2^496
    let last = |c: &mut Row| {
        forge(c, &[(16, 1)], n(0), 15);
        (c.quotient[1][15], c.quotient_high[1][15]) = (-F::ONE, -F::from_u8(255).inverse());
    };
    assert_eq!(stops(isa::MULMOD, at(1, 8), at(1, 8), at(1, 15) + n(1), last), [name::BYTES]);
    // a power of 2 that leaves nothing by 7
    for i in 0..2 * LIMBS - 1 {
        let nothing = |c: &mut Row| {
            forge(c, &[], n(0), 0);
            c.carries = [Carry { low: F::ZERO, high: F::from_u8(128) }; 2 * LIMBS - 1];
        };
        assert_eq!(stops(isa::MULMOD, at(1, i.min(15)), at(1, i - i.min(15)), n(7), nothing), [(14 + i).to_string()]);
    }
    assert_eq!(stops(isa::MULMOD, at(32768, 15), at(2, 15), n(7), |c| forge(c, &[], n(0), 0)), ["45"]);
    // a product of 2^512 and more
    assert_eq!(stops(isa::MULMOD, n(1) << 132_usize, n(1) << 132_usize, (n(1) << 248_usize) + n(1), |c| forge(c, &[(16, 256)], n(0), 15)), ["46"]);
}

/// Of each constraint on the order a forgery that nothing else stops: a word that is not below the modulus, left as it is.
#[test]
fn each_constraint_on_the_order_is_needed() {
    let one = F::ONE;
    let above = |a: U256, modulus: U256, marks: &[(usize, F)]| {
        stops(isa::ADDMOD, a, n(0), modulus, |c| {
            forge(c, &[], a, 0);
            c.marks = [F::ZERO; LIMBS];
            marks.iter().for_each(|&(i, mark)| c.marks[i] = mark);
            c.gap = marks.iter().map(|&(i, mark)| mark * (c.n.limbs[i] - c.result[i])).sum::<F>() - one;
        })
    };
    for i in 0..LIMBS - 2 {
        // the difference counted the other way round, where two marks are at limbs that are 0
        assert_eq!(above(at(8, i), at(7, i), &[(15, one), (14, one), (i, -one)]), [(47 + 2 * (15 - i)).to_string()]);
    }
    // it outweighed by a lower one
    assert_eq!(above(at(8, 15), at(7, 15) + n(5), &[(15, one), (14, -one), (0, one)]), ["49"]);
    // marked below a limb that differs
    for i in 1..LIMBS {
        assert_eq!(above(at(8, i), at(7, i) + n(5), &[(0, one)]), [(48 + 2 * (15 - i)).to_string()]);
    }
    // two marks, the lower one at the last limb
    assert_eq!(above(at(8, 15), at(7, 15) + n(5), &[(15, one), (0, one)]), ["78", "79"]);
    // a gap that is not the difference, or is beneath 0
    assert_eq!(above(n(8), n(7), &[(0, one)]), [name::RANGE]);
    let gap = |c: &mut Row| {
        forge(c, &[], n(8), 0);
        c.gap = F::ZERO;
    };
    assert_eq!(stops(isa::ADDMOD, n(8), n(0), n(7), gap), ["80"]);
}
