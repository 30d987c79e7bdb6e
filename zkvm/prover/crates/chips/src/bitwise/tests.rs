use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::{BitwiseAir, BitwiseCols, BitwiseRows};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = BitwiseCols::<F>::WIDTH;

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
    let numbers = numbers(WIDTH);
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
    let numbers = numbers(WIDTH);
    let columns = BitwiseCols::view(&numbers);
    for column in [columns.uses, columns.by_a[3], columns.by_b[15]] {
        assert!(padding_rejects(&BitwiseAir, column));
    }
}

/// What stops the row of an AND (0), OR (1), XOR (2) or NOT (3) of words whose limbs are all `limbs`, edited, if others believe each message.
fn stopped(row: usize, limbs: [u16; 2], edit: impl FnOnce(&mut BitwiseCols<F>)) -> Vec<String> {
    let (_, honest) = table(&[limbs.map(|limb| U256::MAX / U256::from(0xffff) * U256::from(limb)).into()]);
    stopped_though_believed("bitwise", &BitwiseAir, &forged_row(&honest, row, |cells| edit(BitwiseCols::view_mut(cells))))
}

/// The result that a row's other cells ask for.
fn fit(c: &mut BitwiseCols<F>) {
    for i in 0..LIMBS {
        let (x, y, both) = (c.a.limbs[i], c.b.limbs[i], c.both[i]);
        c.result[i] = c.and * both + c.or * (x + y - both) + c.xor * (x + y - both.double()) + c.not * (F::from_u16(0xffff) - x);
    }
}

/// Of each constraint on the row and its operands a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let flags = |set: [F; 4]| {
        stopped(0, [0xffff, 0xffff], |c| {
            [c.and, c.or, c.xor, c.not] = set;
            // a row of two instructions gives no wire
            c.uses = if set.into_iter().sum::<F>() == F::ONE { c.uses } else { F::ZERO };
            fit(c);
        })
    };
    let (no, one) = (F::ZERO, F::ONE);
    assert_eq!(flags([one, no, no, no]), [""; 0]);
    // rows that have the code of another instruction: NOT, OR (whose result is then 0), ISZERO, EQ
    assert_eq!(flags([-one, one, one, no]), ["0"]);
    assert_eq!(flags([one, -one, one, no]), ["1"]);
    assert_eq!(flags([one, one, -one, no]), ["2"]);
    assert_eq!(flags([one, one, no, -one]), ["3"]);
    // two instructions
    assert_eq!(flags([one, one, no, no]), ["4"]);

    let stopped = |edit: fn(&mut BitwiseCols<F>)| stopped(0, [6, 0x5555], edit);
    // a word from a row that is no instruction
    assert_eq!(stopped(|c| (c.and, c.result) = (F::ZERO, [F::ZERO; LIMBS])), ["5"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    assert_eq!(stopped(|c| (c.a.constant, c.a.time) = (F::TWO, -c.region)), ["6"]);
    assert_eq!(stopped(|c| c.a.time += F::ONE), ["7"]);
    assert_eq!(stopped(|c| (c.b.constant, c.b.time) = (-F::ONE, c.region.double())), ["8"]);
    assert_eq!(stopped(|c| c.b.time += F::ONE), ["9"]);
}

/// Of each limb's constraints and look-up a wrong result that nothing else stops. (That `by_a` and `by_b` are bits follows: their sum is 0 or 1.)
#[test]
fn each_limb_is_needed() {
    for i in 0..LIMBS {
        let ordinal = |k: usize| [(10 + 7 * i + k).to_string()];
        for row in 0..3 {
            let both = |limbs: [u16; 2], [by_a, by_b]: [bool; 2], both: u16| {
                stopped(row, limbs, |c| {
                    (c.by_a[i], c.by_b[i], c.both[i]) = (F::from_bool(by_a), F::from_bool(by_b), F::from_u16(both));
                    fit(c);
                })
            };
            assert_eq!(both([6, 0x5555], [false, false], 4), [""; 0]);
            // a limb that is no mask taken for one: 6 * 0x5555 / 0xffff is 2
            assert_eq!(both([6, 0x5555], [true, false], 2), ordinal(2));
            assert_eq!(both([6, 0x5555], [false, true], 2), ordinal(3));
            // an AND with a mask that is not the product
            assert_eq!(both([0xffff, 0x5555], [true, false], 4), ordinal(4));
            assert_eq!(both([0x5555, 0], [false, true], 4), ordinal(4));
            // an AND that is none
            assert_eq!(both([6, 0x5555], [false, false], 2), ["limb_and"]);
        }
        // a result that does not follow
        for row in 0..4 {
            assert_eq!(stopped(row, [6, 0x5555], |c| c.result[i] += F::ONE), ordinal(6));
        }
    }
}

/// A NOT that answers look-ups as a limb with a mask: an entry beyond 16 bits, for an AND that asks.
#[test]
fn no_row_answers_look_ups() {
    for i in 0..LIMBS {
        let (_, mut forged) = table(&[(U256::MAX, U256::MAX)]);
        for (row, mask) in [(0, F::ZERO), (3, F::ONE)] {
            let columns = BitwiseCols::view_mut(&mut forged.values[row * WIDTH..(row + 1) * WIDTH]);
            let wide = F::from_u32(0x1_0005);
            (columns.by_a[i], columns.b.limbs[i], columns.both[i]) = (mask, wide, wide);
            fit(columns);
        }
        assert_eq!(stopped_though_believed("bitwise", &BitwiseAir, &forged), [(10 + 7 * i + 5).to_string()]);
    }
}

/// The result of other words than the wires have, or of another instruction, though its readers believe it.
#[test]
fn the_words_and_the_op_are_the_instruction_s() {
    let (a, b) = (U256::from(6), U256::from(5));
    let stopped = |op: u16, result: u64, edit: fn(&mut PureStep)| {
        let (mut mock, mut rows) = (Mock::new(), BitwiseRows::default());
        let mut step = mock.pure(op, &[a, b], U256::from(result));
        edit(&mut step);
        rows.push(&step, &mut mock.context);
        mock.causes("bitwise", &BitwiseAir, &rows.finish().expect("rows")).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(stopped(isa::AND, 4, |_| ()), [""; 0]);
    assert_eq!(stopped(isa::AND, 5, |step| step.operands[0] = U256::from(7)), ["wire"]);
    assert_eq!(stopped(isa::AND, 6, |step| step.operands[1] = U256::from(7)), ["wire"]);
    assert_eq!(stopped(isa::AND, 7, |step| step.op = isa::OR), ["rom"]);
    assert_eq!(stopped(isa::OR, 3, |step| step.op = isa::XOR), ["rom"]);
    assert_eq!(stopped(isa::XOR, 4, |step| step.op = isa::AND), ["rom"]);
}
