use ruint::aliases::U256;

use super::{Part, StreamAir, StreamCols, StreamRows};
use crate::bus::{F, name, tag};
use crate::finish::Stream;
use crate::testing::{FRAME, Mock, Seeded, numbers, padding_rejects, shape, with_limbs};

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
    mock.owe(name::STREAM, vec![FRAME, 1000, tag::DATA, offset & 0xffff, offset >> 16, length], 1);
    let part = rows.push(&Stream { frame: FRAME, clk: 1000, offset, length }, tag::DATA, &mut mock.context);
    if let Part::Tail { index, word, remaining } = part {
        mock.owe(name::COPY, vec![FRAME, 1000, tag::DATA, index, word, 0, remaining], -1);
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
