//! Claims that are not those of the run: the verifier refuses them, and where a forger proves anew, the claim's bus does not balance.

use p3_field::PrimeField32;
use p3_matrix::Matrix;
use ruint::aliases::U256;
use sol2zk_chips::bus::{F, name, tag};
use sol2zk_chips::claim::{ClaimAir, ClaimRow};
use sol2zk_chips::context::Context;
use sol2zk_chips::evaluate::{Balance, Violation, evaluate, unbalanced};
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::program::Program;
use sol2zk_executor::trace::Placed;

use super::scene::*;
use crate::key::{FIXED, fixed_tables};
use crate::receipt::{FormatError, Receipt};
use crate::statement::Statement;
use crate::tables::{MANDATORY, NAMES};
use crate::verify::{Rejection, verify};
use crate::witness::{Hashes, Witness, witness};

fn scene() -> (Program, Vec<u8>) {
    let program = talkative();
    let bytes = receipt(&talkative_request(&program), &[&program]);
    (program, bytes)
}

/// Why a receipt with this change is refused.
#[track_caller]
fn refused(bytes: &[u8], change: impl Fn(&mut Receipt)) -> Rejection {
    let mut receipt = Receipt::decode(bytes).unwrap();
    change(&mut receipt);
    match verify(&receipt.encode(), true) {
        Ok(_) => panic!("ACCEPTED"),
        Err(rejection) => rejection,
    }
}

type Change = (&'static str, fn(&mut Statement));

/// Fields of the statement that rows of the proof see.
const SEEN: &[Change] = &[
    ("caller", |s| s.calls[1].caller[19] ^= 1),
    ("value", |s| s.calls[0].value[31] ^= 1),
    ("data", |s| s.calls[0].data[31] ^= 1),
    ("gas", |s| s.calls[0].gas += 1),
    ("halt for revert", |s| s.calls[1].status = 2),
    ("success for revert", |s| s.calls[1].status = 0),
    ("output", |s| s.calls[0].output[0] ^= 1),
    ("output of a revert", |s| s.calls[1].output[32] ^= 1),
    ("length of the output", |s| s.calls[0].output.push(0)),
    ("no output", |s| s.calls[0].output.clear()),
    ("gas left", |s| s.calls[0].gas_left += 1),
    ("gas left of a revert", |s| s.calls[1].gas_left -= 1),
    ("clock of the end", |s| s.calls[0].end += 1),
    ("a log left out", |s| s.calls[0].logs.truncate(1)),
    ("a log doubled", |s| {
        let mut log = s.calls[0].logs[1].clone();
        log.clk += 4 * (1 + log.topics.len() as u32);
        s.calls[0].logs.push(log);
        s.calls[0].end += 8;
    }),
    ("logs' data swapped", |s| {
        let data = s.calls[2].logs[1].data.clone();
        s.calls[0].logs[1].data = data;
    }),
    ("a topic", |s| s.calls[0].logs[0].topics[1][31] ^= 1),
    ("topics swapped", |s| s.calls[0].logs[0].topics.swap(0, 1)),
    ("a topic less", |s| s.calls[0].logs[0].topics.truncate(1)),
    ("log data", |s| s.calls[0].logs[0].data[63] ^= 1),
    ("length of log data", |s| s.calls[0].logs[0].data.truncate(63)),
    ("clock of a log", |s| s.calls[0].logs[0].clk += 4),
    ("slot before", |s| s.slots[0].before[31] ^= 1),
    ("slot after", |s| s.slots[0].after[31] ^= 1),
    ("slot key", |s| s.slots[0].key[31] ^= 2),
    ("slot account", |s| s.slots[0].account ^= 1),
    ("a slot left out", |s| s.slots.clear()),
    ("exit", |s| s.exit += 4),
    ("balance", |s| s.accounts.iter_mut().find(|account| account.address == CONTRACT).unwrap().balance[31] ^= 1),
    ("an offset not looked up", |s| s.calls[0].calldata_offsets.truncate(1)),
    ("a kind not looked up", |s| s.calls[0].env_kinds.truncate(2)),
    ("the calls' order", |s| s.calls.swap(0, 2)),
    ("a call left out", |s| s.calls.truncate(2)),
];

/// Fields that this run does not look at: the transcript binds them, or the verifier's own bookkeeping.
const UNSEEN: &[Change] = &[
    ("origin", |s| s.calls[1].origin[19] ^= 1),
    ("data not read", |s| s.calls[0].data.push(0)),
    ("one more offset", |s| s.calls[0].calldata_offsets.push(64)),
    ("one more code offset", |s| s.calls[0].code_offsets.push(64)),
    ("one more kind", |s| s.calls[0].env_kinds.insert(0, 0)),
    ("nonce", |s| s.accounts[0].nonce ^= 1),
    ("payer's balance", |s| s.accounts.iter_mut().find(|account| account.address == CALLER).unwrap().balance[31] ^= 1),
    ("payer's code", |s| s.accounts.iter_mut().find(|account| account.address == CALLER).unwrap().code_hash[31] ^= 1),
    ("contract", |s| s.contract = CALLER),
    ("number", |s| s.env.number[31] ^= 1),
    ("timestamp", |s| s.env.timestamp[31] ^= 1),
    ("coinbase", |s| s.env.coinbase[0] ^= 1),
    ("prevrandao", |s| s.env.prevrandao[0] ^= 1),
    ("difficulty", |s| s.env.difficulty[0] ^= 1),
    ("gas limit", |s| s.env.gas_limit[31] ^= 1),
    ("chain", |s| s.env.chain_id[31] ^= 1),
    ("base fee", |s| s.env.base_fee[31] ^= 1),
    ("blob base fee", |s| s.env.blob_base_fee[31] ^= 1),
    ("gas price", |s| s.env.gas_price[31] ^= 1),
    ("block hashes", |s| s.env.block_hashes.push(([1; 32], [2; 32]))),
    ("blob hashes", |s| s.env.blob_hashes.push([1; 32])),
];

#[test]
fn a_claim_changed_after_proving_is_rejected() {
    let (_, bytes) = scene();
    for (what, change) in SEEN.iter().chain(UNSEEN) {
        let rejection = refused(&bytes, |receipt| change(&mut receipt.statement));
        assert!(matches!(rejection, Rejection::Statement(_) | Rejection::Proof(_) | Rejection::Tables(_)), "{what}: {rejection}");
    }
    // by the transcript alone: form and bookkeeping are right, and no row sees it
    for (what, change) in UNSEEN {
        let rejection = refused(&bytes, |receipt| change(&mut receipt.statement));
        assert!(matches!(rejection, Rejection::Proof(_)) || what.starts_with("one more"), "{what}: {rejection}");
    }
    for change in [|s: &mut Statement| s.fork -= 1, |s: &mut Statement| s.calls[1].to = CALLER] {
        assert!(matches!(refused(&bytes, |receipt| change(&mut receipt.statement)), Rejection::Statement(_)));
    }
}

/// What a forger would prove with: all tables of the honest run but for the claim.
pub(super) struct Tables {
    witness: Witness,
    programs: Vec<Placed>,
    balance: Balance,
    counts: Context,
    pub(super) honest: Vec<ClaimRow>,
}

impl Tables {
    fn talkative() -> Self {
        let program = talkative();
        Self::new(&talkative_request(&program), &program, Hashes::Proven)
    }

    pub(super) fn new(request: &Request, program: &Program, hashes: Hashes) -> Self {
        let trace = run(request, &[program]);
        let fixed = fixed_tables(&trace.programs);
        let witness = witness(request, &trace, &fixed, 2, hashes).unwrap();
        let mut balance = Balance::new();
        for (table, cells) in fixed.iter().chain(&witness.others).zip(&witness.traces).filter(|(table, _)| table.name() != "claim") {
            assert_eq!(evaluate(table.name(), table, cells, &mut balance), None);
        }
        balance.retain(|(bus, _), count| bus == name::CLAIM || count.as_canonical_u32() != 0);
        let ledger = witness.statement.check(&trace.programs).unwrap();
        let honest = witness.statement.claim_rows(&trace.programs, &ledger);
        let mut counts = Context::default();
        for (row, cells) in honest.iter().zip(witness.traces[FIXED].rows()).filter(|(row, _)| row.once == 0) {
            let sent: F = cells.last().unwrap();
            let count = if tag::is_often(row.tag) { sent } else { -sent };
            counts.claims.insert((row.tag, row.x, row.y), count.as_canonical_u32());
        }
        Self { witness, programs: trace.programs, balance, counts, honest }
    }

    /// What does not hold if the claim is this one.
    pub(super) fn violation(&self, rows: Vec<ClaimRow>) -> Option<Violation> {
        let claim = ClaimAir::new(rows);
        let cells = claim.generate(&self.counts);
        let mut balance = self.balance.clone();
        evaluate("claim", &claim, &cells, &mut balance).or_else(|| unbalanced(&balance))
    }

    /// The same for a changed statement, as far as the verifier could follow it.
    pub(super) fn violation_of(&self, change: fn(&mut Statement)) -> Option<Violation> {
        let mut statement = self.witness.statement.clone();
        change(&mut statement);
        let ledger = statement.check(&self.programs).or_else(|_| self.witness.statement.check(&self.programs)).unwrap();
        self.violation(statement.claim_rows(&self.programs, &ledger))
    }
}

#[test]
fn a_claim_of_another_run_does_not_balance() {
    let tables = Tables::talkative();
    assert_eq!(tables.violation(tables.honest.clone()), None);
    for (what, change) in SEEN {
        let violation = tables.violation_of(*change);
        assert!(matches!(&violation, Some(Violation::Bus { bus, .. }) if bus == name::CLAIM), "{what}: {violation:?}");
    }
    for (what, change) in UNSEEN {
        assert_eq!(tables.violation_of(*change), None, "{what} is seen after all");
    }
}

/// Each row of the claim in turn: left out, doubled, or with another word or key. A row that is looked up may be there twice.
#[test]
fn each_row_of_the_claim_is_needed() {
    let tables = Tables::talkative();
    for i in 0..tables.honest.len() {
        let forge = |change: &dyn Fn(&mut Vec<ClaimRow>)| {
            let mut rows = tables.honest.clone();
            change(&mut rows);
            tables.violation(rows).is_some()
        };
        assert!(forge(&|rows| rows.retain(|row| *row != tables.honest[i])), "row {i} left out");
        assert!(tables.honest[i].once == 0 || forge(&|rows| rows.push(rows[i])), "row {i} doubled");
        assert!(forge(&|rows| rows[i].limbs[0] ^= 1), "row {i} with another word");
        assert!(forge(&|rows| rows[i].limbs[15] ^= 1), "row {i} with another word");
        assert!(forge(&|rows| rows[i].x += 1), "row {i} with another key");
        assert!(forge(&|rows| rows[i].y += 1), "row {i} with another key");
    }
}

#[test]
fn another_program_is_rejected() {
    let (program, bytes) = scene();
    // the same code, other instructions or constants, all well-formed
    let changes: [fn(&mut Program); 6] = [
        |program| program.instructions[17].gas += 1,
        |program| program.instructions[17].op = isa::BZ,
        |program| program.instructions[3].fields[1] = 3,
        |program| program.instructions[7].fields[2] = 2,
        |program| program.constants[4] += U256::from(1),
        |program| program.constants.push(U256::from(99)),
    ];
    for change in changes {
        let mut forged = program.clone();
        change(&mut forged);
        Program::decode(&forged.encode()).unwrap();
        let rejection = refused(&bytes, |receipt| receipt.programs[0] = forged.encode());
        assert!(matches!(rejection, Rejection::Proof(_)), "{rejection}");
    }
    let other = program_of(program.kind, &[1], &[(isa::REGION, [0, 0, 0], 1), (isa::STOP, [0, 0, 0], 1)], &[], &[]);
    let rejection = refused(&bytes, |receipt| receipt.programs[0] = other.encode());
    assert_eq!(rejection.to_string(), "statement: call 0: the program is not that of the account's code");
    assert!(matches!(refused(&bytes, |receipt| receipt.programs.clear()), Rejection::Statement(_)));
    assert!(matches!(refused(&bytes, |receipt| receipt.programs.push(receipt.programs[0].clone())), Rejection::Statement(_)));
    // the lint refuses what it refuses
    let mut broken = program.clone();
    broken.instructions[17].fields[2] = 21;
    let rejection = refused(&bytes, |receipt| receipt.programs[0] = broken.encode());
    assert!(matches!(rejection, Rejection::Program(0, _)), "{rejection}");
}

#[test]
fn another_header_is_rejected() {
    let (_, bytes) = scene();
    for (index, expected) in [(0, "proof"), (1, "proof"), (2, "proof"), (4, "profile"), (255, "profile")] {
        let rejection = refused(&bytes, |receipt| receipt.profile = index).to_string();
        assert!(rejection.starts_with(expected), "{rejection}");
    }
    assert!(matches!(verify(&bytes, false), Err(Rejection::WeakProfile("test"))));
    let tables = Receipt::decode(&bytes).unwrap().tables;
    for bit in 0..64 {
        let rejection = refused(&bytes, |receipt| receipt.tables = tables ^ 1 << bit);
        assert!(matches!(rejection, Rejection::Tables(_)), "{rejection}");
        assert!(bit < NAMES.len() || rejection == Rejection::Tables("a mandatory table is missing or an unknown one is there"));
    }
    // as many tables, but others
    let absent = (0..NAMES.len()).find(|&bit| tables >> bit & 1 == 0).unwrap();
    for bit in (0..NAMES.len()).filter(|&bit| (tables & !MANDATORY) >> bit & 1 == 1) {
        let rejection = refused(&bytes, |receipt| receipt.tables = tables ^ 1 << bit ^ 1 << absent);
        assert!(matches!(rejection, Rejection::Proof(_)), "{rejection}");
    }
}

#[test]
fn other_heights_are_rejected() {
    let (_, bytes) = scene();
    let count = Receipt::decode(&bytes).unwrap().proof.degree_bits.len();
    for i in 0..count {
        for height in [0, 1, 12, 21, 22, 23, 63, 64, usize::MAX] {
            let mut receipt = Receipt::decode(&bytes).unwrap();
            if receipt.proof.degree_bits[i] != height {
                receipt.proof.degree_bits[i] = height;
                assert!(verify(&receipt.encode(), true).is_err(), "table {i} of height 2^{height}");
            }
        }
    }
    let with = |change: &dyn Fn(&mut Vec<usize>)| refused(&bytes, |receipt| change(&mut receipt.proof.degree_bits));
    assert_eq!(with(&|heights| heights.truncate(7)), Rejection::Tables("heights and tables differ in number"));
    assert_eq!(with(&|heights| heights.push(1)), Rejection::Tables("heights and tables differ in number"));
    for fixed in 0..FIXED {
        assert_eq!(with(&|heights| heights[fixed] += 1), Rejection::Tables("the programs have another height"));
        assert_eq!(with(&|heights| heights[fixed] -= 1), Rejection::Tables("the programs have another height"));
    }
    assert_eq!(with(&|heights| heights[FIXED] += 1), Rejection::Tables("the claim has another height"));
    assert_eq!(with(&|heights| heights[FIXED + 1] = 23), Rejection::Tables("a table is too tall"));
    // each within its bound, but all together above that of the clock
    assert_eq!(with(&|heights| heights.fill(22)), Rejection::Tables("a table is too tall"));
}

#[test]
fn parts_of_another_proof_are_rejected() {
    let (program, bytes) = scene();
    let mut other_request = talkative_request(&program);
    other_request.calls[0].data[31] = 5;
    let other = receipt(&other_request, &[&program]);
    let donor = || Receipt::decode(&other).unwrap();
    let changes: [&dyn Fn(&mut Receipt); 7] = [
        &|receipt| receipt.proof = donor().proof,
        &|receipt| receipt.statement = donor().statement,
        &|receipt| receipt.proof.commitments = donor().proof.commitments,
        &|receipt| receipt.proof.opened_values = donor().proof.opened_values,
        &|receipt| receipt.proof.opening_proof = donor().proof.opening_proof,
        &|receipt| receipt.proof.lookup_terminals = donor().proof.lookup_terminals,
        &|receipt| receipt.proof.commitments.permutation = None,
    ];
    for (i, change) in changes.iter().enumerate() {
        assert!(matches!(refused(&bytes, change), Rejection::Proof(_)), "change {i}");
    }
}

#[test]
fn a_receipt_cut_short_anywhere_is_rejected() {
    let (_, bytes) = scene();
    let tail = bytes.len() - 4_000.min(bytes.len());
    for length in (0..bytes.len()).filter(|length| *length < 4_000 || *length > tail || length % 61 == 0) {
        let error = Receipt::decode(&bytes[..length]).err().unwrap();
        assert_eq!(error, if length < 4 { FormatError::Magic } else { FormatError::Truncated }, "{length} bytes");
    }
    assert_eq!(Receipt::decode(&[&bytes[..], &[0]].concat()).err(), Some(FormatError::Trailing));
    assert_eq!(Receipt::decode(&bytes).unwrap().encode(), bytes);
}
