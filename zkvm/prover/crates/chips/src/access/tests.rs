use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::{AccessAir, AccessCols, AccessRows};
use crate::bus::{F, MEMORY_SPACE, REGISTER_SPACE, name, space};
use crate::evaluate::Violation;
use crate::testing::{FRAME, Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};
use crate::word::limbs;

const WIDTH: usize = AccessCols::<F>::WIDTH;

/// A register file and a memory that the tests believe in.
#[derive(Default)]
struct Bench {
    mock: Mock,
    rows: AccessRows,
    cells: std::collections::HashMap<u32, U256>,
}

impl Bench {
    fn new() -> Self {
        Self { mock: Mock::new(), ..Self::default() }
    }

    fn push(&mut self, step: &Step) {
        assert!(self.rows.push(step, &mut self.mock.context), "the chip serves the access");
    }

    fn get(&mut self, register: u32) {
        let word = self.cells.get(&(space(REGISTER_SPACE) + register)).copied().unwrap_or_default();
        let step = self.mock.chained(isa::GET, &[], register, 3, |step| step.result = word);
        self.push(&step);
    }

    fn set(&mut self, register: u32, word: U256) {
        let step = self.mock.chained(isa::SET, &[word], register, 0, |_| {});
        self.cells.insert(space(REGISTER_SPACE) + register, word);
        self.push(&step);
    }

    fn load(&mut self, index: u32) {
        let word = self.cells.get(&(space(MEMORY_SPACE) + index)).copied().unwrap_or_default();
        let step = self.mock.chained(isa::MLOAD, &[U256::from(index) << 5], 0, 3, |step| step.result = word);
        self.push(&step);
    }

    fn store(&mut self, index: u32, word: U256) {
        let step = self.mock.chained(isa::MSTORE, &[U256::from(index) << 5, word], 0, 9, |_| {});
        self.cells.insert(space(MEMORY_SPACE) + index, word);
        self.push(&step);
    }

    fn finish(self) -> (Mock, RowMajorMatrix<F>) {
        (self.mock, self.rows.finish().expect("rows"))
    }
}

/// Rows: SET, GET, MSTORE, MLOAD, of places that were written before.
fn four() -> (Mock, RowMajorMatrix<F>) {
    let mut bench = Bench::new();
    let mut seeded = Seeded::new(5);
    for (address, time) in [(space(REGISTER_SPACE) + 77, 40), (0x1234, 500)] {
        let word = seeded.random();
        bench.mock.poke(FRAME, address, time, word);
        bench.cells.insert(address, word);
    }
    bench.set(77, seeded.random());
    bench.get(77);
    bench.store(0x1234, seeded.random());
    bench.load(0x1234);
    bench.finish()
}

#[test]
fn registers_and_words_hold_what_was_written() {
    let mut bench = Bench::new();
    let mut seeded = Seeded::new(6);
    let places = [0, 1, 2047, 2048, 2049, 65535, 65536, (1 << 20) - 1];
    let words = [0, 1, 2047, 2048, 65535, 65536, (1 << 27) - 1, 1 << 26];
    for _ in 0..500 {
        let place = seeded.below(8) as usize;
        let word = seeded.word();
        match seeded.below(4) {
            0 => bench.get(places[place]),
            1 => bench.set(places[place], word),
            2 => bench.load(words[place]),
            _ => bench.store(words[place], word),
        }
    }
    let (mock, table) = bench.finish();
    assert_eq!(mock.check("access", &AccessAir, &table), None);
}

#[test]
fn other_offsets_are_refused_and_leave_no_trace() {
    let mut bench = Bench::new();
    for offset in
        [U256::from(1), U256::from(31), U256::from(33), U256::from(0x1_0010), U256::from(1u64 << 32), U256::MAX - U256::from(31), U256::ONE << 128usize]
    {
        for (op, words) in [(isa::MLOAD, vec![offset]), (isa::MSTORE, vec![offset, U256::ONE])] {
            let step = bench.mock.chained(op, &words, 0, 3, |_| {});
            assert!(!bench.rows.push(&step, &mut bench.mock.context));
        }
    }
    assert!(bench.rows.finish().is_none());
    assert!(bench.mock.context.memory.is_empty() && bench.mock.context.range.is_empty());
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&AccessAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (WIDTH, 11, 96));
}

#[test]
fn each_cell_matters() {
    let (mock, table) = four();
    assert_eq!(mock.check("access", &AccessAir, &table), None);
    assert!(mock.accepted("access", &AccessAir, &table, 0..4).is_empty());
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(WIDTH);
    assert!(padding_rejects(&AccessAir, AccessCols::view(&numbers).uses));
}

/// A `SET` that gives its own identifier as a wire, beside what it writes.
#[test]
fn writers_give_no_wire() {
    let (mut mock, mut table) = four();
    let c = AccessCols::view_mut(&mut table.values[..WIDTH]);
    c.uses = F::ONE;
    let (time, id) = (crate::testing::REGION, 9999);
    mock.owe(name::WIRE, with_limbs(&[time, id], U256::from(1)), 1);
    assert!(mock.forged("access", &AccessAir, &table).is_some());
}

/// An offset that is not a multiple of 32 as 32 times a fraction of the field; a word index with a limb out of range.
#[test]
fn offsets_are_words_of_memory() {
    let (mut mock, mut rows) = (Mock::new(), AccessRows::default());
    let step = mock.chained(isa::MLOAD, &[U256::from(32)], 0, 3, |_| {});
    assert!(rows.push(&step, &mut mock.context));
    let mut table = rows.finish().expect("rows");
    assert_eq!(mock.check("access", &AccessAir, &table), None);
    // the same word by another split: the wire has other limbs
    let c = AccessCols::view_mut(&mut table.values[..WIDTH]);
    (c.offset_word, c.offset_high) = (F::from_u32(1 + 2048), -F::ONE);
    assert!(mock.forged("access", &AccessAir, &table).is_some());
    // an offset of 33: only the range of limb 0 over 32, a fraction, is wrong
    let (mut mock, mut rows) = (Mock::new(), AccessRows::default());
    let step = mock.chained(isa::MLOAD, &[U256::from(33)], 0, 3, |_| {});
    let aligned = Step { operands: [U256::from(32), U256::ZERO, U256::ZERO], ..step };
    assert!(rows.push(&aligned, &mut mock.context));
    let mut table = rows.finish().expect("rows");
    let c = AccessCols::view_mut(&mut table.values[..WIDTH]);
    c.offset_word = F::from_u32(33) * F::from_u32(32).inverse();
    c.offset_high = (F::ONE - c.offset_word) * F::from_u32(1 << 11).inverse();
    assert!(mock.forged("access", &AccessAir, &table).is_some());
    fractions_are_refused(&mock, &mut table);
}

/// With the honest high limb the row reads a memory word of no number; range is what stops it.
fn fractions_are_refused(mock: &Mock, table: &mut RowMajorMatrix<F>) {
    let c = AccessCols::view_mut(&mut table.values[..WIDTH]);
    c.offset_high = F::ZERO;
    let address = c.offset_word.as_canonical_u32();
    let mut forger = mock.clone();
    forger.context.memory.clear();
    forger.context.memory.insert((FRAME, address), (AccessCols::view(&table.values[..WIDTH]).state.clk.as_canonical_u32(), U256::ZERO));
    let violation = forger.forged("access", &AccessAir, table);
    assert!(matches!(&violation, Some(Violation::Bus { bus, .. }) if bus == name::RANGE), "{violation:?}");
}

/// What a register holds may not be given before it is written, nor another word.
#[test]
fn stale_and_invented_words_are_rejected() {
    let (mock, honest) = four();
    // the GET row (1) reads the word and time from before the SET row (0)
    let mut table = honest.clone();
    let (previous, old) = {
        let c = AccessCols::view(&honest.values[..WIDTH]);
        (c.previous.time, c.old)
    };
    let c = AccessCols::view_mut(&mut table.values[WIDTH..2 * WIDTH]);
    (c.previous.time, c.old, c.word) = (previous, old, old);
    assert!(mock.forged("access", &AccessAir, &table).is_some());
    // the MLOAD row gives another word
    let mut table = honest.clone();
    AccessCols::view_mut(&mut table.values[3 * WIDTH..]).word = limbs(U256::from(3));
    assert!(mock.forged("access", &AccessAir, &table).is_some());
    // and says that it found it
    AccessCols::view_mut(&mut table.values[3 * WIDTH..]).old = limbs(U256::from(3));
    assert!(mock.forged("access", &AccessAir, &table).is_some());
}

/// A `GET` that receives what a later `SET` sends: everything balances but the range of the gap.
#[test]
fn the_future_cannot_be_read() {
    let (mut mock, mut rows) = (Mock::new(), AccessRows::default());
    let word = U256::from(77);
    let get = mock.chained(isa::GET, &[], 5, 0, |step| step.result = word);
    let set = mock.chained(isa::SET, &[word], 5, 0, |_| {});
    assert!(rows.push(&get, &mut mock.context));
    assert!(rows.push(&set, &mut mock.context));
    let mut table = rows.finish().expect("rows");
    let (first, second) = table.values.split_at_mut(WIDTH);
    let reader = AccessCols::view_mut(first);
    (reader.previous.time, reader.old, reader.word) = (F::from_u32(set.clk + 1), limbs(word), limbs(word));
    reader.previous.gap_low = F::from_u32(get.clk) - F::from_u32(set.clk + 1) - F::ONE;
    reader.previous.gap_high = F::ZERO;
    let writer = AccessCols::view_mut(second);
    (writer.previous.time, writer.previous.gap_low, writer.old) = (F::ZERO, F::from_u32(set.clk), limbs(U256::ZERO));
    mock.context.memory.insert((FRAME, space(REGISTER_SPACE) + 5), (get.clk, word));
    let violation = mock.forged("access", &AccessAir, &table);
    assert!(matches!(&violation, Some(Violation::Bus { bus, .. }) if bus == name::RANGE), "{violation:?}");
}

/// Of each constraint on the fields of an instruction a forgery that nothing else stops, whatever other chips believe.
#[test]
fn each_constraint_on_the_fields_is_needed() {
    let stops = |row: usize, edit: fn(&mut AccessCols<F>)| {
        let mut bench = Bench::new();
        bench.get(3);
        bench.set(4, U256::from(5));
        bench.load(6);
        bench.store(7, U256::from(8));
        let (_, table) = bench.finish();
        stopped_though_believed("access", &AccessAir, &forged_row(&table, row, |cells| edit(AccessCols::view_mut(cells))))
    };
    for row in 0..4 {
        assert_eq!(stops(row, |_| ()), [""; 0], "row {row}");
    }
    // fields that the instruction does not have, or has for something else
    assert_eq!(stops(0, |row| row.offset_id += F::ONE), ["6"]);
    assert_eq!(stops(0, |row| (row.a, row.word_id) = (row.a + F::ONE, row.word_id + F::ONE)), ["8"]);
    assert_eq!(stops(0, |row| (row.b, row.word_id) = (row.b + F::ONE, row.word_id + F::ONE)), ["10"]);
    assert_eq!(stops(2, |row| row.register = F::ONE), ["12"]);
    assert_eq!(stops(0, |row| row.offset_word = F::ONE), ["13"]);
    assert_eq!(stops(0, |row| row.offset_high = F::ONE), ["14"]);
    // a wire of an instruction that gives none
    assert_eq!(stops(1, |row| row.uses = F::ONE), ["5"]);
}
