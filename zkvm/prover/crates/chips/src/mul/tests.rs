use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::{Carry, MulAir, MulCols, MulRows};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = MulCols::<F>::WIDTH;

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
    let numbers = numbers(WIDTH);
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
    let numbers = numbers(WIDTH);
    let view = MulCols::view(&numbers);
    let unread = [view.id, view.region, view.a.id, view.b.id, view.a.time, view.b.time, view.a.constant, view.b.constant];
    assert!(mock.accepted("mul", &MulAir, &table, 0..3).iter().all(|(_, column)| unread.contains(column)));
}

/// A word of equal limbs.
fn word(limb: u16) -> U256 {
    U256::MAX / U256::from(0xffff) * U256::from(limb)
}

/// What stops the row of a product, edited, if others believe each message.
fn stopped(a: U256, b: U256, edit: impl FnOnce(&mut MulCols<F>)) -> Vec<String> {
    let (_, honest) = table(&[(a, b)]);
    stopped_though_believed("mul", &MulAir, &forged_row(&honest, 0, |cells| edit(MulCols::view_mut(cells))))
}

/// 1 / 2^16 is -0x7f00: a limb too large by 1 is made up for by this much in the next, as if carried.
const FRACTION: u16 = 0x7f00;

/// Adds to a limb of the result, and to the next one if there is one.
fn add(c: &mut MulCols<F>, i: usize, by: F, up: F) {
    c.result[i] += by;
    c.result.iter_mut().skip(i + 1).take(1).for_each(|next| *next += up);
}

/// Of each constraint on the row and its operands a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let stopped = |edit: fn(&mut MulCols<F>)| stopped(word(3), U256::from(5), edit);
    assert_eq!(stopped(|_| ()), [""; 0]);
    // words from a row that asks for its operands less than no times
    assert_eq!(stopped(|c| (c.instruction, c.uses) = (-F::ONE, F::ZERO)), ["1"]);
    // a product of a row that does not multiply: an instruction's, and one that others ask for
    fn wrong(c: &mut MulCols<F>) {
        (c.real, c.result[15]) = (F::ZERO, F::ZERO);
        c.carries[15].low = F::from_u16(15) / F::from_u32(1 << 16);
    }
    assert_eq!(stopped(wrong), ["2"]);
    let answer = |c: &mut MulCols<F>| {
        wrong(c);
        (c.instruction, c.uses, c.products) = (F::ZERO, F::ZERO, F::ONE);
    };
    assert_eq!(stopped(answer), ["4"]);
    // a word from a row that is no instruction
    assert_eq!(stopped(|c| c.instruction = F::ZERO), ["3"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    assert_eq!(stopped(|c| (c.a.constant, c.a.time) = (F::TWO, -c.region)), ["5"]);
    assert_eq!(stopped(|c| c.a.time += F::ONE), ["6"]);
    assert_eq!(stopped(|c| (c.b.constant, c.b.time) = (-F::ONE, c.region.double())), ["7"]);
    assert_eq!(stopped(|c| c.b.time += F::ONE), ["8"]);
}

/// A limb less than 0, where a row that is real less than no times answers the look-ups.
#[test]
fn no_row_answers_look_ups() {
    let (_, honest) = table(&[(word(3), U256::from(5))]);
    let mut forged = forged_row(&honest, 0, |cells| {
        let columns = MulCols::view_mut(cells);
        columns.result[15] -= F::from_u32(1 << 16);
        columns.carries[15].low += F::ONE;
    });
    forged.values.copy_within(..WIDTH, WIDTH);
    let answer = MulCols::view_mut(&mut forged.values[WIDTH..]);
    (answer.real, answer.instruction, answer.uses) = (-F::ONE, F::ZERO, F::ZERO);
    assert_eq!(stopped_though_believed("mul", &MulAir, &forged), ["0"]);
}

/// Of each limb's constraint and look-ups a wrong result that nothing else stops.
#[test]
fn each_limb_is_needed() {
    let (one, fraction) = (F::ONE, F::from_u16(FRACTION));
    for i in 0..LIMBS {
        // a limb that does not follow
        assert_eq!(stopped(word(3), U256::from(5), |c| c.result[i] += one), [(9 + i).to_string()]);
        // a limb too small by 2^16, with a carry that makes up for it
        let negative = |c: &mut MulCols<F>| {
            c.carries[i].low += one;
            add(c, i, -F::from_u32(1 << 16), one);
        };
        assert_eq!(stopped(word(3), U256::from(5), negative), ["range"]);
        // a carry that is a fraction
        let carry = |c: &mut MulCols<F>| {
            c.carries[i].low += fraction;
            add(c, i, one, fraction);
        };
        assert_eq!(stopped(word(3), U256::from(5), carry), ["bytes"]);
        // bytes of an operand that are fractions
        let bytes = |a: bool| {
            let (word, byte) = (word(3), U256::from(0x100));
            stopped(if a { word } else { byte }, if a { byte } else { word }, |c| {
                if a {
                    c.a_high[i] += fraction
                } else {
                    c.b_high[i] += fraction
                }
                add(c, i, one, fraction);
            })
        };
        assert_eq!(bytes(true), ["bytes"]);
        assert_eq!(bytes(false), ["bytes"]);
    }
}

/// The product of other words than the wires have, and of another instruction, though its readers believe it.
#[test]
fn the_words_and_the_op_are_the_instruction_s() {
    let stopped = |op: u16, result: u64, edit: fn(&mut PureStep)| {
        let (mut mock, mut rows) = (Mock::new(), MulRows::default());
        let mut step = mock.pure(op, &[U256::from(9), U256::from(4)], U256::from(result));
        edit(&mut step);
        rows.push(&step, &mut mock.context);
        mock.causes("mul", &MulAir, &rows.finish().expect("rows")).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(stopped(isa::MUL, 36, |_| ()), [""; 0]);
    assert_eq!(stopped(isa::MUL, 40, |step| step.operands[0] = U256::from(10)), ["wire"]);
    assert_eq!(stopped(isa::MUL, 45, |step| step.operands[1] = U256::from(5)), ["wire"]);
    assert_eq!(stopped(isa::ADD, 36, |_| ()), ["rom"]);
}

/// The other form of a carry (low + 64, high - 1) changes nothing: not a forgery, and accepted.
#[test]
fn a_carry_has_more_than_one_form() {
    let (mock, table) = table(&[(U256::MAX, U256::MAX)]);
    let mut other = table.clone();
    let Carry { low, high } = &mut MulCols::view_mut(&mut other.values[..WIDTH]).carries[7];
    (*low, *high) = (*low + F::from_u8(64), *high - F::ONE);
    assert_eq!(mock.forged("mul", &MulAir, &other), None);
}
