use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ListedMemoryAir, ListedMemoryCols, ListedMemoryRows};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::finish::Stream;
use crate::testing::{FRAME, Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

const WIDTH: usize = ListedMemoryCols::<F>::WIDTH;
const OFFSET: u32 = 0x2_0025;

/// SHA3 of each length, with what the claim and the streams say about it. The digests are any words: the verifier makes them.
fn bench(lengths: &[u32]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows, mut seeded) = (Mock::new(), ListedMemoryRows::default(), Seeded::new(19));
    mock.context.memory.insert((FRAME, OFFSET / 32), (9, seeded.random()));
    let mut asked = vec![];
    for &length in lengths {
        let result = seeded.random();
        let step = mock.chained(isa::SHA3, &[U256::from(OFFSET), U256::from(length)], 0, 30, |step| {
            step.result = result;
            step.charge += 6 * u64::from(length.div_ceil(32));
        });
        let (number, stream) = rows.push(&step, &mut mock.context);
        assert_eq!(stream, (length != 0).then_some(Stream { frame: FRAME, clk: step.clk, offset: OFFSET, length }));
        asked.push((number, step.clk, length, result));
    }
    mock.context.memory.clear();
    let sorted = mock.context.listing.sort();
    for (number, clk, length, result) in asked {
        let entry = sorted.places[number as usize];
        assert_eq!(sorted.messages[entry as usize].len(), length as usize);
        mock.owe(name::CLAIM, with_limbs(&[tag::DIGEST, entry, length], result), 1);
        if length != 0 {
            mock.owe(name::STREAM, vec![FRAME, clk, tag::CHUNK, entry, OFFSET & 0xffff, OFFSET >> 16, length], -1);
        }
    }
    rows.place(&sorted.places);
    (mock, rows.finish().unwrap())
}

#[test]
fn lengths_are_asked_for_and_charged() {
    let (mock, table) = bench(&[0xf_ffff, 0, 1, 31, 32, 33, 136, 0xffff, 0x1_0000, 0x1_0001]);
    assert_eq!(mock.check("listed_memory", &ListedMemoryAir, &table), None);
    let takes = |length: u64| ListedMemoryRows::takes(U256::from(length));
    assert!(takes(0) && takes((1 << 20) - 1) && !takes(1 << 20) && !ListedMemoryRows::takes(U256::MAX));
}

#[test]
fn no_cell_can_be_changed() {
    let (mock, table) = bench(&[136, 0x1_0001]);
    assert!(mock.accepted("listed_memory", &ListedMemoryAir, &table, 0..2).is_empty());
}

/// The hash of nothing reads nothing, so its offset may be any word that the wire holds; the mock's holds one.
#[test]
fn no_cell_of_an_empty_message_can_be_changed() {
    let (mock, table) = bench(&[0]);
    assert!(mock.accepted("listed_memory", &ListedMemoryAir, &table, 0..1).is_empty());
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(WIDTH);
    let view = ListedMemoryCols::view(&columns);
    assert!([view.uses, view.some].into_iter().all(|column| padding_rejects(&ListedMemoryAir, column)));
    println!("{:?}", shape(&ListedMemoryAir));
}

/// What stops the row of a length once it is edited, if others believe each message.
fn stopped(length: u32, edit: impl FnOnce(&mut ListedMemoryCols<F>)) -> Vec<String> {
    let table = bench(&[length]).1;
    stopped_though_believed("listed_memory", &ListedMemoryAir, &forged_row(&table, 0, |cells| edit(ListedMemoryCols::view_mut(cells))))
}

/// As [`stopped`], with the gas that the edited row charges.
fn stopped_at_its_price(length: u32, edit: impl FnOnce(&mut ListedMemoryCols<F>)) -> Vec<String> {
    stopped(length, |row| {
        edit(row);
        let charged = (row.state.gas + row.gas + row.words * F::from_u8(6)).as_canonical_u32();
        (row.gas_low, row.gas_high) = (F::from_u32(charged & 0xffff), F::from_u32(charged >> 16));
    })
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    for length in [0, 1, 136, 0xf_ffff] {
        assert_eq!(stopped(length, |_| ()), [""; 0]);
    }
    // an instruction that counts twice, a stream that counts twice, a wire of none
    assert_eq!(stopped(0, |row| (row.real, row.uses) = (F::TWO, F::ZERO)), ["0"]);
    assert_eq!(stopped(0, |row| row.some = -F::ONE), ["1"]);
    assert_eq!(stopped(0, |row| row.real = F::ZERO), ["38"]);
    // operands of another region, or of none
    assert_eq!(stopped(136, |row| (row.a.constant, row.a.time) = (F::TWO, -row.state.region)), ["2"]);
    assert_eq!(stopped(136, |row| row.a.time += F::ONE), ["3"]);
    assert_eq!(stopped(136, |row| (row.b.constant, row.b.time) = (F::TWO, -row.state.region)), ["4"]);
    assert_eq!(stopped(136, |row| row.b.time += F::ONE), ["5"]);
    // an offset and a length congruent to others; where nothing is read the offset may be any
    for limb in 2..LIMBS {
        assert_eq!(stopped(136, |row| row.b.limbs[limb] = F::ONE), [(4 + limb).to_string()]);
        assert_eq!(stopped(136, |row| row.a.limbs[limb] = F::ONE), [(18 + limb).to_string()]);
        assert_eq!(stopped(0, |row| row.a.limbs[limb] = F::ONE), [""; 0]);
    }
    // memory that is not held against the entry; a stream of no instruction
    assert_eq!(stopped(136, |row| row.some = F::ZERO), ["34"]);
    assert_eq!(stopped(0, |row| (row.real, row.some, row.uses) = (F::ZERO, F::ONE, F::ZERO)), ["35"]);
    // a hash at the price of fewer words, gas whose bound is another number's
    assert_eq!(stopped_at_its_price(136, |row| row.words -= F::ONE), ["36"]);
    assert_eq!(stopped(136, |row| row.gas_low -= F::ONE), ["37"]);
}

/// Of each look-up of a range a forgery that nothing else stops.
#[test]
fn each_range_is_needed() {
    // a length of p + 2^20 - 1, which is 2^20 - 1 to every other chip: 2^32 bytes and more are not there to be read
    let long = stopped(0xf_ffff, |row| (row.b.limbs[0], row.b.limbs[1]) = (F::ZERO, F::from_u32(0x7f00 + 0x10)));
    assert_eq!(long, ["range"]);
    // 136 bytes as four words and a half
    assert_eq!(stopped_at_its_price(136, |row| (row.words, row.slack) = (F::from_u8(9).halve(), F::from_u8(8))), ["range"]);
    // a word more than there is; 2^20 - 1 bytes at the price of 256 words, by a slack of 1 + 2^-11
    assert_eq!(stopped_at_its_price(136, |row| (row.words, row.slack) = (row.words + F::ONE, row.slack + F::from_u8(32))), ["range"]);
    let least = F::from_u32(1 << 11).inverse();
    assert_eq!(stopped_at_its_price(0xf_ffff, |row| row_with_slack(row, least + F::ONE)), ["range"]);
    // gas of 2^30, as it is and split otherwise
    let wraps = stopped_at_its_price(136, |row| row.state.gas = F::from_u32(1 << 30) - row.gas - F::from_u8(30));
    assert_eq!(wraps, ["range"]);
    let otherwise = stopped(136, |row| {
        row.state.gas = F::from_u32(1 << 30) - row.gas - F::from_u8(30);
        (row.gas_low, row.gas_high) = (F::from_u32(1 << 16), F::from_u32((1 << 14) - 1));
    });
    assert_eq!(otherwise, ["range"]);
}

/// A slack, and the words that it makes of the length.
fn row_with_slack(row: &mut ListedMemoryCols<F>, slack: F) {
    row.slack = slack;
    row.words = (row.b.limbs[0] + row.b.limbs[1] * F::from_u32(1 << 16) + slack) * F::from_u8(32).inverse();
}
