//! Listed hashes: what the verifier makes again, and claims that are not those of the run.

use sol2zk_chips::bus::{name, tag};
use sol2zk_chips::evaluate::Violation;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::program::Program;

use super::families::{hashes, long_hashes};
use super::forgeries::Tables;
use super::scene::*;
use crate::receipt::Receipt;
use crate::statement::{Statement, StatementError, limit};
use crate::tables::index;
use crate::verify::{Rejection, verify};
use crate::witness::Hashes;

/// Two calls that hash their data: messages of every length, some of them in both.
fn scene(program: &Program) -> Request {
    request(program, vec![call(&[7; 34], 100_000), call(&[9; 34], 100_000)])
}

fn listed(program: &Program) -> Vec<u8> {
    prove_with("test", Hashes::Listed, &scene(program), &[program]).unwrap()
}

fn has(receipt: &Receipt, table: &str) -> bool {
    receipt.tables >> index(table).unwrap() & 1 == 1
}

#[test]
fn a_listed_run_says_what_a_proven_one_says() {
    for program in [hashes(), long_hashes()] {
        let listed = accepted(&listed(&program)).receipt;
        let proven = accepted(&prove_with("test", Hashes::Proven, &scene(&program), &[&program]).unwrap()).receipt;
        assert_eq!(listed.statement.calls, proven.statement.calls);
        assert_eq!(listed.statement.slots, proven.statement.slots);
        assert!(proven.statement.hashes.is_empty());
        for table in ["hash", "keccak", "sponge", "digest", "preimage", "absorb", "permutation"] {
            assert!(!has(&listed, table), "{table}");
        }
        assert!(has(&listed, "listed_memory") && !has(&proven, "listed_memory") && !has(&proven, "listed_words"));
    }
}

#[test]
fn each_message_is_listed_once_in_order() {
    let statement = accepted(&listed(&hashes())).receipt.statement;
    let message = |byte: u8| [byte; 32].to_vec();
    let word = |byte: u8| keccak256(&message(byte)).to_vec();
    // of nothing, of five bytes, of one word and of two: of the word and its hash, of the word and nothing
    let expected = vec![
        vec![],
        vec![7; 5],
        vec![9; 5],
        message(7),
        message(9),
        [message(7), vec![0; 32]].concat(),
        [message(7), word(7)].concat(),
        [message(9), vec![0; 32]].concat(),
        [message(9), word(9)].concat(),
    ];
    let mut sorted = expected.clone();
    sorted.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    assert_eq!(statement.hashes, sorted);
}

type Change = (&'static str, fn(&mut Statement));

/// Lists that say other than the run hashed.
const SEEN: &[Change] = &[
    ("another byte", |s| s.hashes[3][0] ^= 1),
    ("another last byte", |s| s.hashes[1][4] ^= 1),
    ("another byte of a second word", |s| s.hashes[5][63] ^= 1),
    ("zeros after a message", |s| s.hashes[1] = [&[7; 5][..], &[0; 1]].concat()),
    ("a word for five bytes", |s| s.hashes[1] = [&[7; 5][..], &[0; 27]].concat()),
    ("a byte less", |s| {
        s.hashes[2].pop();
    }),
    ("a second word left out", |s| s.hashes[5].truncate(32)),
    ("a third word", |s| s.hashes[8].push(0)),
    ("nothing left out", |s| {
        s.hashes.remove(0);
    }),
    ("the last left out", |s| {
        s.hashes.pop();
    }),
    ("two entries changed about", |s| s.hashes.swap(3, 4)),
    ("second words changed about", |s| {
        let [a, b] = [5, 7].map(|entry| s.hashes[entry][32..].to_vec());
        s.hashes[5].splice(32.., b);
        s.hashes[7].splice(32.., a);
        s.hashes.swap(5, 6);
    }),
    ("one more before them", |s| s.hashes.insert(1, vec![1])),
    ("none", |s| s.hashes.clear()),
];

#[test]
fn a_list_changed_after_proving_is_rejected() {
    let bytes = listed(&hashes());
    for (what, change) in SEEN.iter().chain(&[("one more", (|s| s.hashes.push(vec![9; 100])) as fn(&mut Statement))]) {
        let mut receipt = Receipt::decode(&bytes).unwrap();
        change(&mut receipt.statement);
        let rejection = verify(&receipt.encode(), true).err().unwrap_or_else(|| panic!("{what}: ACCEPTED"));
        assert!(matches!(rejection, Rejection::Statement(_) | Rejection::Proof(_) | Rejection::Tables(_)), "{what}: {rejection}");
    }
}

/// As a forger who proves anew would be refused: by the claim's bus. An entry that nothing hashes does no harm.
#[test]
fn a_list_of_another_run_does_not_balance() {
    for program in [hashes(), long_hashes()] {
        let tables = Tables::new(&scene(&program), &program, Hashes::Listed);
        assert_eq!(tables.violation(tables.honest.clone()), None);
        for (what, change) in SEEN.iter().filter(|_| program == hashes()) {
            let violation = tables.violation_of(*change);
            assert!(matches!(&violation, Some(Violation::Bus { bus, .. }) if bus == name::CLAIM), "{what}: {violation:?}");
        }
        assert_eq!(tables.violation_of(|s| s.hashes.push(vec![9; 4000])), None);
    }
}

/// Each listed row of the claim in turn: left out, or of another word, entry, length or index. It may be there twice.
#[test]
fn each_listed_row_is_needed() {
    for program in [hashes(), long_hashes()] {
        let tables = Tables::new(&scene(&program), &program, Hashes::Listed);
        let rows = || (0..tables.honest.len()).filter(|&i| tag::is_often(tables.honest[i].tag));
        assert!(rows().count() > 15);
        for i in rows() {
            let forge = |change: &dyn Fn(&mut Vec<sol2zk_chips::claim::ClaimRow>)| {
                let mut rows = tables.honest.clone();
                change(&mut rows);
                tables.violation(rows).is_some()
            };
            assert!(forge(&|rows| rows.retain(|row| *row != tables.honest[i])), "row {i} left out");
            for limb in 0..16 {
                assert!(forge(&|rows| rows[i].limbs[limb] ^= 1), "row {i} with another word");
            }
            assert!(forge(&|rows| rows[i].x += 1), "row {i} of another entry");
            assert!(forge(&|rows| rows[i].y += 1), "row {i} of another length or index");
            assert!(forge(&|rows| rows[i].tag ^= tag::DIGEST ^ tag::CHUNK), "row {i} of the other kind");
        }
    }
}

#[test]
fn a_list_has_an_order_and_an_end() {
    let program = hashes();
    let verified = accepted(&listed(&program));
    let malformed = |what: &'static str, change: &dyn Fn(&mut Statement)| {
        let mut statement = verified.receipt.statement.clone();
        change(&mut statement);
        assert_eq!(statement.check(&verified.programs).unwrap_err(), StatementError::Malformed(what));
    };
    for change in [&(|s: &mut Statement| s.hashes.swap(3, 4)) as &dyn Fn(&mut Statement), &|s| s.hashes.swap(0, 1), &|s| s.hashes[2] = s.hashes[1].clone()] {
        malformed("the list of hashes (not in order)", change);
    }
    let number = |i: usize| (i as u32).to_be_bytes().to_vec();
    malformed("the list of hashes (too long)", &|s| s.hashes = (0..=limit::HASHES).map(number).collect());
    malformed("the list of hashes (too long)", &|s| s.hashes = vec![vec![0; limit::HASHED_BYTES], vec![0]]);
    // at their bounds
    for hashes in [(0..limit::HASHES).map(number).collect(), vec![vec![0; limit::HASHED_BYTES]]] {
        let mut statement = verified.receipt.statement.clone();
        statement.hashes = hashes;
        let begun = std::time::Instant::now();
        let ledger = statement.check(&verified.programs).unwrap();
        assert_eq!(statement.claim_rows(&verified.programs, &ledger).len(), statement.claim_row_count());
        println!("{:?}", begun.elapsed());
    }
}

/// Listing must not become a way to have the verifier run programs.
#[test]
fn no_machine_runs_under_verify() {
    let sources = [
        include_str!("../verify.rs"),
        include_str!("../receipt.rs"),
        include_str!("../statement.rs"),
        include_str!("../statement/check.rs"),
        include_str!("../statement/environment.rs"),
        include_str!("../expect.rs"),
        include_str!("../key.rs"),
        include_str!("../tables.rs"),
        include_str!("../config.rs"),
        include_str!("../security.rs"),
        include_str!("../verdict.rs"),
    ];
    for (i, source) in sources.iter().enumerate() {
        assert!(!source.contains("machine::") && !source.contains("use sol2zk_executor::machine"), "source {i} names the machine");
    }
    assert!(include_str!("scene.rs").contains("machine::"), "the search finds what is there");
}
