use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::{ByteAir, ByteCols, ByteRows};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = ByteCols::<F>::WIDTH;

/// The result from the bytes of the word in EVM order.
fn expected(op: u16, a: U256, b: U256) -> U256 {
    let mut bytes = b.to_be_bytes::<32>();
    let index = if a < U256::from(32) { a.as_limbs()[0] as usize } else { 32 };
    match (op, index) {
        (isa::BYTE, 32) => U256::ZERO,
        (isa::BYTE, i) => U256::from(bytes[i]),
        (_, 32) => b,
        (_, i) => {
            let fill = if bytes[31 - i] >= 0x80 { 0xff } else { 0 };
            bytes[..31 - i].fill(fill);
            U256::from_be_bytes(bytes)
        }
    }
}

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), ByteRows::default());
    for &(a, b) in pairs {
        for op in [isa::BYTE, isa::SIGNEXTEND] {
            let step = mock.pure(op, &[a, b], expected(op, a, b));
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn all_indices_choose_the_right_byte() {
    let mut seeded = Seeded::new(2);
    let mut pairs = vec![];
    for index in 0..=33u64 {
        pairs.extend((0..6).map(|_| (U256::from(index), seeded.random())));
        pairs.extend([(U256::from(index), U256::MAX), (U256::from(index), U256::ZERO)]);
    }
    pairs.extend(edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("byte", &ByteAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&ByteAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (112, 22, 94));
}

#[test]
fn each_cell_matters() {
    let word = Seeded::new(3).random() | U256::from(0x80);
    let (mock, table) = table(&[(U256::ZERO, word), (U256::from(13), word), (U256::from(31), word), (U256::from(40), word), (U256::MAX, word)]);
    assert_eq!(mock.check("byte", &ByteAir, &table), None);
    let numbers = numbers(WIDTH);
    let columns = ByteCols::view(&numbers);
    for (row, column) in mock.accepted("byte", &ByteAir, &table, 0..10) {
        // Read only under `high`.
        assert!(column == columns.inverse && row / 2 != 4, "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_and_ask_nothing() {
    let numbers = numbers(WIDTH);
    let columns = ByteCols::view(&numbers);
    for column in [columns.uses, columns.low, columns.high, columns.marks[4], columns.sign] {
        assert!(padding_rejects(&ByteAir, column));
    }
}

/// Bytes of the word of forgeries, from the least significant. Bytes 4 and 6 have no sign bit, byte 5 has one.
fn bytes() -> [u8; 32] {
    core::array::from_fn(|k| ((k * k * 7 + 3) % 251) as u8)
}

/// What stops the row of a BYTE (0) or a SIGNEXTEND (1) of the byte at `index`, edited, if others believe each message.
fn stopped(row: usize, index: u64, edit: impl FnOnce(&mut ByteCols<F>)) -> Vec<String> {
    let (_, honest) = table(&[(U256::from(index), U256::from_le_bytes(bytes()))]);
    stopped_though_believed("byte", &ByteAir, &forged_row(&honest, row, |cells| edit(ByteCols::view_mut(cells))))
}

/// The same, with the chosen byte and the result that the row's other cells ask for.
fn fitted(row: usize, index: u64, edit: impl FnOnce(&mut ByteCols<F>)) -> Vec<String> {
    stopped(row, index, |c| {
        edit(c);
        c.chosen = (0..32).map(|k| c.marks[k] * byte_of(c, k)).sum();
        fit(c);
    })
}

fn byte_of(c: &ByteCols<F>, k: usize) -> F {
    let high = c.b_high[k / 2];
    if k % 2 == 1 { high } else { c.b.limbs[k / 2] - high * F::from_u16(256) }
}

/// The result that the chosen byte, the sign and the marks ask for.
fn fit(c: &mut ByteCols<F>) {
    let mut above = F::ZERO;
    c.result = [F::ZERO; LIMBS];
    c.result[0] = c.byte * c.chosen;
    for k in 0..32 {
        let value = byte_of(c, k) + above * (c.sign * F::from_u8(0xff) - byte_of(c, k));
        c.result[k / 2] += c.extend * value * F::from_u16(if k % 2 == 1 { 256 } else { 1 });
        above += c.marks[k];
    }
}

/// A row whose only mark is at `place`.
fn mark(c: &mut ByteCols<F>, place: usize) {
    c.marks = [F::ZERO; 32];
    c.marks[place] = F::ONE;
}

/// A row of an index outside: by its first limb, or by the others.
fn outside(c: &mut ByteCols<F>, low: bool) {
    (c.low, c.high, c.marks) = (F::from_bool(low), F::from_bool(!low), [F::ZERO; 32]);
}

/// Of each constraint on the row and its operands a forgery that nothing else stops. (That `byte` and `extend` are bits follows: else an index a is 31 - a.)
#[test]
fn each_constraint_on_the_row_is_needed() {
    for row in 0..2 {
        for index in [4, 5, 6, 31, 40] {
            assert_eq!(fitted(row, index, |_| ()), [""; 0]);
        }
        // two instructions, at any byte
        let two = |c: &mut ByteCols<F>| {
            (c.byte, c.extend, c.uses) = (F::ONE, F::ONE, F::ZERO);
            mark(c, 4);
        };
        assert_eq!(fitted(row, 40, two), ["4"]);
        // a word from a row that is no instruction
        assert_eq!(fitted(row, 40, |c| (c.byte, c.extend, c.low) = (F::ZERO, F::ZERO, F::ZERO)), ["5"]);
        // a wire where the instruction has a constant, and the other way round; the wire of another region
        assert_eq!(fitted(row, 5, |c| (c.a.constant, c.a.time) = (F::TWO, -c.region)), ["6"]);
        assert_eq!(fitted(row, 5, |c| c.a.time += F::ONE), ["7"]);
        assert_eq!(fitted(row, 5, |c| (c.b.constant, c.b.time) = (-F::ONE, c.region.double())), ["8"]);
        assert_eq!(fitted(row, 5, |c| c.b.time += F::ONE), ["9"]);
    }
}

/// An index inside taken for one outside, where a row that is not real answers the look-up.
#[test]
fn no_row_answers_look_ups() {
    let (_, honest) = table(&[(U256::from(5), U256::from_le_bytes(bytes()))]);
    for row in 0..2 {
        let mut forged = forged_row(&honest, row, |cells| {
            let columns = ByteCols::view_mut(cells);
            outside(columns, true);
            (columns.chosen, columns.sign) = (F::ZERO, F::ZERO);
            fit(columns);
        });
        let answer = ByteCols::view_mut(&mut forged.values[WIDTH..]);
        (answer.low, answer.a.limbs[0], answer.marks[0]) = (-F::ONE, F::from_u8(5), F::ONE);
        assert_eq!(stopped_though_believed("byte", &ByteAir, &forged), ["2"]);
    }
}

/// Of each constraint on the index a wrong byte that nothing else stops. (That `high` and `inside` are bits follows: `high` where limbs 1.. are 0 has no inverse.)
#[test]
fn each_constraint_on_the_index_is_needed() {
    // a mark of -1 at i and two others, which add to the place and to another byte
    let place = 15_usize;
    let byte = |k: usize| i32::from(bytes()[k]);
    for i in 0..32 {
        let other = |j: usize| (place + i).checked_sub(j).filter(|&l| j < l && l < 32 && j != i && l != i);
        let wrong = |j: usize, l: usize| (0..256).contains(&(byte(j) + byte(l) - byte(i))) && byte(j) + byte(l) - byte(i) != byte(place);
        let (j, l) = (0..32).filter_map(|j| Some((j, other(j)?))).find(|&(j, l)| wrong(j, l)).expect("two other marks");
        let marks = |c: &mut ByteCols<F>| {
            c.marks = [F::ZERO; 32];
            (c.marks[i], c.marks[j], c.marks[l]) = (-F::ONE, F::ONE, F::ONE);
        };
        assert_eq!(fitted(0, 31 - place as u64, marks), [(11 + i).to_string()]);
    }
    // byte 0 that is 0, two bytes added, a byte beyond the word
    assert_eq!(fitted(0, 31, |c| c.marks[0] = F::ZERO), ["43"]);
    assert_eq!(fitted(0, 16, |c| (c.marks[15], c.marks[7], c.marks[8]) = (F::ZERO, F::ONE, F::ONE)), ["43"]);
    assert_eq!(fitted(0, 40, |c| c.marks[5] = F::ONE), ["43"]);
    for row in 0..2 {
        // an index beyond 16 bits taken for its first limb
        for k in 1..LIMBS {
            assert_eq!(fitted(row, 4, |c| c.a.limbs[k] = F::ONE), ["44"]);
        }
        // an index inside taken for one outside
        let large = |low: bool| {
            fitted(row, 5, |c| {
                outside(c, low);
                c.sign = F::ZERO;
            })
        };
        assert_eq!(large(false), ["47"]);
        assert_eq!(large(true), ["range"]);
    }
    // another byte
    assert_eq!(fitted(1, 4, |c| mark(c, 6)), ["45"]);
    assert_eq!(fitted(0, 4, |c| mark(c, 6)), ["46"]);
}

/// Of each constraint on the result a wrong one that nothing else stops.
#[test]
fn each_constraint_on_the_result_is_needed() {
    // a byte that is not the marked one
    let chosen = |row: usize, index: u64, byte: u8| {
        stopped(row, index, |c| {
            (c.chosen, c.sign) = (F::from_u8(byte), F::ZERO);
            fit(c);
        })
    };
    assert_eq!(chosen(0, 5, 9), ["48"]);
    assert_eq!(chosen(1, 5, 9), ["48"]);
    // a sign that is no bit, none where there is one, one where there is none
    assert_eq!(fitted(1, 5, |c| c.sign = (c.chosen - F::from_u16(512).inverse()) / F::from_u8(128)), ["49"]);
    assert_eq!(fitted(1, 5, |c| c.sign = F::ZERO), ["range"]);
    assert_eq!(fitted(1, 4, |c| c.sign = F::ONE), ["range"]);
    for i in 0..LIMBS {
        // a limb that does not follow
        for row in 0..2 {
            assert_eq!(stopped(row, 4, |c| c.result[i] += F::ONE), [(50 + i).to_string()]);
        }
        // a limb split into other numbers than its bytes
        assert_eq!(fitted(0, 30 - 2 * i as u64, |c| c.b_high[i] += F::ONE), ["bytes"]);
    }
}

/// The result of other words than the wires have, or of the other instruction, though its readers believe it.
#[test]
fn the_words_and_the_op_are_the_instruction_s() {
    let stopped = |op: u16, result: u64, edit: fn(&mut PureStep)| {
        let (mut mock, mut rows) = (Mock::new(), ByteRows::default());
        let mut step = mock.pure(op, &[U256::from(30), U256::from(0x1234)], U256::from(result));
        edit(&mut step);
        rows.push(&step, &mut mock.context);
        mock.causes("byte", &ByteAir, &rows.finish().expect("rows")).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(stopped(isa::BYTE, 0x12, |_| ()), [""; 0]);
    assert_eq!(stopped(isa::BYTE, 0x34, |step| step.operands[0] = U256::from(31)), ["wire"]);
    assert_eq!(stopped(isa::BYTE, 0x56, |step| step.operands[1] = U256::from(0x5634)), ["wire"]);
    assert_eq!(stopped(isa::BYTE, 0x1234, |step| step.op = isa::SIGNEXTEND), ["rom"]);
    assert_eq!(stopped(isa::SIGNEXTEND, 0x12, |step| step.op = isa::BYTE), ["rom"]);
}
