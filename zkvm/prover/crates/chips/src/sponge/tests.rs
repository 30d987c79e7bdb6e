use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::keccak::keccak256;

use super::{SpongeAir, SpongeCols, SpongeRows};
use crate::bus::{F, name, tag};
use crate::evaluate::{Balance, evaluate};
use crate::finish::Stream;
use crate::keccak::{KeccakRows, KeccakTable};
use crate::testing::{FRAME, Mock, Seeded, numbers, padding_rejects, shape, with_limbs};

/// SHA3 of each length, at an unaligned offset, with what others say about it.
fn bench(lengths: &[u64]) -> (Mock, SpongeRows) {
    let mut mock = Mock::new();
    let (mut rows, mut keccak) = (SpongeRows::default(), KeccakRows::default());
    let mut seeded = Seeded::new(17);
    let words: Vec<U256> = (0..8).map(|_| seeded.random()).collect();
    // the chip reads memory only to fill its row; the accesses are the stream chips'
    for (i, word) in (0..).zip(&words) {
        mock.context.memory.insert((FRAME, i), (9, *word));
    }
    let bytes: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
    for &length in lengths {
        let message = &bytes[37..37 + length as usize];
        let result = U256::from_be_bytes(keccak256(message));
        let step = mock.chained(isa::SHA3, &[U256::from(37), U256::from(length)], 0, 30, |step| {
            step.result = result;
            step.charge += 6 * length.div_ceil(32);
        });
        let stream = rows.push(&step, &mut mock.context, &mut keccak);
        assert_eq!(stream, (length != 0).then_some(Stream { frame: FRAME, clk: step.clk, offset: 37, length: length as u32 }));
        if length != 0 {
            mock.owe(name::STREAM, vec![FRAME, step.clk, tag::PREIMAGE, 37, 0, length as u32], -1);
        }
        for (k, chunk) in (0..).zip(message.chunks(32)) {
            let mut word = [0; 32];
            word[..chunk.len()].copy_from_slice(chunk);
            mock.owe(name::CLAIM, with_limbs(&[tag::PREIMAGE, step.clk, k], U256::from_be_bytes(word)), -1);
        }
    }
    mock.context.memory.clear();
    let mut sent = Balance::new();
    assert_eq!(evaluate("keccak", &KeccakTable, &keccak.finish(0).unwrap(), &mut sent), None);
    mock.owe_all(&sent);
    (mock, rows)
}

#[test]
fn every_length_hashes_as_keccak() {
    let (mock, rows) = bench(&(0..=135).collect::<Vec<_>>());
    assert_eq!(mock.check("sponge", &SpongeAir, &rows.finish().unwrap()), None);
    assert!(SpongeRows::takes(U256::from(135)) && !SpongeRows::takes(U256::from(136)));
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, rows) = bench(&[0, 31, 68, 135]);
    assert!(mock.accepted("sponge", &SpongeAir, &rows.finish().unwrap(), 0..4).is_empty());
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(SpongeCols::<F>::WIDTH);
    let view = SpongeCols::view(&columns);
    for column in [view.uses, view.chunk[0], view.even[3]] {
        assert!(padding_rejects(&SpongeAir, column));
    }
    println!("{:?}", shape(&SpongeAir));
}
