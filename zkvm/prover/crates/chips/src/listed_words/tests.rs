use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::word::{hash1, hash2};

use super::{ListedWordsAir, ListedWordsCols, ListedWordsRows};
use crate::bus::{F, name, tag};
use crate::testing::{Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

const WIDTH: usize = ListedWordsCols::<F>::WIDTH;

/// HASH2, HASH1, HASH2 of the first's words again, HASH1 of its first word; the entries that the claim sends to each.
fn bench() -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows, mut seeded) = (Mock::new(), ListedWordsRows::default(), Seeded::new(3));
    let [a, b, c] = core::array::from_fn(|_| seeded.random());
    let asked: [(&[U256], U256, usize); 4] = [(&[a, b], hash2(a, b), 0), (&[c], hash1(c), 1), (&[a, b], hash2(a, b), 0), (&[a], hash1(a), 2)];
    for (words, digest, _) in asked {
        let step = mock.pure(if words.len() == 2 { isa::HASH2 } else { isa::HASH1 }, words, digest);
        rows.push(&step, &mut mock.context);
    }
    let sorted = mock.context.listing.sort();
    assert_eq!(sorted.uses.iter().sum::<u32>(), 4);
    for (words, digest, number) in asked {
        let entry = sorted.places[number];
        assert_eq!(sorted.messages[entry as usize], words.iter().flat_map(U256::to_be_bytes::<32>).collect::<Vec<_>>());
        mock.owe(name::CLAIM, with_limbs(&[tag::DIGEST, entry, 32 * words.len() as u32], digest), 1);
        for (k, word) in (0..).zip(words) {
            mock.owe(name::CLAIM, with_limbs(&[tag::CHUNK, entry, k], *word), 1);
        }
    }
    rows.place(&sorted.places);
    (mock, rows.finish().unwrap())
}

#[test]
fn digests_are_those_of_the_entries() {
    let (mock, table) = bench();
    assert_eq!(mock.check("listed_words", &ListedWordsAir, &table), None);
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, table) = bench();
    let columns = numbers(WIDTH);
    let second = ListedWordsCols::view(&columns).b.limbs;
    for (row, column) in mock.accepted("listed_words", &ListedWordsAir, &table, 0..4) {
        // HASH1 has no second word
        let unread = row % 2 == 1 && (second.contains(&column) || [ListedWordsCols::view(&columns).b.id].contains(&column));
        assert!(unread, "row {row} column {column}");
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(WIDTH);
    assert!(padding_rejects(&ListedWordsAir, ListedWordsCols::view(&columns).uses));
    println!("{:?}", shape(&ListedWordsAir));
}

/// The bench, judged with an edited row (0: HASH2 of entry 2, 1 and 3: HASH1 of entries 0 and 1 in some order).
fn forged(row: usize, edit: impl FnOnce(&mut ListedWordsCols<F>)) -> Vec<String> {
    let (mock, mut table) = bench();
    edit(ListedWordsCols::view_mut(&mut table.values[row * WIDTH..(row + 1) * WIDTH]));
    mock.causes("listed_words", &ListedWordsAir, &table).into_iter().collect()
}

/// A digest of another entry, of an entry that goes on, of words that no entry has.
#[test]
fn an_entry_is_taken_whole() {
    let other = ListedWordsCols::<F>::view(&bench().1.values[3 * WIDTH..4 * WIDTH]).to_owned();
    assert_eq!(forged(1, |row| row.entry = other.entry), [name::CLAIM]);
    assert_eq!(forged(1, |row| (row.entry, row.result) = (other.entry, other.result)), [name::CLAIM, name::WIRE]);
    let two = ListedWordsCols::<F>::view(&bench().1.values[..WIDTH]).to_owned();
    assert_eq!(forged(3, |row| (row.entry, row.result) = (two.entry, two.result)), [name::CLAIM, name::WIRE]);
    assert_eq!(forged(0, |row| core::mem::swap(&mut row.a.limbs, &mut row.b.limbs)), [name::CLAIM, name::WIRE]);
}

/// What stops an honest row (0: HASH2, 1: HASH1) once it is edited, if others believe each message.
fn stopped(row: usize, edit: impl FnOnce(&mut ListedWordsCols<F>)) -> Vec<String> {
    stopped_though_believed("listed_words", &ListedWordsAir, &forged_row(&bench().1, row, |cells| edit(ListedWordsCols::view_mut(cells))))
}

/// Of each constraint a forgery that nothing else stops.
#[test]
fn each_constraint_is_needed() {
    assert_eq!(stopped(0, |_| ()), [""; 0]);
    assert_eq!(stopped(1, |_| ()), [""; 0]);
    // a first word taken by nobody's HASH2; a wire that nobody gives, as an operand that is asked for -1 times
    assert_eq!(stopped(0, |row| (row.is_one, row.uses) = (-F::ONE, F::ZERO)), ["0"]);
    assert_eq!(stopped(1, |row| (row.is_two, row.uses) = (-F::ONE, F::ZERO)), ["1"]);
    // two instructions in a row, a wire of none
    assert_eq!(stopped(0, |row| (row.is_one, row.uses) = (F::ONE, F::ZERO)), ["2"]);
    assert_eq!(stopped(1, |row| row.is_one = F::ZERO), ["7"]);
    // operands of another region, or of none
    assert_eq!(stopped(0, |row| (row.a.constant, row.a.time) = (F::TWO, -row.region)), ["3"]);
    assert_eq!(stopped(0, |row| row.a.time += F::ONE), ["4"]);
    assert_eq!(stopped(0, |row| (row.b.constant, row.b.time) = (F::TWO, -row.region)), ["5"]);
    assert_eq!(stopped(0, |row| row.b.time += F::ONE), ["6"]);
}
