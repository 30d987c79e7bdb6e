use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::{ShiftAir, ShiftCols, ShiftRows};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = ShiftCols::<F>::WIDTH;

fn shifted(op: u16, a: U256, b: U256) -> U256 {
    let s = if a < U256::from(256) { a.as_limbs()[0] as usize } else { 256 };
    match op {
        isa::SHL => b.wrapping_shl(s),
        isa::SHR => b.wrapping_shr(s),
        _ => b.arithmetic_shr(s),
    }
}

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ShiftRows::default());
    for &(a, b) in pairs {
        for op in [isa::SHL, isa::SHR, isa::SAR] {
            let step = mock.pure(op, &[a, b], shifted(op, a, b));
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn all_amounts_shift_as_ruint_says() {
    let mut seeded = Seeded::new(2);
    let mut pairs = vec![];
    for amount in 0..=260u64 {
        pairs.extend([(U256::from(amount), seeded.random()), (U256::from(amount), U256::MAX), (U256::from(amount), !seeded.random() | U256::ONE << 255usize)]);
    }
    for a in edges() {
        pairs.extend(edges().into_iter().map(|b| (a, b)));
        pairs.push((a, seeded.random()));
    }
    pairs.extend((0..200).map(|_| (U256::from(seeded.below(256)), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("shift", &ShiftAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&ShiftAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (154, 30, 110));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let negative = seeded.random() | U256::ONE << 255usize;
    let amounts = [U256::ZERO, U256::from(3), U256::from(13), U256::from(224), U256::from(255), U256::from(300), U256::ONE << 200usize];
    let pairs: Vec<_> = amounts.into_iter().map(|a| (a, negative)).collect();
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("shift", &ShiftAir, &table), None);
    let numbers = numbers(WIDTH);
    let columns = ShiftCols::view(&numbers);
    for (row, column) in mock.accepted("shift", &ShiftAir, &table, 0..21) {
        // Read only under `high`.
        let inverse = column == columns.inverse && row / 3 != 6;
        // Nothing is moved on rows of large amounts. (`top` follows from `byte` there.)
        let byte = column == columns.byte && row / 3 >= 5;
        let product = row / 3 >= 5 && (columns.product_low.contains(&column) || columns.product_high.contains(&column) || columns.carries.contains(&column));
        assert!(inverse || byte || product, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(WIDTH);
    let columns = ShiftCols::view(&numbers);
    for column in [columns.uses, columns.low, columns.high, columns.moves[0], columns.sign] {
        assert!(padding_rejects(&ShiftAir, column));
    }
}

/// The word of forgeries: limbs that differ, each byte with room above it, no sign.
fn word() -> U256 {
    (0..LIMBS).map(|i| U256::from(0x2103 + 0x11 * i) << (16 * i)).sum()
}

/// The same word with a sign.
fn negative() -> U256 {
    word() | U256::ONE << 255_usize
}

/// What stops the row of a SHL (0), SHR (1) or SAR (2), edited, if others believe each message.
fn stopped(row: usize, amount: u64, b: U256, edit: impl FnOnce(&mut ShiftCols<F>)) -> Vec<String> {
    let (_, honest) = table(&[(U256::from(amount), b)]);
    stopped_though_believed("shift", &ShiftAir, &forged_row(&honest, row, |cells| edit(ShiftCols::view_mut(cells))))
}

/// The same, with the limb above and the result that the row's other cells ask for.
fn fitted(row: usize, amount: u64, b: U256, edit: impl FnOnce(&mut ShiftCols<F>)) -> Vec<String> {
    stopped(row, amount, b, |c| {
        edit(c);
        c.top = top(c);
        c.result = result(c);
    })
}

fn power(c: &ShiftCols<F>) -> F {
    (0..8).map(|k| c.powers[k] * F::from_u32(1 << k)).sum()
}

fn top(c: &ShiftCols<F>) -> F {
    let fill = |bits: u32| c.carries[LIMBS - 1] + c.sign * (F::from_u32(1 << bits) - power(c));
    fill(16) + c.byte * (fill(8) * F::from_u32(1 << 8) + c.product_high[LIMBS - 1] - fill(16))
}

fn result(c: &ShiftCols<F>) -> [F; LIMBS] {
    let filled = c.sign * F::from_u16(0xffff);
    let limb = |i: usize| {
        let below = if i > 0 { c.product_high[i - 1] } else { F::ZERO };
        let (limb, moved) = (c.product_low[i] + c.product_high[i] * F::from_u16(256), c.product_low[i] * F::from_u16(256) + below);
        limb + c.byte * (moved - limb)
    };
    let above = |i: usize| {
        if i < LIMBS {
            limb(i)
        } else if i == LIMBS {
            c.top
        } else {
            filled
        }
    };
    core::array::from_fn(|j| {
        let left: F = (0..=j).map(|l| c.moves[l] * limb(j - l)).sum();
        let right: F = (1..=LIMBS).map(|l| c.moves[LIMBS - 1 + l] * above(j + l)).sum();
        left + right + filled * (c.low + c.high)
    })
}

/// The product that the powers ask for, if they add to a number.
fn multiply(c: &mut ShiftCols<F>) {
    let (power, mut carry) = (power(c).as_canonical_u32(), 0);
    for i in 0..LIMBS {
        let product = power * c.b.limbs[i].as_canonical_u32() + carry;
        carry = product >> 16;
        (c.product_low[i], c.product_high[i], c.carries[i]) = (F::from_u32(product & 0xff), F::from_u32(product >> 8 & 0xff), F::from_u32(carry));
    }
}

/// Moves by the limbs of the given flags, each 1.
fn moves(c: &mut ShiftCols<F>, flags: &[usize]) {
    c.moves = [F::ZERO; 2 * LIMBS];
    flags.iter().for_each(|&flag| c.moves[flag] = F::ONE);
}

/// Multiplies by the sum of the given powers.
fn powers(c: &mut ShiftCols<F>, flags: &[usize]) {
    c.powers = [F::ZERO; 8];
    flags.iter().for_each(|&flag| c.powers[flag] = F::ONE);
    multiply(c);
}

/// A row of a large amount: by its first limb, or by the others.
fn large(c: &mut ShiftCols<F>, low: bool) {
    (c.low, c.high, c.byte) = (F::from_bool(low), F::from_bool(!low), F::ZERO);
    moves(c, &[]);
    powers(c, &[]);
}

/// Of each constraint on the row and its operands a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let flags = |set: [F; 3], amount: u64, b: U256| {
        fitted(2, amount, b, |c| {
            [c.shl, c.shr, c.sar] = set;
            // a row of two instructions gives no wire
            c.uses = if set.into_iter().sum::<F>() == F::ONE { c.uses } else { F::ZERO };
        })
    };
    let (no, one) = (F::ZERO, F::ONE);
    assert_eq!(flags([no, no, one], 300, word()), [""; 0]);
    // rows that have the code of a CLZ; of a SHR, which then fills with the sign; of a BYTE (whose two look-ups are of one number, once and less than no times)
    assert_eq!(flags([-one, one, one], 300, word()), ["0"]);
    assert_eq!(flags([one, -one, one], 300, negative()), ["1"]);
    assert_eq!(flags([one, one, -one], 256 + 2 * (word() >> 240_usize).as_limbs()[0], word()), ["2"]);
    for row in 0..3 {
        // a byte that is moved twice
        let twice = |c: &mut ShiftCols<F>| {
            c.byte = F::TWO;
            moves(c, &[if row == 0 { 0 } else { LIMBS + 1 }]);
        };
        assert_eq!(fitted(row, 16, word(), twice), ["5"]);
        // two instructions, of an amount that is large twice
        let two = |c: &mut ShiftCols<F>| {
            (c.shl, c.shr, c.uses) = (F::ONE, F::ONE, F::ZERO);
            (c.low, c.high) = (F::ONE, F::ONE);
            (c.a.limbs[1], c.inverse) = (F::ONE, F::ONE);
        };
        assert_eq!(fitted(row.min(1), 300, word(), two), ["6"]);
        // a word from a row that is no instruction
        assert_eq!(fitted(row, 300, word(), |c| (c.shl, c.shr, c.sar, c.low) = (no, no, no, no)), ["7"]);
        // a wire where the instruction has a constant, and the other way round; the wire of another region
        assert_eq!(fitted(row, 3, word(), |c| (c.a.constant, c.a.time) = (F::TWO, -c.region)), ["8"]);
        assert_eq!(fitted(row, 3, word(), |c| c.a.time += one), ["9"]);
        assert_eq!(fitted(row, 3, word(), |c| (c.b.constant, c.b.time) = (-one, c.region.double())), ["10"]);
        assert_eq!(fitted(row, 3, word(), |c| c.b.time += one), ["11"]);
    }
}

/// A small amount taken for a large one, where a row that is not real answers the look-up.
#[test]
fn no_row_answers_look_ups() {
    let (_, honest) = table(&[(U256::from(16), word())]);
    for row in 0..3 {
        let mut forged = forged_row(&honest, row, |cells| {
            let columns = ShiftCols::view_mut(cells);
            large(columns, true);
            columns.top = top(columns);
            columns.result = result(columns);
        });
        let answer = ShiftCols::view_mut(&mut forged.values[WIDTH..]);
        (answer.low, answer.a.limbs[0], answer.moves[1], answer.powers[0]) = (-F::ONE, F::from_u8(16), F::ONE, F::ONE);
        assert_eq!(stopped_though_believed("shift", &ShiftAir, &forged), ["3"]);
    }
}

/// Of each constraint on the amount a wrong shift that nothing else stops. (That `high` and `small` are bits follows: `high` where limbs 1.. are 0 has no inverse.)
#[test]
fn each_constraint_on_the_amount_is_needed() {
    let no = F::ZERO;
    // a move of -1 and two others, which add to the distance: to the left 5 limbs, to the right 5
    for (row, first) in [(0, 0), (1, LIMBS - 1), (2, LIMBS - 1)] {
        for f in (0..LIMBS).map(|f| f + row.min(1)) {
            let pair = (row.min(1)..).map(|j| (j, (5 + f).wrapping_sub(j))).find(|&(j, l)| j != f && l != f && j != l && l < LIMBS).expect("two other moves");
            let three = |c: &mut ShiftCols<F>| {
                moves(c, &[first + pair.0, first + pair.1]);
                c.moves[first + f] = -F::ONE;
            };
            assert_eq!(fitted(row, 80, word(), three), [(13 + first + f).to_string()]);
        }
    }
    // a power of -1 and two others; 2^7 with -1 has no product of bytes
    for f in 0..7 {
        let others = if f == 0 { [1, 2] } else { [0, f + 1] };
        let three = |c: &mut ShiftCols<F>| {
            powers(c, &others);
            c.powers[f] = -F::ONE;
            multiply(c);
        };
        assert_eq!(fitted(0, (others[0] + others[1] - f) as u64, word(), three), [(45 + f).to_string()]);
    }
    for (row, first) in [(0, 0), (1, LIMBS - 1), (2, LIMBS - 1)] {
        // no move, two of them; no power, two of them; a limb from nowhere of a large amount
        assert_eq!(fitted(row, 0, word(), |c| moves(c, &[])), ["53"]);
        assert_eq!(fitted(row, 80, word(), |c| moves(c, &[first + 2, first + 3])), ["53"]);
        assert_eq!(fitted(row, 80, word(), |c| powers(c, &[])), ["54"]);
        let (amount, distance) = if row == 0 { (3, 0) } else { (13, LIMBS) };
        let two = |c: &mut ShiftCols<F>| {
            powers(c, &[1, 2]);
            moves(c, &[distance]);
        };
        assert_eq!(fitted(row, amount, word(), two), ["54"]);
        let nowhere = |c: &mut ShiftCols<F>| {
            moves(c, &[0]);
            (c.product_low[0], c.product_high[0], c.product_high[1]) = (F::ONE, no, F::from_u8(0x7f));
            c.carries[0] = F::from_u16(0x7f00);
        };
        assert_eq!(fitted(row, 300, word(), nowhere), ["53"]);
        // to the other side
        for limbs in 1..LIMBS {
            let side = |c: &mut ShiftCols<F>| moves(c, &[if row == 0 { LIMBS - 1 + limbs } else { limbs }]);
            assert_eq!(fitted(row, 16 * limbs as u64, word(), side), [if row == 0 { "55" } else { "56" }]);
        }
        // an amount beyond 16 bits taken for its first limb
        for k in 1..LIMBS {
            assert_eq!(fitted(row, 3, word(), |c| c.a.limbs[k] = F::ONE), ["57"]);
        }
        // by other limbs, another byte, other bits
        assert_eq!(fitted(row, 80, word(), |c| moves(c, &[first + 4])), ["58"]);
        assert_eq!(fitted(row, 80, word(), |c| c.byte = F::ONE), ["58"]);
        assert_eq!(fitted(row, 80, word(), |c| powers(c, &[1])), ["58"]);
        // a small amount taken for a large one
        assert_eq!(fitted(row, 255, word(), |c| large(c, true)), ["range"]);
        assert_eq!(fitted(row, 255, word(), |c| large(c, false)), ["59"]);
    }
}

/// Of each constraint on the product and the look-ups of its bytes a wrong shift that nothing else stops.
#[test]
fn each_constraint_on_the_product_is_needed() {
    let one = F::ONE;
    for (row, amount) in [(0, 0), (0, 16), (1, 0), (1, 16), (2, 16)] {
        for i in 0..LIMBS {
            // a product that is none
            assert_eq!(fitted(row, amount, word(), |c| c.product_low[i] += one), [(60 + i).to_string()]);
            // a limb less than 0, with a carry that makes up for it
            let negative = |c: &mut ShiftCols<F>| {
                c.product_high[i] -= F::from_u16(256);
                c.carries[i] += one;
                c.product_low.iter_mut().skip(i + 1).take(1).for_each(|next| *next += one);
            };
            assert_eq!(fitted(row, amount, word(), negative), ["bytes"]);
            // a limb too large by 1, with a carry that makes up for it: 1 / 2^16 is -0x7f00
            let fraction = |c: &mut ShiftCols<F>| {
                c.product_low[i] += one;
                c.carries[i] += F::from_u16(0x7f00);
                c.product_high.iter_mut().skip(i + 1).take(1).for_each(|next| *next += F::from_u8(0x7f));
            };
            assert_eq!(fitted(row, amount, word(), fraction), ["bytes"]);
        }
    }
}

/// Of each constraint on the sign, on what is above the word and on the result a wrong shift that nothing else stops.
#[test]
fn each_constraint_on_the_result_is_needed() {
    for amount in [3, 13, 300] {
        // a sign where the instruction has none, one that is a part of the limb's, none where there is one, one where there is none
        for row in 0..2 {
            assert_eq!(fitted(row, amount, negative(), |c| c.sign = F::ONE), ["76"]);
        }
        assert_eq!(fitted(2, amount, negative(), |c| c.sign = c.b.limbs[LIMBS - 1] / F::from_u16(1 << 15)), ["76"]);
        assert_eq!(fitted(2, amount, negative(), |c| c.sign = F::ZERO), ["range"]);
        assert_eq!(fitted(2, amount, word(), |c| c.sign = F::ONE), ["range"]);
    }
    for row in 0..3 {
        // other bits above the word; 16 - 3 and 16 - 11 bits to the right are with a byte and without
        for amount in [3, 13] {
            let above = |c: &mut ShiftCols<F>| {
                c.top += F::ONE;
                c.result = result(c);
            };
            assert_eq!(stopped(row, amount, negative(), above), ["77"]);
        }
        // a limb that does not follow
        for (amount, j) in [3, 80, 300].into_iter().flat_map(|amount| (0..LIMBS).map(move |j| (amount, j))) {
            assert_eq!(stopped(row, amount, negative(), |c| c.result[j] += F::ONE), [(78 + j).to_string()]);
        }
    }
}

/// The shift of or by other words than the wires have, or another shift, though its readers believe it.
#[test]
fn the_words_and_the_op_are_the_instruction_s() {
    let stopped = |op: u16, b: U256, result: U256, edit: fn(&mut PureStep)| {
        let (mut mock, mut rows) = (Mock::new(), ShiftRows::default());
        let mut step = mock.pure(op, &[U256::from(4), b], result);
        edit(&mut step);
        rows.push(&step, &mut mock.context);
        mock.causes("shift", &ShiftAir, &rows.finish().expect("rows")).into_iter().collect::<Vec<_>>()
    };
    let (b, shifted) = (U256::from(0x12), U256::from(0x120));
    assert_eq!(stopped(isa::SHL, b, shifted, |_| ()), [""; 0]);
    assert_eq!(stopped(isa::SHL, b, shifted << 4_usize, |step| step.operands[0] = U256::from(8)), ["wire"]);
    assert_eq!(stopped(isa::SHL, b, U256::from(0x130), |step| step.operands[1] = U256::from(0x13)), ["wire"]);
    assert_eq!(stopped(isa::SHL, b, U256::ONE, |step| step.op = isa::SHR), ["rom"]);
    assert_eq!(stopped(isa::SHR, U256::MAX, U256::MAX, |step| step.op = isa::SAR), ["rom"]);
    assert_eq!(stopped(isa::SAR, U256::MAX, U256::MAX << 4_usize, |step| step.op = isa::SHL), ["rom"]);
}
