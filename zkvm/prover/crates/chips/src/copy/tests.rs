use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{CopyAir, CopyCols, CopyRows};
use crate::bus::{F, name, tag};
use crate::context::FrameInfo;
use crate::evaluate::{Violation, evaluate};
use crate::testing::{FRAME, Mock, Seeded, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};
use crate::window::{WindowAir, WindowCols, WindowRows};

const CALL: u32 = 3;
const WIDTH: usize = CopyCols::<F>::WIDTH;

/// What one instruction did: the bench, both tables.
struct Run {
    mock: Mock,
    copy: RowMajorMatrix<F>,
    window: Option<RowMajorMatrix<F>>,
}

/// Bytes of memory, code or call data before.
fn noise(length: usize) -> Vec<u8> {
    let mut seeded = Seeded::new(13);
    (0..length).map(|_| seeded.next() as u8).collect()
}

fn word_at(bytes: &[u8], offset: usize) -> U256 {
    let mut word = [0; 32];
    for (j, byte) in word.iter_mut().enumerate() {
        *byte = bytes.get(offset + j).copied().unwrap_or(0);
    }
    U256::from_be_bytes(word)
}

/// Runs one instruction over 256 bytes of memory and compares memory (or the result) with what the EVM does.
fn run(op: u16, words: &[U256], data: &[u8]) -> Run {
    let mut mock = Mock::new();
    let before = noise(256);
    for i in 0..8 {
        mock.poke(FRAME, i as u32, 20 + i as u32, word_at(&before, 32 * i));
    }
    mock.context.frame_info.insert(FRAME, FrameInfo { call: CALL, account: 2, doomed: false, sentry: true });
    let mut expected = before.clone();
    let at = |word: U256| usize::try_from(word).unwrap_or(usize::MAX);
    let (result, length) = match op {
        isa::MLOAD => (word_at(&before, at(words[0])), None),
        isa::MSTORE => {
            expected[at(words[0])..][..32].copy_from_slice(&words[1].to_be_bytes::<32>());
            (U256::ZERO, None)
        }
        isa::MSTORE8 => {
            expected[at(words[0])] = words[1].byte(0);
            (U256::ZERO, None)
        }
        _ => {
            let source = if op == isa::MCOPY { &before } else { data };
            let length = at(words[2]);
            for j in 0..length {
                expected[at(words[0]) + j] = at(words[1]).checked_add(j).and_then(|k| source.get(k)).copied().unwrap_or(0);
            }
            (U256::ZERO, Some(length as u64))
        }
    };
    let step = mock.chained(op, words, 0, 3, |step| {
        step.result = result;
        step.charge += 3 * length.unwrap_or(0).div_ceil(32);
    });
    let mut copy = CopyRows::default();
    let job = copy.push(&step, &mut mock.context);
    if matches!(op, isa::CODECOPY | isa::CALLDATACOPY) {
        mock.offer(name::FRAME, vec![FRAME, CALL, 2, 0, 1], 1);
    }
    let mut rows = WindowRows::default();
    if let Some(job) = job {
        rows.push(&job, &mut mock.context, &|offset| word_at(data, offset as usize));
    }
    let claims: Vec<_> = mock.context.claims.iter().map(|(&key, &count)| (key, count)).collect();
    for ((tag, x, y), count) in claims {
        mock.offer(name::CLAIM, with_limbs(&[tag, x, y], word_at(data, y as usize)), count);
    }
    for i in 0..8 {
        let now = mock.context.memory[&(FRAME, i as u32)].1;
        assert_eq!(now, word_at(&expected, 32 * i), "word {i}");
    }
    Run { mock, copy: copy.finish().unwrap(), window: rows.finish() }
}

impl Run {
    /// Judges both tables together.
    fn check(&self) -> Option<Violation> {
        let mut mock = self.mock.clone();
        if let Some(window) = &self.window {
            let mut said = crate::evaluate::Balance::new();
            if let Some(violation) = evaluate("window", &WindowAir, window, &mut said) {
                return Some(violation);
            }
            mock.owe_all(&said);
        }
        mock.check("copy", &CopyAir, &self.copy)
    }
}

fn words(values: &[u64]) -> Vec<U256> {
    values.iter().map(|&value| U256::from(value)).collect()
}

/// All alignments of every instruction.
fn runs() -> Vec<Run> {
    let mut all = Vec::new();
    let mut seeded = Seeded::new(29);
    let data = noise(100);
    for offset in [0, 1, 4, 31, 32, 36, 77] {
        all.push(run(isa::MLOAD, &words(&[offset]), &data));
        all.push(run(isa::MSTORE, &[U256::from(offset), seeded.random()], &data));
        all.push(run(isa::MSTORE8, &[U256::from(offset), seeded.random()], &data));
        for source in [0, 1, 3, 30, 32, 64, 65, 99, 140] {
            for length in [0, 1, 5, 31, 32, 33, 64, 90] {
                all.push(run(isa::MCOPY, &words(&[offset, source, length]), &data));
                all.push(run(isa::CODECOPY, &words(&[offset, source, length]), &data));
                all.push(run(isa::CALLDATACOPY, &words(&[offset, source, length]), &data));
            }
        }
    }
    for far in [U256::from(1u64 << 29), U256::from(1u64 << 40), U256::MAX, U256::from((1u64 << 29) - 1)] {
        all.push(run(isa::CALLDATACOPY, &[U256::from(3), far, U256::from(40)], &data));
    }
    all
}

#[test]
fn bytes_move_as_the_evm_moves_them() {
    for (i, run) in runs().iter().enumerate() {
        assert_eq!(run.check(), None, "run {i}");
    }
}

#[test]
fn shapes_are_lean_and_padding_is_silent() {
    println!("copy {:?}", shape(&CopyAir));
    println!("window {:?}", shape(&WindowAir));
    assert!(numbers(WIDTH).len() < 200 && WindowCols::<F>::WIDTH < 320);
    assert_eq!(runs()[0].copy.width(), WIDTH);
    assert_eq!(tag::LOADED, 14);
}

/// A row of the chip, edited.
fn row(op: u16, words: &[U256], edit: impl FnOnce(&mut CopyCols<F>)) -> Vec<F> {
    let mut mock = Mock::new();
    mock.seeded = None;
    mock.context.frame_info.insert(FRAME, FrameInfo { call: CALL, account: 2, doomed: false, sentry: true });
    let length = if matches!(op, isa::MLOAD | isa::MSTORE | isa::MSTORE8) { 0 } else { words[2].to::<u64>() };
    let step = mock.chained(op, words, 0, 3, |step| step.charge += 3 * length.div_ceil(32));
    let mut rows = CopyRows::default();
    rows.push(&step, &mut mock.context);
    let mut table = rows.finish().expect("a row");
    table.values.truncate(WIDTH);
    edit(CopyCols::view_mut(&mut table.values));
    table.values
}

/// What stops rows, whatever other chips believe.
fn stopped(rows: &[Vec<F>]) -> Vec<String> {
    let mut cells = rows.concat();
    cells.resize(rows.len().next_power_of_two().max(2) * WIDTH, F::ZERO);
    stopped_though_believed("copy", &CopyAir, &RowMajorMatrix::new(cells, WIDTH))
}

/// What stops an edited row: of an MLOAD from byte 37, an MSTORE or MSTORE8 to it, a copy of 5 bytes from byte 50 to it.
fn stops(op: u16, edit: impl FnOnce(&mut CopyCols<F>)) -> Vec<String> {
    let values: &[u64] = match op {
        isa::MLOAD => &[37],
        isa::MSTORE | isa::MSTORE8 => &[37, 0xabcd],
        _ => &[37, 50, 5],
    };
    stopped(&[row(op, &words(values), edit)])
}

const COPIES: [u16; 3] = [isa::MCOPY, isa::CODECOPY, isa::CALLDATACOPY];
const STORES: [u16; 2] = [isa::MSTORE, isa::MSTORE8];

/// The gas after a copy of this many words, by its parts.
fn charge(c: &mut CopyCols<F>, words: F) {
    let gas = (c.state.gas + c.gas + words * F::from_u8(3)).as_canonical_u32();
    (c.gas_low, c.gas_high) = (F::from_u32(gas & 0xffff), F::from_u32(gas >> 16));
}

/// k / 32 in the field.
fn over32(k: u16) -> F {
    F::from_u16(k) * F::from_u8(32).inverse()
}

#[test]
fn honest_rows_are_stopped_by_nothing() {
    for op in [isa::MLOAD].into_iter().chain(STORES).chain(COPIES) {
        assert_eq!(stops(op, |_| ()), [""; 0], "{op}");
    }
}

#[test]
fn rows_that_are_not_real_ask_and_give_nothing() {
    let numbers = numbers(WIDTH);
    let c = CopyCols::view(&numbers);
    assert!([c.uses, c.active, c.near, c.far_high, c.far_middle, c.label].into_iter().all(|column| padding_rejects(&CopyAir, column)));
}

/// A row that is an MCOPY less an MLOAD, so not real, takes the stream that an MLOAD asked for and answers it: nothing else stops a wrong word.
#[test]
fn no_row_answers_an_mload() {
    let mut mock = Mock::new();
    mock.seeded = None;
    mock.poke(FRAME, 0, 20, U256::MAX);
    let step = mock.chained(isa::MLOAD, &[U256::ZERO], 0, 3, |_| {});
    let mut rows = CopyRows::default();
    rows.push(&step, &mut mock.context);
    let mut table = rows.finish().expect("a row");
    let (load, answer) = table.values.split_at_mut(WIDTH);
    let (load, answer) = (CopyCols::view(load), CopyCols::view_mut(answer));
    (answer.is_load, answer.is_memory, answer.state) = (-F::ONE, F::ONE, load.state);
    (answer.a, answer.b, answer.c) = (load.a, load.a, load.a);
    charge(answer, F::ZERO);
    assert_eq!(mock.causes("copy", &CopyAir, &table).into_iter().collect::<Vec<_>>(), ["0"]);
}

/// Of each constraint on the instruction a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_instruction_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // an MCOPY, more one copy of the claim's data and less the other: of a kind of job that is neither
    assert_eq!(stops(isa::MCOPY, |c| (c.is_code, c.is_calldata) = (-one, one)), ["4"]);
    assert_eq!(stops(isa::MCOPY, |c| (c.is_code, c.is_calldata) = (one, -one)), ["5"]);
    // an MLOAD that is an empty MCOPY too
    assert_eq!(stopped(&[row(isa::MCOPY, &words(&[37, 50, 0]), |c| c.is_load = one)]), ["6"]);
    // operands of other times
    for op in COPIES {
        assert_eq!(stops(op, |c| (c.a.constant, c.a.time) = (F::TWO, -c.a.time)), ["7"]);
        assert_eq!(stops(op, |c| c.a.time = zero), ["8"]);
        assert_eq!(stops(op, |c| (c.b.constant, c.b.time) = (F::TWO, -c.b.time)), ["9"]);
        assert_eq!(stops(op, |c| c.b.time = zero), ["10"]);
        assert_eq!(stops(op, |c| (c.c.constant, c.c.time) = (F::TWO, -c.c.time)), ["11"]);
        assert_eq!(stops(op, |c| c.c.time = zero), ["12"]);
    }
    // a wire of an instruction that gives none
    assert_eq!(stops(isa::MSTORE, |c| c.uses = one), ["13"]);
    // another word stored, or a word given to a copy
    for i in 0..16 {
        for op in STORES {
            assert_eq!(stops(op, |c| c.word[i] += one), [(14 + 2 * i).to_string()]);
        }
        for op in COPIES {
            assert_eq!(stops(op, |c| c.word[i] = one), [(15 + 2 * i).to_string()]);
        }
    }
}

/// Of each constraint on length and price a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_length_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    // another number of bytes
    assert_eq!(stops(isa::MSTORE, |c| c.length -= one), ["46"]);
    assert_eq!(stops(isa::MSTORE8, |c| c.length += one), ["47"]);
    for op in COPIES {
        let longer = |c: &mut CopyCols<F>| (c.length, c.slack, c.inverse) = (F::from_u8(6), F::from_u8(26), F::from_u8(6).inverse());
        assert_eq!(stops(op, longer), ["48"]);
        for i in 0..14 {
            assert_eq!(stops(op, |c| c.c.limbs[2 + i] = one), [(49 + i).to_string()]);
        }
        // p + 5 bytes as 5
        assert_eq!(stops(op, |c| (c.c.limbs[0], c.c.limbs[1]) = (F::from_u8(6), F::from_u16(0x7f00))), [name::RANGE]);
        // a copy left out, and an empty one that asks for bytes
        assert_eq!(stops(op, |c| (c.active, c.inverse) = (zero, zero)), ["69"]);
        assert_eq!(stopped(&[row(op, &words(&[37, 50, 0]), |c| c.active = one)]), ["68"]);
    }
    // a store left out, an MLOAD that writes
    for op in STORES {
        assert_eq!(stops(op, |c| c.active = zero), ["67"]);
    }
    assert_eq!(stops(isa::MLOAD, |c| c.active = one), ["70"]);
    // fewer words to pay for; a store that costs less than its gas
    let cheaper = |c: &mut CopyCols<F>| {
        c.words_low = zero;
        charge(c, zero);
    };
    assert_eq!(stops(isa::MCOPY, cheaper), ["63"]);
    for op in STORES.into_iter().chain([isa::MLOAD]) {
        assert_eq!(stops(op, |c| c.words_low = -one), ["64"]);
        assert_eq!(stops(op, |c| c.words_high = -one), ["65"]);
    }
    // fractions of words: 31/32 and 33/32 are large numbers, and 33/32 is cheaper modulo p
    let fraction = |slack: u8, gas: u32, whole: bool| {
        stops(isa::MCOPY, |c| {
            let words = over32(5 + u16::from(slack));
            (c.slack, c.state.gas) = (F::from_u8(slack), F::from_u32(gas));
            let split = words.as_canonical_u32();
            (c.words_low, c.words_high) = if whole { (words, zero) } else { (F::from_u32(split & 0xffff), F::from_u32(split >> 16)) };
            charge(c, words);
        })
    };
    assert_eq!(fraction(26, 900, true), [name::RANGE]);
    assert_eq!(fraction(28, 1 << 28, false), [name::RANGE]);
    // more words than the bytes fill
    let dearer = |c: &mut CopyCols<F>| {
        (c.words_low, c.slack) = (F::TWO, F::from_u8(59));
        charge(c, F::TWO);
    };
    assert_eq!(stops(isa::MCOPY, dearer), [name::RANGE]);
    // gas that is not the sum, or reaches 2^30: by its lower part, its upper one, a fraction of the upper one
    assert_eq!(stops(isa::MCOPY, |c| c.gas_low -= one), ["113"]);
    let gas = |low: u32, high: F| {
        stops(isa::MCOPY, |c| {
            (c.gas_low, c.gas_high) = (F::from_u32(low), high);
            c.state.gas = c.gas_low + high * F::from_u32(1 << 16) - F::from_u8(6);
        })
    };
    assert_eq!(gas(1 << 30, zero), [name::RANGE]);
    assert_eq!(gas(5, F::from_u32(1 << 14)), [name::RANGE]);
    assert_eq!(gas((1 << 14) + 5, F::from_u16(0xffff) * F::from_u8(4).inverse()), [name::RANGE]);
}

/// Of each constraint on source and destination a forgery that nothing else stops.
#[test]
fn each_constraint_on_source_and_destination_is_needed() {
    let (one, zero, far) = (F::ONE, F::ZERO, F::from_u32(1 << 29));
    let claims = [isa::CODECOPY, isa::CALLDATACOPY];
    // MCOPY: another byte, another word
    assert_eq!(stops(isa::MCOPY, |c| c.byte += one), ["71"]);
    assert_eq!(stops(isa::MCOPY, |c| c.asked += one), ["72"]);
    // word 31/32, which is a large number; byte 50 of a word
    assert_eq!(stops(isa::MCOPY, |c| (c.source_position, c.asked, c.byte) = (over32(31), over32(31), F::from_u8(19))), [name::RANGE]);
    assert_eq!(stops(isa::MCOPY, |c| (c.source_position, c.asked, c.byte) = (zero, zero, F::from_u8(50))), [name::RANGE]);
    for i in 0..14 {
        assert_eq!(stops(isa::MCOPY, |c| c.b.limbs[2 + i] = one), [(73 + i).to_string()]);
    }
    for op in claims {
        // the claim's data taken for what is beyond it: for no reason, or for one that is none
        assert_eq!(stops(op, |c| (c.near, c.asked) = (zero, far)), ["90"]);
        assert_eq!(stops(op, |c| (c.near, c.far_high, c.asked) = (zero, one, far)), ["92"]);
        assert_eq!(stops(op, |c| (c.near, c.far_middle, c.asked) = (zero, one, far)), [name::RANGE]);
        // an offset taken for its lowest limbs; p + 3 taken for 3
        assert_eq!(stops(op, |c| c.b.limbs[9] = one), ["91"]);
        assert_eq!(stops(op, |c| (c.b.limbs[0], c.b.limbs[1], c.asked) = (F::from_u8(4), F::from_u16(0x7f00), F::from_u8(3))), [name::RANGE]);
        // another offset, near or far
        assert_eq!(stops(op, |c| c.asked += one), ["93"]);
        assert_eq!(stopped(&[row(op, &words(&[37, 1 << 29, 5]), |c| c.asked = zero)]), ["94"]);
        assert_eq!(stopped(&[row(op, &words(&[37, 1 << 32, 5]), |c| c.asked = zero)]), ["94"]);
        // a byte beside it; data of another call
        assert_eq!(stops(op, |c| c.byte = one), ["96"]);
        assert_eq!(stops(op, |c| c.label += one), ["97"]);
    }
    assert_eq!(stops(isa::MCOPY, |c| c.label = one), ["97"]);
    for op in STORES {
        assert_eq!(stops(op, |c| c.asked = one), ["95"]);
        assert_eq!(stops(op, |c| c.byte -= one), ["96"]);
    }
    for op in STORES.into_iter().chain(COPIES) {
        // written beside the place, or to word 31/32, or from byte 37 of a word
        assert_eq!(stops(op, |c| c.first += one), ["98"]);
        assert_eq!(stops(op, |c| (c.position, c.first) = (over32(31), F::from_u8(6))), [name::RANGE]);
        assert_eq!(stops(op, |c| (c.position, c.first) = (zero, F::from_u8(37))), [name::RANGE]);
    }
    // an offset of 2^32 and more
    for op in STORES.into_iter().chain(COPIES).chain([isa::MLOAD]) {
        for i in 0..14 {
            assert_eq!(stops(op, |c| c.a.limbs[2 + i] = one), [(99 + i).to_string()]);
        }
    }
}

/// A row that is not real asks for its numbers a negative number of times: so it vouches for numbers of others that are out of range.
#[test]
fn no_row_vouches_for_numbers_of_others() {
    let one = F::ONE;
    let vouching = |numbers: [F; 4], edit: &dyn Fn(&mut CopyCols<F>)| {
        let mut mock = Mock::new();
        mock.offer(name::FRAME, vec![0; 5], 1);
        for number in numbers {
            mock.owe(name::RANGE, vec![number.as_canonical_u32()], 1);
        }
        let mut table = RowMajorMatrix::new(F::zero_vec(2 * WIDTH), WIDTH);
        edit(CopyCols::view_mut(&mut table.values[..WIDTH]));
        mock.causes("copy", &CopyAir, &table).into_iter().collect::<Vec<_>>()
    };
    // a CODECOPY less an MCOPY, for -2^11 as a number of 11 bits
    let (position, piece) = (-F::from_u32(1 << 11), -F::from_u32(1 << 16));
    let copies = |c: &mut CopyCols<F>| {
        (c.is_memory, c.is_code, c.near) = (-one, one, one);
        (c.source_position, c.b.limbs[0], c.b.limbs[1]) = (position, piece, one);
    };
    assert_eq!(vouching([piece, position, F::ZERO, F::ZERO], &copies), ["3"]);
    // far for one reason, less the other, for any number
    let far = |c: &mut CopyCols<F>| {
        (c.far_high, c.far_middle, c.far_inverse, c.b.limbs[2]) = (one, -one, one, one);
        c.b.limbs[1] = piece - F::from_u16(1 << 13);
    };
    assert_eq!(vouching([piece, F::ZERO, F::ZERO, F::ZERO], &far), ["88"]);
}
