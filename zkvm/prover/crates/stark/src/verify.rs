//! Verification: every byte is hostile, every rejection has a reason, nothing panics out.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use p3_batch_stark::verify_batch;
use sol2zk_chips::claim::ClaimAir;
use sol2zk_chips::fixed::RANGE_LOG_HEIGHT;
use sol2zk_executor::program::{MAX_CODE_BYTES, Program};
use sol2zk_executor::trace::Placed;
use thiserror::Error;

use crate::config::{PROFILES, Profile};
use crate::key::{FIXED, POOL, ROM, common_of, fixed_log_heights, fixed_tables, outlines, root};
use crate::outline::Measured;
use crate::receipt::{FormatError, Receipt, seed, statement_bytes};
use crate::security::Shape;
use crate::statement::{Ledger, StatementError};
use crate::tables::{MANDATORY, NAMES, Table, table};

/// Why a receipt is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejection {
    /// The bytes are no receipt.
    #[error("format: {0}")]
    Format(#[from] FormatError),
    /// No such profile.
    #[error("profile: unknown profile {0}")]
    UnknownProfile(u8),
    /// A profile that proves nothing.
    #[error("profile: the '{0}' profile is for tests and proves nothing")]
    WeakProfile(&'static str),
    /// A program does not decode or is not well-formed.
    #[error("program {0}: {1}")]
    Program(usize, String),
    /// The statement cannot be true.
    #[error("statement: {0}")]
    Statement(#[from] StatementError),
    /// Tables missing, unknown, or of impossible heights.
    #[error("tables: {0}")]
    Tables(&'static str),
    /// The proof does not verify.
    #[error("proof: {0}")]
    Proof(String),
    /// What the receipt claims is not what was expected.
    #[error("expectation: {0}")]
    Expectation(String),
}

/// A verified receipt.
pub struct Verified {
    /// The receipt.
    pub receipt: Receipt,
    /// Its programs.
    pub programs: Vec<Placed>,
    /// Balances, nonces and code hashes after the batch.
    pub ledger: Ledger,
    /// Its profile.
    pub profile: Profile,
    /// Shape of the proof.
    pub shape: Shape,
}

/// Sum of all table heights: bounds every clock by 2^29 (ISA 10.3) and every multiplicity by p.
const MAX_ROWS: usize = 1 << 26;

/// Bytes of a program (ISA 7.1): an instruction, its entry in the jump table, a constant, what stands before them.
const INSTRUCTION_BYTES: usize = 18;
const JUMP_BYTES: usize = 8;
const CONSTANT_BYTES: usize = 32;
const HEADER_BYTES: usize = 4 + 2 + 32 + 1 + 1 + 32 + 5 * 4;

/// Verifies a receipt. `accept_test` admits the test profile (tests only).
pub fn verify(bytes: &[u8], accept_test: bool) -> Result<Verified, Rejection> {
    guarded(|| verify_unguarded(bytes, accept_test))
}

/// Runs `work`, turning a panic into a rejection and keeping it off stderr.
fn guarded<T>(work: impl FnOnce() -> Result<T, Rejection>) -> Result<T, Rejection> {
    thread_local! { static SILENT: Cell<bool> = const { Cell::new(false) }; }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !SILENT.with(Cell::get) {
                previous(info);
            }
        }));
    });
    SILENT.with(|silent| silent.set(true));
    let outcome = catch_unwind(AssertUnwindSafe(work));
    SILENT.with(|silent| silent.set(false));
    outcome.unwrap_or_else(|_| Err(Rejection::Proof("malformed".into())))
}

/// Decodes, lints and places the programs.
pub fn place(bodies: &[Vec<u8>]) -> Result<Vec<Placed>, Rejection> {
    let mut programs = Vec::with_capacity(bodies.len());
    for (i, body) in bodies.iter().enumerate() {
        let program = Program::decode(body).map_err(|error| Rejection::Program(i, error.to_string()))?;
        programs.push(Arc::new(program));
    }
    Placed::place(programs).map_err(|error| Rejection::Program(0, error.to_string()))
}

/// Most bytes of programs that the ROM and the pool of a proof of these heights hold, so that no others are decoded (ISA 7.1).
fn most_bytes(profile: &Profile, heights: &[usize], programs: usize) -> usize {
    let rows = |table: usize| heights.get(table).map_or(0, |&height| 1_usize << height.min(profile.max_log_height()));
    let [rom, pool] = [rows(ROM), rows(POOL)];
    rom * (INSTRUCTION_BYTES + JUMP_BYTES) + pool * CONSTANT_BYTES + programs * (MAX_CODE_BYTES + HEADER_BYTES)
}

fn verify_unguarded(bytes: &[u8], accept_test: bool) -> Result<Verified, Rejection> {
    let receipt = Receipt::decode(bytes)?;
    let profile = *PROFILES.get(usize::from(receipt.profile)).ok_or(Rejection::UnknownProfile(receipt.profile))?;
    if !profile.accepted && !accept_test {
        return Err(Rejection::WeakProfile(profile.name));
    }
    let heights = &receipt.proof.degree_bits;
    if receipt.programs.iter().map(Vec::len).sum::<usize>() > most_bytes(&profile, heights, receipt.programs.len()) {
        return Err(Rejection::Tables("the programs are larger than their tables"));
    }
    let programs = place(&receipt.programs)?;
    let ledger = receipt.statement.check(&programs)?;
    if receipt.statement.claim_row_count() > 1 << profile.max_log_height() {
        return Err(Rejection::Tables("the claim is too tall"));
    }

    // Which tables: the mandatory ones, each at most once, in order.
    if receipt.tables >> NAMES.len() != 0 || receipt.tables & MANDATORY != MANDATORY {
        return Err(Rejection::Tables("a mandatory table is missing or an unknown one is there"));
    }
    let present: Vec<&str> = (0..NAMES.len()).filter(|&i| receipt.tables >> i & 1 == 1).map(|i| NAMES[i]).collect();
    if heights.len() != present.len() {
        return Err(Rejection::Tables("heights and tables differ in number"));
    }
    if heights.iter().any(|&height| height > profile.max_log_height()) || heights.iter().map(|&height| 1usize << height).sum::<usize>() >= MAX_ROWS {
        return Err(Rejection::Tables("a table is too tall"));
    }
    if heights[..FIXED] != fixed_log_heights(&programs) {
        return Err(Rejection::Tables("the programs have another height"));
    }
    // The claim's rows must be there once, not repeated: the table is exactly as tall as its columns are long.
    if heights.get(FIXED) != Some(&ClaimAir::log_height_of(receipt.statement.claim_row_count())) {
        return Err(Rejection::Tables("the claim has another height"));
    }
    // The range table's columns are as long as its entries are many.
    let range = present.iter().position(|&name| name == "range");
    if range.is_some_and(|range| heights[range] != RANGE_LOG_HEIGHT) {
        return Err(Rejection::Tables("the range table has another height"));
    }
    // Listed messages are hashed here, after all that costs less and before the proof is looked at.
    let claim = ClaimAir::new(receipt.statement.claim_rows(&programs, &ledger));
    let others: Vec<Table> = (FIXED..NAMES.len()).filter(|&i| receipt.tables >> i & 1 == 1).map(|i| table(i, receipt.statement.fork, &claim)).collect();

    let seed = seed(receipt.profile, receipt.tables, &receipt.programs, &statement_bytes(&receipt.statement));
    let config = profile.config(&seed);
    // First against the root that the receipt names, which costs as much as the proof is long: only who made a proof has the tables of programs, which may be
    // large, rebuilt. The fixed tables' rows are not read here.
    let tables: Vec<Table> = fixed_tables(&[]).into_iter().chain(others).collect();
    let outlines = outlines(&config, &tables, heights).map_err(|error| Rejection::Tables(error.what()))?;
    let common = common_of(receipt.root, &tables, heights, &outlines);
    let measured: Vec<Measured<'_>> = tables.iter().zip(&outlines).map(|(table, outline)| Measured::new(table, outline)).collect();
    let public = vec![Vec::new(); tables.len()];
    verify_batch(&config, &measured, &receipt.proof, &public, &common).map_err(|error| Rejection::Proof(error.to_string()))?;
    if root(&programs, &profile).map_err(|error| Rejection::Tables(error.what()))? != receipt.root {
        return Err(Rejection::Tables("the fixed tables are not those of the programs"));
    }
    let shape = Shape::of(&receipt.proof, &common);
    Ok(Verified { receipt, programs, ledger, profile, shape })
}
