use p3_matrix::Matrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{CopyAir, CopyCols, CopyRows};
use crate::bus::{F, name, tag};
use crate::context::FrameInfo;
use crate::evaluate::{Violation, evaluate};
use crate::testing::{FRAME, Mock, Seeded, numbers, shape, with_limbs};
use crate::window::{WindowAir, WindowCols, WindowRows};

const CALL: u32 = 3;

/// What one instruction did: the bench, both tables.
struct Run {
    mock: Mock,
    copy: p3_matrix::dense::RowMajorMatrix<F>,
    window: Option<p3_matrix::dense::RowMajorMatrix<F>>,
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
    assert!(numbers(CopyCols::<F>::WIDTH).len() < 200 && WindowCols::<F>::WIDTH < 320);
    assert_eq!(runs()[0].copy.width(), CopyCols::<F>::WIDTH);
    assert_eq!(tag::LOADED, 14);
}
