//! Bytes that nobody honest wrote: refused with a reason, without a panic, and without more time or memory than the bytes deserve.

use std::sync::LazyLock;

use super::scene::*;
use crate::receipt::{FormatError, Receipt};
use crate::verify::{Rejection, verify};

/// A small generator, so that a failure repeats.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// A receipt of two calls, one of which reverts.
fn small() -> &'static [u8] {
    static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let program = talkative();
        let mut request = talkative_request(&program);
        request.calls.truncate(2);
        receipt(&request, &[&program])
    });
    &SMALL
}

/// Offsets of the lengths of the program, the statement and the proof.
fn sections(bytes: &[u8]) -> [usize; 3] {
    let length = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let program = 4 + 2 + 32 + 1 + 8 + 32 + 4;
    let statement = program + 4 + length(program);
    let proof = statement + 4 + length(statement);
    assert_eq!(proof + 4 + length(proof), bytes.len());
    [program, statement, proof]
}

/// The receipt with `replaced` bytes at `at` in the section whose length stands at `section` replaced by `by`.
fn spliced(bytes: &[u8], section: usize, at: usize, replaced: usize, by: &[u8]) -> Vec<u8> {
    let length = u32::from_le_bytes(bytes[section..section + 4].try_into().unwrap()) as usize + by.len() - replaced;
    [&bytes[..section], &(length as u32).to_le_bytes(), &bytes[section + 4..at], by, &bytes[at + replaced..]].concat()
}

#[track_caller]
fn rejected(bytes: &[u8], what: &str) {
    assert!(verify(bytes, true).is_err(), "ACCEPTED: {what}");
}

/// Peak of resident and of virtual memory of this process, in KiB.
#[cfg(target_os = "linux")]
fn peaks() -> [u64; 2] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    ["VmHWM:", "VmPeak:"].map(|key| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    })
}

#[test]
fn every_byte_before_the_proof_counts() {
    let bytes = small();
    let [_, _, proof] = sections(bytes);
    for at in 0..proof + 4 {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        rejected(&flipped, &format!("bit {} of byte {at}", at % 8));
    }
}

#[test]
fn bits_all_over_the_proof_count() {
    let bytes = small();
    let [_, _, proof] = sections(bytes);
    let mut random = Random(0x5eed);
    let (first, length) = (proof + 4, bytes.len() - proof - 4);
    // the small parts at both ends whole (commitments; terminals, heights, witnesses), the rest by sample
    let ends = (0..200).chain(length - 400..length);
    let sample: Vec<usize> = ends.chain((0..1_600).map(|_| random.below(length))).collect();
    for offset in sample {
        let mut flipped = bytes.to_vec();
        let bit = random.below(8);
        flipped[first + offset] ^= 1 << bit;
        rejected(&flipped, &format!("bit {bit} of byte {offset} of the proof"));
    }
}

#[test]
fn numbers_have_one_encoding() {
    let bytes = small();
    let [_, statement, proof] = sections(bytes);
    let mut random = Random(7);
    let statements = (statement + 4..proof).map(|at| (statement, at));
    let proofs: Vec<_> = (0..1_000).map(|_| (proof, proof + 4 + random.below(bytes.len() - proof - 4))).collect();
    let mut padded = 0;
    for (section, at) in statements.chain(proofs).chain((proof + 4..proof + 400).map(|at| (proof, at))) {
        if bytes[at] < 0x80 {
            let forged = spliced(bytes, section, at, 1, &[bytes[at] | 0x80, 0]);
            padded += usize::from(matches!(Receipt::decode(&forged), Err(FormatError::Malformed(_))));
            rejected(&forged, &format!("a padded number at {at}"));
        }
    }
    assert!(padded > 500);
    // field elements that are not reduced
    let prime = 0x7f00_0001_u32;
    for at in (proof + 4..bytes.len() - 4).step_by(41) {
        let value = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        if let Some(larger) = value.checked_add(prime) {
            rejected(&spliced(bytes, proof, at, 4, &larger.to_le_bytes()), &format!("an element of p or more at {at}"));
        }
    }
}

#[test]
fn lengths_that_lie_cost_nothing() {
    let bytes = small();
    let [program, statement, proof] = sections(bytes);
    #[cfg(target_os = "linux")]
    let before = peaks();
    let huge: [&[u8]; 4] =
        [&[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff; 9], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], &[0x80, 0x80, 0x80, 0x80, 0x01]];
    let mut random = Random(11);
    let mut places: Vec<(usize, usize)> = (statement + 4..proof).map(|at| (statement, at)).collect();
    places.extend((proof + 4..proof + 1_000).map(|at| (proof, at)));
    places.extend((0..2_000).map(|_| (proof, proof + 4 + random.below(bytes.len() - proof - 4))));
    for (i, (section, at)) in places.into_iter().enumerate() {
        rejected(&spliced(bytes, section, at, 1, huge[i % 4]), &format!("a huge length at {at}"));
    }
    for section in [program, statement, proof, program - 4] {
        for length in [u32::MAX, 1 << 31, 1 << 26, bytes.len() as u32] {
            let mut forged = bytes.to_vec();
            forged[section..section + 4].copy_from_slice(&length.to_le_bytes());
            rejected(&forged, "a section's length");
        }
    }
    // counts inside the program's header
    for field in 0..5 {
        for count in [u32::MAX, 1 << 30, 1 << 22, 77] {
            let mut forged = bytes.to_vec();
            let at = program + 4 + 72 + 4 * field;
            forged[at..at + 4].copy_from_slice(&count.to_le_bytes());
            rejected(&forged, "a count of the program");
        }
    }
    // other tests of this process allocate too, but far less than 2^32 elements
    #[cfg(target_os = "linux")]
    for (before, after) in before.into_iter().zip(peaks()) {
        assert!(after - before < 3 << 20, "memory grew by {} MiB", (after - before) >> 10);
    }
}

#[test]
fn sections_beyond_their_limits_are_not_decoded() {
    let bytes = small();
    let [_, statement, proof] = sections(bytes);
    let long = |section: usize, length: usize| spliced(bytes, section, section + 4, 0, &vec![0; length]);
    assert_eq!(Receipt::decode(&long(proof, 1 << 24)).err(), Some(FormatError::Size));
    assert_eq!(Receipt::decode(&long(statement, 1 << 25)).err(), Some(FormatError::Size));
    assert_eq!(Receipt::decode(&long(proof, 1 << 26)).err(), Some(FormatError::Size));
}

/// A valid head and a proof of elements that cost a byte each: what decodes is bounded.
#[test]
fn many_small_elements_are_bounded() {
    let bytes = small();
    let [_, _, proof] = sections(bytes);
    for filler in [0x00, 0x01, 0x7f, 0x80, 0xff] {
        for head in [0, 33, 66, 67, 100] {
            let forged = [&bytes[..proof], &(1_u32 << 22).to_le_bytes(), &bytes[proof + 4..proof + 4 + head], &vec![filler; (1 << 22) - head]].concat();
            rejected(&forged, "filler");
        }
    }
}

#[test]
fn noise_is_rejected() {
    let bytes = small();
    let starts = sections(bytes);
    let mut random = Random(3);
    for round in 0..3_000 {
        let noise: Vec<u8> = (0..random.below(300)).map(|_| random.next() as u8).collect();
        let keep = [0, 4, 6, 38, 79, starts[0], starts[1], starts[2], starts[2] + 4][round % 9];
        rejected(&[&bytes[..keep], &noise].concat(), "noise");
    }
    // blocks doubled, left out or overwritten
    for _ in 0..400 {
        let mut forged = bytes.to_vec();
        let (from, to, length) = (random.below(bytes.len()), random.below(bytes.len()), 1 + random.below(64));
        let block = bytes[from..(from + length).min(bytes.len())].to_vec();
        match random.below(3) {
            0 => drop(forged.splice(to..to, block)),
            1 => drop(forged.drain(from..from + block.len())),
            _ => {
                let end = (to + block.len()).min(forged.len());
                let part = end - to;
                forged[to..end].copy_from_slice(&block[..part]);
            }
        }
        if forged != bytes {
            rejected(&forged, "a block moved");
        }
    }
    for start in [&b""[..], b"S", b"SZKR", b"SZKP"] {
        assert!(matches!(verify(start, true), Err(Rejection::Format(_))));
    }
}

/// The tallest claim that is admitted, in a receipt of a few MiB: rejected within seconds.
#[test]
fn a_tall_claim_is_affordable() {
    let mut receipt = Receipt::decode(small()).unwrap();
    let call = &mut receipt.statement.calls[0];
    call.calldata_offsets = (0..(1 << 22) - 64).collect();
    receipt.proof.degree_bits[crate::key::FIXED] = 22;
    let begun = std::time::Instant::now();
    assert!(matches!(verify(&receipt.encode(), true), Err(Rejection::Proof(_))));
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    println!("{:?}", begun.elapsed());
}
