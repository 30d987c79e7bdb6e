use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;
use sol2zk_executor::word::{hash1, hash2};

use super::{HashAir, HashCols, HashRows};
use crate::bus::{F, name};
use crate::columns::LIMBS;
use crate::evaluate::{Balance, evaluate};
use crate::keccak::{KeccakRows, KeccakTable, RATE_LIMBS};
use crate::testing::{Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

/// A few hashes with their Keccak table's messages owed to the bench.
fn bench() -> (Mock, HashRows) {
    let mut mock = Mock::new();
    let mut rows = HashRows::default();
    let mut keccak = KeccakRows::default();
    let mut seeded = Seeded::new(3);
    for i in 0..6 {
        let (a, b) = (seeded.word(), seeded.word());
        let (op, result) = if i % 2 == 0 { (isa::HASH2, hash2(a, b)) } else { (isa::HASH1, hash1(a)) };
        let words = [a, b];
        let step = mock.pure(op, if i % 2 == 0 { &words } else { &words[..1] }, result);
        rows.push(&step, &mut mock.context, &mut keccak);
    }
    let table = keccak.finish(0).unwrap();
    let mut sent = Balance::new();
    assert_eq!(evaluate("keccak", &KeccakTable, &table, &mut sent), None);
    assert_eq!(sent.len(), 6);
    for ((bus, message), _) in sent {
        assert_eq!(message.len(), RATE_LIMBS + 16);
        mock.owe(&bus, message, 1);
    }
    (mock, rows)
}

#[test]
fn digests_are_keccak_256() {
    let (mock, rows) = bench();
    assert_eq!(mock.check("hash", &HashAir, &rows.finish().unwrap()), None);
}

#[test]
fn no_cell_can_be_changed() {
    let (mock, rows) = bench();
    let table = rows.finish().unwrap();
    let accepted = mock.accepted("hash", &HashAir, &table, 0..6);
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(HashCols::<F>::WIDTH);
    assert!(padding_rejects(&HashAir, HashCols::view(&columns).uses));
    println!("{:?}", shape(&HashAir));
}

/// What stops an honest row (0: HASH2, 1: HASH1) once it is edited, if others believe each message.
fn stopped(row: usize, edit: impl FnOnce(&mut HashCols<F>)) -> Vec<String> {
    let table = bench().1.finish().unwrap();
    stopped_though_believed("hash", &HashAir, &forged_row(&table, row, |cells| edit(HashCols::view_mut(cells))))
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    assert_eq!(stopped(0, |_| ()), [""; 0]);
    assert_eq!(stopped(1, |_| ()), [""; 0]);
    // a wire that nobody gives, as an operand that is asked for -1 times
    assert_eq!(stopped(1, |row| (row.is_two, row.uses) = (-F::ONE, F::ZERO)), ["1"]);
    // two instructions in a row, a wire of none
    assert_eq!(stopped(0, |row| (row.is_one, row.uses) = (F::ONE, F::ZERO)), ["2"]);
    assert_eq!(stopped(1, |row| row.is_one = F::ZERO), ["23"]);
    // operands of another region, or of none
    assert_eq!(stopped(0, |row| (row.a.constant, row.a.time) = (F::TWO, -row.region)), ["3"]);
    assert_eq!(stopped(0, |row| row.a.time += F::ONE), ["4"]);
    assert_eq!(stopped(0, |row| (row.b.constant, row.b.time) = (F::TWO, -row.region)), ["5"]);
    assert_eq!(stopped(0, |row| row.b.time += F::ONE), ["6"]);
    for limb in 0..LIMBS {
        // bytes after the one word
        assert_eq!(stopped(1, |row| row.b.limbs[limb] = F::from_u32(256)), [(7 + limb).to_string()]);
        // other bytes than the words have, another word than the digest's bytes: 256 (high - 256) + low + 1
        assert_eq!(stopped(0, |row| row.a_low[limb] += F::from_u32(256)), [name::BYTES]);
        assert_eq!(stopped(0, |row| row.b_low[limb] += F::from_u32(256)), [name::BYTES]);
        let other = stopped(0, |row| {
            row.result_low[limb] += F::ONE;
            row.result[limb] += F::ONE - F::from_u32(1 << 16);
        });
        assert_eq!(other, [name::BYTES]);
    }
}
