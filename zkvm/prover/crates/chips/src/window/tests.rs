use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::columns::{BYTES, Split};
use super::{Job, WindowAir, WindowCols, WindowRows, kind};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::context::Context;
use crate::testing::{FRAME, Mock, numbers, padding_rejects, stopped_though_believed, with_limbs};

const WIDTH: usize = WindowCols::<F>::WIDTH;
const CLK: u32 = 1000;
/// Byte 0 of a memory word that holds something, and of one that holds 0.
const TO: u32 = 0x200;
const EMPTY: u32 = 0x400;

type Row = WindowCols<F>;

/// A word of bytes between 1 and 100.
fn word(seed: u32) -> U256 {
    U256::from_be_bytes::<32>(core::array::from_fn(|j| ((seed * 37 + j as u32 * 11) % 100 + 1) as u8))
}

fn memory(to: u32, from: u32, length: u32) -> Job {
    Job::memory(FRAME, CLK, to, from, length)
}

fn stream(offset: u32, length: u32) -> Job {
    Job::stream(FRAME, CLK, tag::DATA, CLK, offset, length)
}

fn code(to: u32, from: u32, length: u32) -> Job {
    Job::claim(FRAME, CLK, kind::CODE, 3, to, from, length)
}

fn given(to: u32, byte: u32, length: u32) -> Job {
    Job::given(FRAME, CLK, to, word(50), byte, length)
}

/// Row `index` of a job, edited; what follows from the edited cells is as the constraints want it.
fn row(job: Job, index: usize, edit: impl FnOnce(&mut Row)) -> Row {
    let mut context = Context::default();
    for i in (0..8).chain(TO / 32..TO / 32 + 4) {
        context.memory.insert((FRAME, i), (20 + i, word(i)));
    }
    let mut rows = WindowRows::default();
    rows.push(&job, &mut context, &|offset| word(90 + offset));
    let table = rows.finish().expect("rows");
    let mut row = *WindowCols::view(&table.values[index * WIDTH..(index + 1) * WIDTH]);
    edit(&mut row);
    follow(&mut row);
    row
}

fn bytes(word: &Split<F>) -> Vec<F> {
    let inverse = F::from_u16(256).inverse();
    (0..LIMBS).rev().flat_map(|i| [(word.limbs[i] - word.low[i]) * inverse, word.low[i]]).collect()
}

/// The destination's word, and what the next row is told.
fn follow(c: &mut Row) {
    let source = [bytes(&c.one), bytes(&c.two)].concat();
    let (old, mut taken) = (bytes(&c.old), F::ZERO);
    let new: Vec<F> = (0..BYTES)
        .map(|j| {
            taken += c.first[j] - if j == 0 { F::ZERO } else { c.last[j - 1] };
            let window: F = (0..BYTES).map(|r| c.shift[r] * source[j + r]).sum();
            old[j] + taken * (window - old[j])
        })
        .collect();
    c.new = core::array::from_fn(|i| new[2 * (LIMBS - 1 - i)] * F::from_u16(256) + new[2 * (LIMBS - 1 - i) + 1]);
    let value = |flags: &[F; BYTES]| -> F { (0..).zip(flags).map(|(i, &flag)| F::from_u32(i) * flag).sum() };
    let (claims, count) = (c.kind[2] + c.kind[3], value(&c.last) + F::ONE - value(&c.first));
    c.next_source = c.source + if claims == F::ONE { count } else { F::ONE };
    c.next_shift = if claims == F::ONE { F::ZERO } else { value(&c.shift) };
}

fn hot(flags: &mut [F; BYTES], index: usize) {
    *flags = [F::ZERO; BYTES];
    flags[index] = F::ONE;
}

/// Any word in place of a source word.
fn other(word: &mut Split<F>) {
    (word.limbs, word.low) = ([F::from_u16(0x0102); LIMBS], [F::TWO; LIMBS]);
}

/// What stops rows, whatever other chips believe.
fn stopped(rows: &[Row]) -> Vec<String> {
    let mut cells = F::zero_vec(rows.len().next_power_of_two().max(2) * WIDTH);
    for (row, cells) in rows.iter().zip(cells.chunks_mut(WIDTH)) {
        *WindowCols::view_mut(cells) = *row;
    }
    stopped_though_believed("window", &WindowAir, &RowMajorMatrix::new(cells, WIDTH))
}

fn stops(job: Job, index: usize, edit: impl FnOnce(&mut Row)) -> Vec<String> {
    stopped(&[row(job, index, edit)])
}

/// A row that is not real, edited.
fn blank(edit: impl FnOnce(&mut Row)) -> Row {
    let mut cells = F::zero_vec(WIDTH);
    edit(WindowCols::view_mut(&mut cells));
    *WindowCols::view(&cells)
}

#[test]
fn honest_rows_are_stopped_by_nothing() {
    for (job, rows) in [
        (memory(TO, 64, 64), 2),
        (memory(TO + 5, 13, 60), 3),
        (stream(65, 40), 2),
        (code(TO + 5, 7, 60), 3),
        (given(TO, 0, 32), 1),
        (given(TO + 5, 0, 32), 2),
        (given(TO + 5, 31, 1), 1),
        (stream(0, 10).tail(3, 2, 10), 1),
    ] {
        for index in 0..rows {
            assert_eq!(stops(job, index, |_| ()), [""; 0], "{job:?} {index}");
        }
    }
}

/// The tail of a stream is taken from COPY, its chunk from the claim, its word from memory.
#[test]
fn a_tail_is_what_others_hand_over() {
    let mut mock = Mock::new();
    mock.poke(FRAME, 2, 20, word(2));
    let mut rows = WindowRows::default();
    rows.push(&stream(0, 10).tail(3, 2, 10), &mut mock.context, &|_| U256::ZERO);
    mock.owe(name::COPY, vec![FRAME, CLK, tag::DATA, CLK, 3, 2, 0, 10], 1);
    mock.owe(name::CLAIM, with_limbs(&[tag::DATA, CLK, 3], word(2) >> 176_usize << 176_usize), 1);
    assert_eq!(mock.check("window", &WindowAir, &rows.finish().expect("a row")), None);
}

/// Listed bytes at an unaligned offset: each row takes its chunk of the entry that was asked for.
#[test]
fn a_stream_keeps_its_key() {
    let mut mock = Mock::new();
    let words: Vec<U256> = (0..3).map(word).collect();
    for (i, word) in (2..).zip(&words) {
        mock.poke(FRAME, i, 20, *word);
    }
    let mut rows = WindowRows::default();
    rows.push(&Job::stream(FRAME, CLK, tag::CHUNK, 0, 65, 40), &mut mock.context, &|_| U256::ZERO);
    rows.place(&[7]);
    mock.owe(name::STREAM, vec![FRAME, CLK, tag::CHUNK, 7, 65, 0, 40], 1);
    let bytes: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).skip(1).take(40).collect();
    for (k, chunk) in (0..).zip(bytes.chunks(32)) {
        let mut padded = [0; 32];
        padded[..chunk.len()].copy_from_slice(chunk);
        mock.owe(name::CLAIM, with_limbs(&[tag::CHUNK, 7, k], U256::from_be_bytes(padded)), 1);
    }
    let table = rows.finish().expect("rows");
    assert_eq!(mock.check("window", &WindowAir, &table), None);
    for (row, bus) in [(0, name::STREAM), (1, name::WINDOW)] {
        let mut forged = table.clone();
        WindowCols::view_mut(&mut forged.values[row * WIDTH..(row + 1) * WIDTH]).key += F::ONE;
        let causes = mock.causes("window", &WindowAir, &forged);
        assert!(causes.contains(bus) && causes.contains(name::CLAIM), "row {row}: {causes:?}");
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let numbers = numbers(WIDTH);
    let c = WindowCols::view(&numbers);
    let columns =
        [c.more, c.reads_one, c.reads_two, c.carried, c.loads_one, c.loads_two, c.claims[0], c.claims[1], c.shift[0], c.first[0], c.last[0], c.kind[0]];
    assert!(columns.into_iter().all(|column| padding_rejects(&WindowAir, column)));
}

/// Of each constraint on a row's origin and kind a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_origin_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    let honest = row(memory(TO, 64, 32), 0, |_| ());
    // a stream's tail turned into another stream, and a stream into a tail; the rest of a stream into a job
    assert_eq!(stopped(&[honest, blank(|c| (c.from_stream, c.from_tail) = (-one, one))]), ["0"]);
    assert_eq!(stopped(&[honest, blank(|c| (c.from_stream, c.from_tail) = (one, -one))]), ["1"]);
    assert_eq!(stopped(&[honest, blank(|c| (c.from_job, c.further) = (-one, one))]), ["2"]);
    // the second row of a stream told to go on with any word
    assert_eq!(stops(stream(64, 64), 0, |c| (c.from_tail, c.further, c.valid, c.carry[0]) = (one, -one, one, one)), ["3"]);
    // two kinds less a third: call data from the code, any word as output, code from memory, a given word as call data, output that is kept back
    let calldata = Job::claim(FRAME, CLK, kind::CALLDATA, 3, EMPTY, 7, 64);
    assert_eq!(stops(calldata, 1, |c| c.kind = [-one, one, one, zero, zero]), ["5"]);
    let any = |c: &mut Row| {
        (c.kind, c.reads_one, c.loads_one) = ([one, -one, zero, zero, one], zero, one);
        other(&mut c.one);
        c.carry = c.one.limbs;
    };
    assert_eq!(stops(stream(64, 20), 0, any), ["6"]);
    assert_eq!(stops(memory(TO, 64, 32), 0, |c| c.kind = [zero, one, -one, one, zero]), ["7"]);
    assert_eq!(stops(given(TO, 0, 32), 0, |c| c.kind = [zero, zero, one, -one, one]), ["8"]);
    assert_eq!(stops(memory(TO, 64, 64), 1, |c| c.kind = [zero, one, zero, one, -one]), ["9"]);
    // output that is kept back, by no kind at all, or by that of a job; a job's bytes as output
    assert_eq!(stops(memory(TO, 1, 33), 1, |c| c.kind = [zero; 5]), ["10"]);
    let kept = |c: &mut Row| (c.from_job, c.from_stream, c.position) = (zero, one, F::TWO);
    assert_eq!(stops(memory(0, 64, 20), 0, kept), ["110"]);
    assert_eq!(stops(stream(64, 20), 0, |c| (c.from_job, c.from_stream) = (one, zero)), ["111"]);
    // other memory than asked for, or word 31/32, which is a large number; another chunk
    assert_eq!(stops(stream(64, 20), 0, |c| (c.asked, c.source) = (c.asked + one, c.source + one)), ["112"]);
    let fraction = |c: &mut Row| {
        c.position = F::from_u8(31) * F::from_u8(32).inverse();
        (c.asked, c.source, c.byte) = (c.position, c.position, F::from_u8(19));
        hot(&mut c.shift, 19);
    };
    assert_eq!(stops(stream(50, 10), 0, fraction), [name::RANGE]);
    assert_eq!(stops(stream(64, 20), 0, |c| c.destination = one), ["113"]);
    // from beside the source: of a tail, by a fraction of a step back, by another shift, from another word
    let beside = |c: &mut Row| {
        c.byte = one;
        hot(&mut c.shift, 1);
    };
    assert_eq!(stops(stream(0, 10).tail(3, 2, 10), 0, beside), ["114"]);
    let back = |c: &mut Row| {
        c.back = F::from_u8(32).inverse();
        c.source = c.asked - c.back;
        hot(&mut c.shift, 1);
    };
    assert_eq!(stops(memory(TO, 64, 20), 0, back), ["115"]);
    assert_eq!(stops(memory(TO, 64, 20), 0, |c| hot(&mut c.shift, 1)), ["116"]);
    assert_eq!(stops(memory(TO, 64, 20), 0, |c| c.source += one), ["117"]);
    // a chunk, or a further word, that is not filled from its first byte
    let later = |c: &mut Row| {
        hot(&mut c.first, 1);
        hot(&mut c.shift, 0);
        hot(&mut c.last, 10);
    };
    assert_eq!(stops(stream(65, 10), 0, later), ["118"]);
    let later = |c: &mut Row| {
        hot(&mut c.first, 1);
        hot(&mut c.last, 8);
    };
    assert_eq!(stops(memory(TO, 64, 40), 1, later), ["119"]);
}

/// Shift, first and last byte told by two flags less a third, or by none.
#[test]
fn each_flag_of_a_position_is_needed() {
    // flags a and b less flag k say the number that flag `honest` says alone
    let three = |flags: &mut [F; BYTES], honest: usize, k: usize| {
        let a = (0..BYTES).find(|&a| a != k && (honest + k).checked_sub(a).is_some_and(|b| b < BYTES && b != k && b != a)).expect("two others");
        *flags = [F::ZERO; BYTES];
        (flags[a], flags[honest + k - a], flags[k]) = (F::ONE, F::ONE, -F::ONE);
    };
    for k in 0..BYTES {
        assert_eq!(stops(memory(TO, 13, 10), 0, |c| three(&mut c.shift, 13, k)), [(11 + k).to_string()]);
        assert_eq!(stops(memory(TO + 13, 13, 10), 0, |c| three(&mut c.first, 13, k)), [(44 + k).to_string()]);
        assert_eq!(stops(memory(TO + 13, 13, 10), 0, |c| three(&mut c.last, 22, k)), [(77 + k).to_string()]);
    }
    // zeros for the source, a word left as it was, a word with two ends
    assert_eq!(stops(memory(TO, 64, 20), 0, |c| c.shift[0] = F::ZERO), ["43"]);
    assert_eq!(stops(memory(TO, 64, 32), 0, |c| c.first[0] = F::ZERO), ["76"]);
    let ends = |c: &mut Row| (c.last[4], c.last[1], c.last[2]) = (F::ZERO, F::ONE, F::ONE);
    assert_eq!(stops(memory(TO, 64, 5), 0, ends), ["109"]);
}

/// Of each constraint on the extent a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_extent_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // less than one row that follows vouches for a gap of -1: a word of the same time is read
    let vouches = |c: &mut Row| {
        (c.more, c.rest_low) = (-one, -one);
        (c.previous[0].time, c.previous[0].gap_low) = (c.clk, -one);
    };
    assert_eq!(stops(memory(TO, 64, 32), 0, vouches), ["121"]);
    // no bytes
    let none = |c: &mut Row| {
        hot(&mut c.last, 4);
        c.remaining = zero;
    };
    assert_eq!(stops(memory(TO + 5, 69, 5), 0, none), [name::RANGE]);
    // bytes skipped at a word's end; a job cut short; one that goes on past its end
    let skips = |c: &mut Row| {
        hot(&mut c.last, 19);
        c.rest_low = F::from_u8(43);
    };
    assert_eq!(stops(memory(TO, 64, 64), 0, skips), ["123"]);
    assert_eq!(stops(memory(TO, 64, 64), 0, |c| c.more = zero), ["124"]);
    assert_eq!(stops(memory(TO, 64, 32), 0, |c| c.more = one), ["125"]);
    assert_eq!(stops(memory(TO, 64, 32), 0, |c| (c.more, c.rest_low) = (one, -one)), [name::RANGE]);
    assert_eq!(stops(memory(TO, 64, 32), 0, |c| (c.more, c.rest_high) = (one, F::from_u16(0x7f00))), [name::RANGE]);
    // the next row told to go on elsewhere
    for (job, source, shift) in [(code(TO, 7, 64), "127", "129"), (memory(TO, 64, 64), "128", "130")] {
        let honest = row(job, 0, |_| ());
        assert_eq!(stopped(&[WindowCols { next_source: honest.next_source + one, ..honest }]), [source]);
        assert_eq!(stopped(&[WindowCols { next_shift: honest.next_shift + one, ..honest }]), [shift]);
    }
}

/// Of each constraint on the source words a forgery that nothing else stops: bytes from nowhere, or from another place.
#[test]
fn each_constraint_on_the_source_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // no first word, or no second one, where bytes of it are taken
    let no_one = |c: &mut Row| {
        c.reads_one = zero;
        other(&mut c.one);
    };
    assert_eq!(stops(memory(TO, 64, 20), 0, no_one), [name::RANGE]);
    let no_two = |c: &mut Row| {
        c.reads_two = zero;
        other(&mut c.two);
    };
    assert_eq!(stops(memory(TO, 65, 32), 0, no_two), [name::RANGE]);
    // a row with two first words vouches for one without
    let twice = row(memory(TO, 64, 64), 1, |c| (c.carried, c.valid, c.carry) = (one, one, c.one.limbs));
    assert_eq!(stopped(&[row(memory(TO, 64, 64), 1, no_one), twice]), ["136"]);
    // memory served as code
    let reads = |c: &mut Row| {
        (c.reads_one, c.loads_one, c.claims[0]) = (one, zero, zero);
        c.previous[0].gap_low = c.clk - one;
    };
    assert_eq!(stops(code(TO, 64, 20), 0, reads), ["138"]);
    // any word served as memory
    let loads = |c: &mut Row| {
        (c.reads_one, c.loads_one) = (zero, one);
        other(&mut c.one);
    };
    assert_eq!(stops(memory(TO, 64, 20), 0, loads), ["139"]);
    // any word carried into a first row, or a row of code, or from a row that had none
    let carried = |c: &mut Row, valid: F| {
        (c.reads_one, c.loads_one, c.claims[0], c.carried, c.valid) = (zero, zero, zero, one, valid);
        other(&mut c.one);
        c.carry = c.one.limbs;
    };
    assert_eq!(stops(stream(64, 20), 0, |c| carried(c, one)), ["140"]);
    assert_eq!(stops(code(TO, 7, 64), 1, |c| carried(c, one)), ["140"]);
    assert_eq!(stops(memory(TO, 64, 64), 1, |c| carried(c, zero)), ["141"]);
    // a given word once more beyond its end; any word given to a further row
    let beyond = |c: &mut Row| {
        hot(&mut c.last, 31);
        (c.remaining, c.loads_two, c.two) = (F::from_u8(32), one, c.one);
    };
    assert_eq!(stops(given(TO, 5, 27), 0, beyond), ["143"]);
    assert_eq!(stops(given(TO + 5, 0, 32), 1, |c| (c.carried, c.valid, c.loads_one) = (zero, zero, one)), ["144"]);
    // another word than the one carried, or given
    for i in 0..LIMBS {
        assert_eq!(stops(memory(TO, 1, 64), 1, |c| c.one.limbs[i] += F::from_u16(256)), [(145 + 3 * i).to_string()]);
        assert_eq!(stops(given(TO, 0, 32), 0, |c| c.one.limbs[i] += F::from_u16(256)), [(146 + 3 * i).to_string()]);
        assert_eq!(stops(given(TO + 5, 0, 32), 0, |c| c.two.limbs[i] += F::from_u16(256)), [(147 + 3 * i).to_string()]);
    }
    // code that the claim is not asked for
    assert_eq!(stops(code(TO, 7, 20), 0, |c| c.claims[0] = zero), ["193"]);
    assert_eq!(stops(code(TO + 5, 7, 20), 0, |c| c.claims[1] = zero), ["194"]);
    // words of another time, of the same, or a later one by a gap that wraps
    for (access, (constraint, now)) in [("195", 0), ("196", 0), ("229", 1)].into_iter().enumerate() {
        let at = |time: F, low: F, high: F| {
            stops(memory(TO, 65, 32), 0, |c| {
                let previous = &mut c.previous[access];
                (previous.time, previous.gap_low, previous.gap_high) = (c.clk + F::from_u32(now) + time, low, high);
            })
        };
        assert_eq!(at(zero, zero, zero), [constraint]);
        assert_eq!(at(zero, -one, zero), [name::RANGE]);
        let gap = (-F::from_u8(6)).as_canonical_u32();
        assert_eq!(at(F::from_u8(5), F::from_u32(gap & 0xffff), F::from_u32(gap >> 16)), [name::RANGE]);
    }
}

/// Of each constraint and look-up of the bytes a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_bytes_is_needed() {
    for i in 0..LIMBS {
        // a limb split into numbers that are no bytes: of a source word, of the word before
        assert_eq!(stops(memory(TO, 1, 31), 0, |c| c.one.low[i] += F::ONE), [name::BYTES]);
        assert_eq!(stops(memory(TO, 31, 32), 0, |c| c.two.low[i] += F::ONE), [name::BYTES]);
        assert_eq!(stops(memory(TO + 2 * (15 - i as u32), 64, 1), 0, |c| c.old.low[i] += F::ONE), [name::BYTES]);
        // another limb written
        let mut wrong = row(memory(TO, 65, 32), 0, |_| ());
        wrong.new[i] += F::ONE;
        assert_eq!(stopped(&[wrong]), [(197 + i).to_string()]);
        // a chunk that does not end with zeros
        assert_eq!(stops(stream(64, 5), 0, |c| (c.old.limbs[i], c.old.low[i]) = (F::ONE, F::ONE)), [(213 + i).to_string()]);
    }
}
