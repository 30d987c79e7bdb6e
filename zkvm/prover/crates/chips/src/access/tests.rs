use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::{AccessAir, AccessCols, AccessRows};
use crate::bus::{F, MEMORY_SPACE, REGISTER_SPACE, name, space};
use crate::evaluate::Violation;
use crate::testing::{FRAME, Mock, REGION, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed};
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

/// The same word by another split of the offset: the wire has other limbs.
#[test]
fn an_offset_is_split_as_its_wire_says() {
    let (mut mock, mut rows) = (Mock::new(), AccessRows::default());
    let step = mock.chained(isa::MLOAD, &[U256::from(32)], 0, 3, |_| {});
    assert!(rows.push(&step, &mut mock.context));
    let mut table = rows.finish().expect("rows");
    assert_eq!(mock.check("access", &AccessAir, &table), None);
    let c = AccessCols::view_mut(&mut table.values[..WIDTH]);
    (c.offset_word, c.offset_high) = (F::from_u32(1 + 2048), -F::ONE);
    assert_eq!(causes(&mock, &table), [name::WIRE]);
}

fn causes(mock: &Mock, table: &RowMajorMatrix<F>) -> Vec<String> {
    mock.causes("access", &AccessAir, table).into_iter().collect()
}

/// What a place holds may not be given as it was before it was written, nor another word, though its readers want just that: memory knows.
#[test]
fn stale_and_invented_words_are_rejected() {
    let forge = |given: u64, edit: fn(&AccessCols<F>, &mut AccessCols<F>)| {
        let (mut mock, mut rows) = (Mock::new(), AccessRows::default());
        mock.poke(FRAME, space(REGISTER_SPACE) + 7, 40, U256::from(1));
        let set = mock.chained(isa::SET, &[U256::from(2)], 7, 0, |_| {});
        let get = mock.chained(isa::GET, &[], 7, 3, |step| step.result = U256::from(given));
        assert!(rows.push(&set, &mut mock.context) && rows.push(&get, &mut mock.context));
        let mut table = rows.finish().expect("rows");
        let (writer, reader) = table.values.split_at_mut(WIDTH);
        edit(AccessCols::view(writer), AccessCols::view_mut(&mut reader[..WIDTH]));
        causes(&mock, &table)
    };
    assert_eq!(forge(2, |_, _| ()), [""; 0]);
    // the word and time from before the SET
    let stale = |writer: &AccessCols<F>, reader: &mut AccessCols<F>| {
        (reader.old, reader.word) = (writer.old, writer.old);
        reader.previous.gap_low += reader.previous.time - writer.previous.time;
        reader.previous.time = writer.previous.time;
    };
    assert_eq!(forge(1, stale), [name::MEMORY]);
    // another word, found as it is given, or not
    assert_eq!(forge(3, |_, reader| (reader.old[0], reader.word[0]) = (F::from_u8(3), F::from_u8(3))), [name::MEMORY]);
    assert!(forge(3, |_, reader| reader.word[0] = F::from_u8(3)).contains(&"21".to_owned()));
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

/// What stops an edited row of GET, SET, MLOAD or MSTORE (rows 0 to 3), whatever other chips believe.
fn stops(row: usize, edit: impl FnOnce(&mut AccessCols<F>)) -> Vec<String> {
    let mut bench = Bench::new();
    bench.mock.seeded = None;
    bench.get(3);
    bench.set(4, U256::from(5));
    bench.load(6);
    bench.store(7, U256::from(8));
    let (_, table) = bench.finish();
    stopped_though_believed("access", &AccessAir, &forged_row(&table, row, |cells| edit(AccessCols::view_mut(cells))))
}

/// Of each constraint on the instruction a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_instruction_is_needed() {
    let (one, region) = (F::ONE, F::from_u32(REGION));
    for row in 0..4 {
        assert_eq!(stops(row, |_| ()), [""; 0], "row {row}");
    }
    // an MLOAD, less a GET, more a SET: it writes the wire of its offset
    assert_eq!(stops(2, |c| (c.get, c.set, c.uses, c.word_id, c.previous.gap_low) = (-one, one, F::ZERO, F::ZERO, c.previous.gap_low + one)), ["0"]);
    // an MLOAD, more a GET, less a SET: it gives the wire of another instruction
    let gives =
        |c: &mut AccessCols<F>| (c.get, c.set, c.uses, c.word_id, c.previous.gap_low) = (one, -one, F::ZERO, c.state.id.double(), c.previous.gap_low - one);
    assert_eq!(stops(2, gives), ["1"]);
    // a GET, less an MLOAD, more an MSTORE: it writes
    let writes = |c: &mut AccessCols<F>| {
        (c.load, c.store, c.uses, c.word_id, c.previous.gap_low) = (-one, one, F::ZERO, F::ZERO, c.previous.gap_low + one);
        c.word[0] += one;
    };
    assert_eq!(stops(0, writes), ["2"]);
    // a SET, more an MLOAD, less an MSTORE: it gives a wire
    let leaves = |c: &mut AccessCols<F>| {
        (c.load, c.store, c.uses, c.word_id, c.previous.gap_low) = (one, -one, one, c.a + c.state.id, c.previous.gap_low - one);
        c.word = c.old;
    };
    assert_eq!(stops(1, leaves), ["3"]);
    // GET and SET at once
    assert_eq!(stops(0, |c| (c.set, c.previous.gap_low) = (one, c.previous.gap_low + one)), ["4"]);
    // a wire of an instruction that gives none
    assert_eq!(stops(1, |c| c.uses = one), ["5"]);
    // fields that the instruction does not have, or has for something else
    assert_eq!(stops(0, |c| c.offset_id = one), ["6"]);
    assert_eq!(stops(0, |c| c.offset_constant = one), ["7"]);
    assert_eq!(stops(0, |c| (c.a, c.word_id) = (one, c.word_id + one)), ["8"]);
    assert_eq!(stops(0, |c| (c.b, c.word_id) = (one, c.word_id + one)), ["10"]);
    assert_eq!(stops(2, |c| c.register = one), ["12"]);
    assert_eq!(stops(0, |c| c.offset_word = one), ["13"]);
    assert_eq!(stops(0, |c| c.offset_high = one), ["14"]);
    // a GET that gives a constant of the pool
    assert_eq!(stops(0, |c| (c.a_constant, c.word_time) = (one, F::ZERO)), ["9"]);
    assert_eq!(stops(0, |c| (c.b_constant, c.word_time) = (one, F::ZERO)), ["11"]);
    // flags of constants that are another operand's flag in the instruction, and lead to times of no region
    assert_eq!(stops(2, |c| (c.offset_constant, c.offset_time) = (F::TWO, -region)), ["15"]);
    assert_eq!(stops(1, |c| (c.a_constant, c.word_time) = (F::TWO, -region)), ["17"]);
    assert_eq!(stops(3, |c| (c.b_constant, c.word_time) = (F::TWO, -region)), ["18"]);
}

/// Of each constraint on offset, word and time a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_access_is_needed() {
    let one = F::ONE;
    // the offset, or the word, of another region instance; the word of another wire
    assert_eq!(stops(3, |c| c.offset_time += one), ["16"]);
    assert_eq!(stops(3, |c| c.word_time += one), ["19"]);
    assert_eq!(stops(3, |c| c.word_id += one), ["20"]);
    // a reader that changes a limb
    for (row, i) in [0, 2].into_iter().flat_map(|row| (0..16).map(move |i| (row, i))) {
        assert_eq!(stops(row, |c| c.word[i] += one), [(21 + i).to_string()]);
    }
    // an offset of 33 as 32 times a fraction
    assert_eq!(stops(2, |c| c.offset_word = F::from_u8(33) * F::from_u8(32).inverse()), [name::RANGE]);
    // what is written at the same time, or later by a gap that wraps
    assert_eq!(stops(0, |c| c.previous.time = c.state.clk), ["37"]);
    assert_eq!(stops(0, |c| (c.previous.time, c.previous.gap_low) = (c.state.clk, -one)), [name::RANGE]);
    let future = |c: &mut AccessCols<F>| {
        c.previous.time = c.state.clk + F::from_u8(5);
        let gap = (-F::from_u8(6)).as_canonical_u32();
        (c.previous.gap_low, c.previous.gap_high) = (F::from_u32(gap & 0xffff), F::from_u32(gap >> 16));
    };
    assert_eq!(stops(0, future), [name::RANGE]);
}
