//! How large a witness is going to be, before any of it is built.

use std::collections::HashSet;

use ruint::aliases::U256;
use sol2zk_chips::listed_memory::ListedMemoryRows;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Trace;

use super::Hashes;

/// Most cells of a witness (2 GiB of them). The proof's own memory, several times that, is checked with the tables at hand (`prove`).
pub(crate) const MAX_CELLS: u64 = 1 << 29;

/// Cells of the widest row that is not of a hash.
pub(crate) const ROW: u64 = 273;
/// Rows of a word that is copied, streamed or hashed: moved, served, and the two words of memory that it is read from.
const WORD_ROWS: u64 = 4;
/// Cells of the rows by which a hash asks for a permutation.
pub(crate) const HASH_ROW: u64 = 1024;
/// Cells of a block that is hashed.
const BLOCK: u64 = 24 * 2633 + HASH_ROW;
/// Bytes of a block of Keccak-256.
const RATE: u64 = 136;
/// Rows of a step that moves no bytes: its own, a boundary row of memory, and its share of the gas chip.
const STEP_ROWS: u64 = 3;

/// Cells of the witness of a run: not below what it is without padding; counting stops above [`MAX_CELLS`].
pub(crate) fn cells(trace: &Trace, hashes: Hashes) -> u64 {
    let listed = hashes == Hashes::Listed;
    let mut cells = ROW * (trace.pures.len() as u64 + STEP_ROWS * trace.steps.len() as u64);
    for step in &trace.steps {
        cells = cells.saturating_add(match (step.op, step.operands) {
            (isa::MCOPY | isa::CALLDATACOPY | isa::CODECOPY, [_, _, length]) => words(length),
            (isa::SHA3, [_, length, _]) if listed && ListedMemoryRows::takes(length) => words(length),
            (isa::SHA3, [_, length, _]) => words(length).saturating_add(BLOCK.saturating_mul(bytes(length) / RATE + 1)),
            (isa::LOG | isa::RETURN | isa::REVERT, [_, length, _]) => words(length),
            _ => 0,
        });
    }
    let mut powers = HashSet::new();
    for pure in &trace.pures {
        if cells > MAX_CELLS {
            break;
        }
        match pure.op {
            isa::HASH1 | isa::HASH2 => cells += if listed { 0 } else { BLOCK },
            isa::EXP => cells += ROW * power_rows(pure.operands[0], pure.operands[1], &mut powers),
            // bitwise rows look up the AND of their limbs
            isa::AND | isa::OR | isa::XOR | isa::NOT => cells += ROW,
            _ => {}
        }
    }
    cells
}

/// Rows of the powers of an instruction that no other has, and of their products.
fn power_rows(base: U256, exponent: U256, known: &mut HashSet<(U256, U256)>) -> u64 {
    let mut rows = 0;
    let mut left = exponent;
    while known.insert((base, left)) && !left.is_zero() {
        rows += 2 + u64::from(left.bit(0));
        left >>= 1;
    }
    rows + 1
}

fn bytes(length: U256) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn words(length: U256) -> u64 {
    (ROW * WORD_ROWS).saturating_mul(bytes(length).div_ceil(32).saturating_add(1))
}
