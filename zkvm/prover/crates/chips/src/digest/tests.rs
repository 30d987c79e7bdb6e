use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{DigestAir, DigestCols, DigestRows};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::finish::Stream;
use crate::hash::keccak_limbs;
use crate::keccak::STATE_LIMBS;
use crate::testing::{FRAME, Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

const OFFSET: u32 = 0x2_0025;

/// SHA3 of each length, with what the stream and the blocks say about it. The digests are any words: the absorb chip makes them.
fn bench(lengths: &[u32]) -> (Mock, DigestRows) {
    let mut mock = Mock::new();
    let mut rows = DigestRows::default();
    let mut seeded = Seeded::new(19);
    mock.context.memory.insert((FRAME, OFFSET / 32), (9, seeded.random()));
    for &length in lengths {
        let result = seeded.random();
        let step = mock.chained(isa::SHA3, &[U256::from(OFFSET), U256::from(length)], 0, 30, |step| {
            step.result = result;
            step.charge += 6 * u64::from(length.div_ceil(32));
        });
        let (stream, message) = rows.push(&step, &mut mock.context);
        assert_eq!(stream, Stream { frame: FRAME, clk: step.clk, offset: OFFSET, length });
        assert_eq!(message.len(), length as usize);
        mock.owe(name::STREAM, vec![FRAME, step.clk, tag::PREIMAGE, step.clk, OFFSET & 0xffff, OFFSET >> 16, length], -1);
        mock.owe(name::ABSORB, [step.clk, 0, length].into_iter().chain([0; STATE_LIMBS]).collect(), -1);
        mock.owe(name::SQUEEZE, [step.clk].into_iter().chain(keccak_limbs(result).map(u32::from)).collect(), 1);
    }
    mock.context.memory.clear();
    (mock, rows)
}

#[test]
fn lengths_are_asked_for_and_charged() {
    let (mock, rows) = bench(&[136, 137, 160, 161, 0xffff, 0x1_0000, 0x1_0001, 0x20_0000]);
    assert_eq!(mock.check("digest", &DigestAir, &rows.finish().unwrap()), None);
    let takes = |length: u64| DigestRows::takes(U256::from(length));
    assert!(takes(136) && takes((1 << 26) - 1) && !takes(1 << 26) && !takes(0) && !DigestRows::takes(U256::MAX));
}

#[test]
fn no_cell_can_be_changed() {
    let (mock, rows) = bench(&[136, 0x1_0001]);
    assert!(mock.accepted("digest", &DigestAir, &rows.finish().unwrap(), 0..2).is_empty());
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(DigestCols::<F>::WIDTH);
    assert!(padding_rejects(&DigestAir, DigestCols::view(&columns).uses));
    println!("{:?}", shape(&DigestAir));
}

/// What stops the row of a length once it is edited, if others believe each message.
fn stopped(length: u32, edit: impl FnOnce(&mut DigestCols<F>)) -> Vec<String> {
    let table = bench(&[length]).1.finish().unwrap();
    stopped_though_believed("digest", &DigestAir, &forged_row(&table, 0, |cells| edit(DigestCols::view_mut(cells))))
}

/// As [`stopped`], with the gas that the edited row charges.
fn stopped_at_its_price(length: u32, edit: impl FnOnce(&mut DigestCols<F>)) -> Vec<String> {
    stopped(length, |row| {
        edit(row);
        let words = row.words_low + row.words_high * F::from_u32(1 << 16);
        [row.gas_low, row.gas_high] = split(row.state.gas + row.gas + words * F::from_u8(6));
    })
}

/// A number's lower 16 bits and the others.
fn split(value: F) -> [F; 2] {
    let value = value.as_canonical_u32();
    [value & 0xffff, value >> 16].map(F::from_u32)
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    for length in [1, 136, 0x20_0000] {
        assert_eq!(stopped(length, |_| ()), [""; 0]);
    }
    // an instruction that counts twice, a wire of none
    assert_eq!(stopped(136, |row| (row.real, row.uses) = (F::TWO, F::ZERO)), ["0"]);
    assert_eq!(stopped(136, |row| row.real = F::ZERO), ["35"]);
    // operands of another region, or of none
    assert_eq!(stopped(136, |row| (row.a.constant, row.a.time) = (F::TWO, -row.state.region)), ["1"]);
    assert_eq!(stopped(136, |row| row.a.time += F::ONE), ["2"]);
    assert_eq!(stopped(136, |row| (row.b.constant, row.b.time) = (F::TWO, -row.state.region)), ["3"]);
    assert_eq!(stopped(136, |row| row.b.time += F::ONE), ["4"]);
    // an offset and a length congruent to others
    for limb in 2..LIMBS {
        assert_eq!(stopped(136, |row| row.a.limbs[limb] = F::ONE), [(3 + limb).to_string()]);
        assert_eq!(stopped(136, |row| row.b.limbs[limb] = F::ONE), [(17 + limb).to_string()]);
    }
    // a hash at the price of fewer words, gas whose bound is another number's
    assert_eq!(stopped_at_its_price(136, |row| row.words_low -= F::ONE), ["33"]);
    assert_eq!(stopped(136, |row| row.gas_low -= F::ONE), ["34"]);
}

/// Of each look-up of a range a forgery that nothing else stops.
#[test]
fn each_range_is_needed() {
    // a length of 2^26 and more
    let long = stopped_at_its_price(136, |row| (row.b.limbs[1], row.words_high) = (F::from_u32(1 << 10), F::from_u32(1 << 5)));
    assert_eq!(long, ["range"]);
    // 136 bytes as four words and a half, in the lower part or as (9 + p) / 2
    let half = F::from_u8(9).halve();
    assert_eq!(stopped_at_its_price(136, |row| (row.words_low, row.slack) = (half, F::from_u8(8))), ["range"]);
    let wrapped = stopped_at_its_price(136, |row| {
        [row.words_low, row.words_high] = split(half);
        row.slack = F::from_u8(8);
    });
    assert_eq!(wrapped, ["range"]);
    // a word more than there is; 2^21 bytes at half the price, by a slack of 2^-11 = -32512 words
    assert_eq!(stopped_at_its_price(136, |row| (row.words_low, row.slack) = (row.words_low + F::ONE, row.slack + F::from_u8(32))), ["range"]);
    let cheap = stopped_at_its_price(0x20_0000, |row| {
        [row.words_low, row.words_high] = split(F::from_u32((1 << 16) - 32512));
        row.slack = F::from_u32(1 << 11).inverse();
    });
    assert_eq!(cheap, ["range"]);
    // gas of 2^30, as it is and split otherwise
    let wraps = stopped_at_its_price(136, |row| row.state.gas = F::from_u32(1 << 30) - row.gas - F::from_u8(30));
    assert_eq!(wraps, ["range"]);
    let otherwise = stopped(136, |row| {
        row.state.gas = F::from_u32(1 << 30) - row.gas - F::from_u8(30);
        (row.gas_low, row.gas_high) = (F::from_u32(1 << 16), F::from_u32((1 << 14) - 1));
    });
    assert_eq!(otherwise, ["range"]);
    // another word than the digest's bytes: limb 256 (high - 256) + low + 1
    for limb in 0..LIMBS {
        let other = stopped(136, |row| {
            row.result_low[limb] += F::ONE;
            row.result[limb] += F::ONE - F::from_u32(1 << 16);
        });
        assert_eq!(other, [name::BYTES]);
    }
}
