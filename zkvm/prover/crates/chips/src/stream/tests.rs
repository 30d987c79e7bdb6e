use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::{Part, StreamAir, StreamCols, StreamRows};
use crate::bus::{F, name, tag};
use crate::finish::Stream;
use crate::testing::{FRAME, Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

const WIDTH: usize = StreamCols::<F>::WIDTH;

/// One stream of `length` bytes at `offset`, its memory, and what others owe.
fn bench(offset: u32, length: u32) -> (Mock, StreamRows, Part) {
    let mut mock = Mock::new();
    let mut rows = StreamRows::default();
    let mut seeded = Seeded::new(9);
    let words: Vec<U256> = (0..length / 32).map(|_| seeded.random()).collect();
    for (i, word) in (0..).zip(&words) {
        mock.poke(FRAME, offset / 32 + i, 17 + i, *word);
        mock.owe(name::CLAIM, with_limbs(&[tag::DATA, 1000, i], *word), 1);
    }
    mock.owe(name::STREAM, vec![FRAME, 1000, tag::DATA, 1000, offset & 0xffff, offset >> 16, length], 1);
    let part = rows.push(&Stream { frame: FRAME, clk: 1000, offset, length }, tag::DATA, 1000, &mut mock.context);
    if let Part::Tail { index, word, remaining } = part {
        mock.owe(name::COPY, vec![FRAME, 1000, tag::DATA, 1000, index, word, 0, remaining], -1);
    }
    (mock, rows, part)
}

#[test]
fn whole_words_are_streamed_and_tails_left() {
    for (offset, length, expected) in [(0x80, 32, Part::Done), (0x1_0020, 96, Part::Done), (0, 70, Part::Tail { index: 2, word: 2, remaining: 6 })] {
        let (mock, rows, part) = bench(offset, length);
        assert_eq!(part, expected);
        assert_eq!(mock.check("stream", &StreamAir, &rows.finish().unwrap()), None);
    }
    assert_eq!(bench(1, 32).2, Part::All);
    assert_eq!(bench(0, 31).2, Part::All);
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, rows, _) = bench(0x1_0020, 96);
    let columns = numbers(StreamCols::<F>::WIDTH);
    let view = StreamCols::view(&columns);
    for (row, column) in mock.accepted("stream", &StreamAir, &rows.finish().unwrap(), 0..3) {
        // position and offset are read in the first row, the inverse where there is more
        assert!((row > 0 && [view.position, view.high].contains(&column)) || (row == 2 && column == view.inverse), "row {row} column {column}");
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(StreamCols::<F>::WIDTH);
    assert!(padding_rejects(&StreamAir, StreamCols::view(&columns).more));
    println!("{:?}", shape(&StreamAir));
}

type Edit = fn(&mut StreamCols<F>);

/// What stops rows of a stream of three words side by side once they are edited, if others believe each message.
fn stopped<const N: usize>(edited: [(usize, Edit); N]) -> Vec<String> {
    let table = bench(0x1_0020, 96).1.finish().unwrap();
    let rows = edited.map(|(row, edit)| forged_row(&table, row, |cells| edit(StreamCols::view_mut(cells))).values);
    stopped_though_believed("stream", &StreamAir, &RowMajorMatrix::new(rows.concat(), WIDTH))
}

/// The rest of a row, split and inverted as it must be.
fn set_rest(row: &mut StreamCols<F>, rest: F) {
    let value = rest.as_canonical_u32();
    (row.rest, row.rest_low, row.rest_high) = (rest, F::from_u32(value & 0xffff), F::from_u32(value >> 16));
    (row.more, row.inverse) = (F::from_bool(value != 0), rest.try_inverse().unwrap_or(F::ZERO));
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    for row in 0..3 {
        assert_eq!(stopped([(row, |_| ())]), [""; 0]);
    }
    // a stream at another place than asked for, with the value out of range that a row counting -1 provides
    let elsewhere: Edit = |row| (row.position, row.high) = (row.position + F::from_u32(1 << 11), row.high - F::ONE);
    let provides: Edit = |row| {
        (row.first, row.further) = (-F::ONE, F::ONE);
        (row.position, row.high) = (row.position + F::from_u32(1 << 11), row.high - F::ONE);
        set_rest(row, F::ZERO);
    };
    assert_eq!(stopped([(0, elsewhere)]), ["range"]);
    assert_eq!(stopped([(0, elsewhere), (0, provides)]), ["0"]);
    // a copy under way that nobody began
    let copy: Edit = |row| {
        row.further = -F::ONE;
        set_rest(row, F::ZERO);
    };
    assert_eq!(stopped([(0, copy)]), ["1"]);
    // two streams by one row
    let both: Edit = |row| {
        row.further = F::ONE;
        set_rest(row, F::ZERO);
    };
    assert_eq!(stopped([(0, both)]), ["2"]);
    // a stream of other words than asked for, or from another chunk on
    assert_eq!(stopped([(0, |row| row.word += F::ONE)]), ["4"]);
    assert_eq!(stopped([(0, |row| row.index = F::ONE)]), ["5"]);
    // a rest whose range is another number's
    assert_eq!(stopped([(0, |row| row.rest_low += F::ONE)]), ["6"]);
    // a stream that goes on beyond its end, that is cut short, that begins nowhere
    assert_eq!(stopped([(2, |row| row.more = F::ONE)]), ["7"]);
    assert_eq!(stopped([(0, |row| row.more = F::ZERO)]), ["8"]);
    assert_eq!(stopped([(1, |row| row.further = F::ZERO)]), ["9"]);
    // a word written later than it is read
    assert_eq!(stopped([(0, |row| row.previous.time = row.clk)]), ["10"]);
}

/// Of each look-up of a range a forgery that nothing else stops.
#[test]
fn each_range_is_needed() {
    // word 0 for byte offset p, which is 32 / 32 + 2^16 32512
    let offset = stopped([(0, |row| {
        (row.position, row.high, row.word) = (F::from_u8(32).inverse(), F::from_u32(32512), F::ZERO);
    })]);
    assert_eq!(offset, ["range"]);
    // the last word for a stream that has but 16 bytes left, and goes on: rest = -16, as it is and split as p - 16
    let low: Edit = |row| {
        set_rest(row, -F::from_u8(16));
        (row.rest_low, row.rest_high) = (row.rest, F::ZERO);
    };
    assert_eq!(stopped([(2, low)]), ["range"]);
    assert_eq!(stopped([(2, |row| set_rest(row, -F::from_u8(16)))]), ["range"]);
    // a word written later than it is read, by a gap that is negative or too large
    let negative: Edit = |row| (row.previous.time, row.previous.gap_low, row.previous.gap_high) = (row.clk, -F::ONE, F::ZERO);
    let large: Edit = |row| {
        row.previous.time = row.clk - F::ONE - F::from_u32(1 << 29);
        (row.previous.gap_low, row.previous.gap_high) = (F::ZERO, F::from_u32(1 << 13));
    };
    assert_eq!(stopped([(0, negative)]), ["range"]);
    assert_eq!(stopped([(0, large)]), ["range"]);
}
