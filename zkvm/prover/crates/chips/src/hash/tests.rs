use sol2zk_executor::isa;
use sol2zk_executor::word::{hash1, hash2};

use super::{HashAir, HashCols, HashRows};
use crate::bus::F;
use crate::evaluate::{Balance, evaluate};
use crate::keccak::{KeccakRows, KeccakTable, RATE_LIMBS};
use crate::testing::{Mock, Seeded, numbers, padding_rejects, shape};

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
