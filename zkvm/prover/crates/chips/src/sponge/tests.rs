use p3_field::PrimeCharacteristicRing;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::keccak::keccak256;

use super::columns::CHUNKS;
use super::{SpongeAir, SpongeCols, SpongeRows};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::evaluate::{Balance, evaluate};
use crate::finish::Stream;
use crate::keccak::{KeccakRows, KeccakTable, RATE_LIMBS};
use crate::testing::{FRAME, Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

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
            mock.owe(name::STREAM, vec![FRAME, step.clk, tag::PREIMAGE, step.clk, 37, 0, length as u32], -1);
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

/// What stops the row of a length once it is edited, if others believe each message.
fn stopped(length: u64, edit: impl FnOnce(&mut SpongeCols<F>)) -> Vec<String> {
    let table = bench(&[length]).1.finish().unwrap();
    stopped_though_believed("sponge", &SpongeAir, &forged_row(&table, 0, |cells| edit(SpongeCols::view_mut(cells))))
}

/// The flag of a message that ends before a byte, and the ordinal of the constraint that it is a bit.
fn end(row: &mut SpongeCols<F>, byte: usize) -> (&mut F, usize) {
    let limb = byte / 2;
    if byte.is_multiple_of(2) { (&mut row.even[limb], 20 + limb) } else { (&mut row.odd[limb], 20 + RATE_LIMBS + limb) }
}

/// Of each constraint on the instruction a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_instruction_is_needed() {
    for length in [0, 68, 135] {
        assert_eq!(stopped(length, |_| ()), [""; 0]);
    }
    // operands of another region, or of none
    assert_eq!(stopped(68, |row| (row.a.constant, row.a.time) = (F::TWO, -row.state.region)), ["1"]);
    assert_eq!(stopped(68, |row| row.a.time += F::ONE), ["2"]);
    assert_eq!(stopped(68, |row| (row.b.constant, row.b.time) = (F::TWO, -row.state.region)), ["3"]);
    assert_eq!(stopped(68, |row| row.b.time += F::ONE), ["4"]);
    // a length and an offset congruent to others
    for limb in 1..LIMBS {
        assert_eq!(stopped(68, |row| row.b.limbs[limb] = F::ONE), [(4 + limb).to_string()]);
    }
    for limb in 2..LIMBS {
        assert_eq!(stopped(68, |row| row.a.limbs[limb] = F::ONE), [(167 + limb).to_string()]);
    }
    // a chunk asked for, and a wire given, by no instruction
    let none = |row: &mut SpongeCols<F>| (row.real, row.even[0]) = (F::ZERO, F::ZERO);
    let chunk = stopped(0, |row| {
        none(row);
        (row.chunk[0], row.uses) = (F::ONE, F::ZERO);
    });
    assert_eq!(chunk, ["163"]);
    assert_eq!(stopped(0, none), ["251"]);
}

/// Of each constraint on the message's end and its bytes a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_padding_is_needed() {
    // padding at places that only weigh right: two ends less one
    for byte in 0..2 * RATE_LIMBS {
        let (mut ordinal, length) = (0, 68);
        let others = (0..2 * RATE_LIMBS).find_map(|first| {
            let second = (length + byte).checked_sub(first)?;
            (second < first && first != byte && second != byte).then_some([first, second])
        });
        let places = stopped(length as u64, |row| {
            *end(row, length).0 = F::ZERO;
            for other in others.expect("places") {
                *end(row, other).0 = F::ONE;
            }
            let (flag, index) = end(row, byte);
            (*flag, ordinal) = (-F::ONE, index);
        });
        assert_eq!(places, [ordinal.to_string()]);
    }
    // no padding, padding at another place
    assert_eq!(stopped(0, |row| row.even[0] = F::ZERO), ["161"]);
    assert_eq!(stopped(68, |row| row.even.rotate_left(1)), ["162"]);
    for limb in 0..RATE_LIMBS {
        // bytes beyond the message, other bytes than the message has
        assert_eq!(stopped(0, |row| row.limbs[limb] = F::from_u32(256)), [(183 + limb).to_string()]);
        assert_eq!(stopped(135, |row| row.low[limb] += F::from_u32(256)), [name::BYTES]);
    }
    // another word than the digest's bytes: 256 (high - 256) + low + 1
    for limb in 0..LIMBS {
        let other = stopped(0, |row| {
            row.result_low[limb] += F::ONE;
            row.result[limb] += F::ONE - F::from_u32(1 << 16);
        });
        assert_eq!(other, [name::BYTES]);
    }
}

/// Of each constraint on the chunks, which are paid for, a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_price_is_needed() {
    for k in 0..CHUNKS {
        let start = 32 * k as u64;
        // half a chunk at half the price
        let half = stopped(start + 7, |row| {
            (row.chunk[k], row.slack) = (F::ONE.halve(), F::from_u8(9));
            row.limbs[LIMBS * k..].fill(F::ZERO);
            row.low[LIMBS * k..].fill(F::ZERO);
        });
        assert_eq!(half, [(156 + k).to_string()]);
        // the last chunk told as the one after it
        if k > 0 {
            let skipped = stopped(start, |row| {
                (row.chunk[k - 1], row.chunk[k]) = (F::ZERO, F::ONE);
                row.limbs[LIMBS * (k - 1)..].fill(F::ZERO);
                row.low[LIMBS * (k - 1)..].fill(F::ZERO);
            });
            assert_eq!(skipped, [(163 + k).to_string()]);
        }
    }
    // the last chunk left out; a chunk more than there is
    let fewer = |row: &mut SpongeCols<F>| {
        row.chunk[2] = F::ZERO;
        row.limbs[2 * LIMBS..].fill(F::ZERO);
        row.low[2 * LIMBS..].fill(F::ZERO);
    };
    assert_eq!(stopped(68, fewer), ["168"]);
    let unpaid = stopped(68, |row| {
        fewer(row);
        row.slack -= F::from_u8(32);
    });
    assert_eq!(unpaid, ["range"]);
    assert_eq!(stopped(68, |row| (row.chunk[3], row.slack) = (F::ONE, row.slack + F::from_u8(32))), ["range"]);
}
