//! Schedules: a program's instructions in the order in which the machine runs them.
//!
//! Pure instructions stand before the chained instruction that first needs them on a path (ISA 2.5): in a block that
//! dominates each of their readers they stand once. Wires live in numbered slots that regions share, for no wire crosses a
//! region; registers, environment values and constants have slots of their own.

mod fast;
mod order;
mod plain;

use ruint::aliases::U256;
use thiserror::Error;

use crate::isa;
use crate::lint::Facts;
use crate::program::Program;

/// One scheduled instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Op {
    /// Table code, or one of [`fast`]'s own.
    pub code: u16,
    /// Chained instructions that it stands for.
    pub steps: u16,
    /// Gas of these.
    pub gas: u32,
    /// Slots of operands, positions of targets, immediates.
    pub fields: [u32; 3],
    /// Slot of the result.
    pub out: u32,
}

/// Where slots are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    /// Environment values start here; registers before.
    pub environment: u32,
    /// Wires start here.
    pub wires: u32,
    /// Constants start here.
    pub constants: u32,
}

/// A schedule.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub ops: Vec<Op>,
    /// Local identifier by position.
    pub ids: Vec<u32>,
    /// Position by local identifier of a LABEL; [`NOWHERE`] for all others.
    pub labels: Vec<u32>,
    pub slots: Slots,
}

/// No position.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Why a linted program has no schedule: a translator's fault that no proof could be made of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("program: identifier {reader} reads {wire}, which not every path to it gives")]
pub struct Undefined {
    /// Reader.
    pub reader: u32,
    /// Wire.
    pub wire: u32,
}

/// The two schedules of a program: one instruction at a time, and for speed.
pub(crate) fn schedules(program: &Program, facts: &Facts) -> Result<(Schedule, Schedule), Undefined> {
    let order = order::order(program, facts)?;
    Ok((plain::plain(program, &order), fast::fast(program, &order)))
}

impl Slots {
    fn new(program: &Program, wires: u32) -> Self {
        let registers = program.instructions.iter().filter(|found| matches!(found.op, isa::GET | isa::SET));
        let environment = registers.map(|found| found.fields[2] + 1).max().unwrap_or(0);
        let wires_at = environment + isa::ENV_KINDS.len() as u32;
        let constants = wires_at + wires;
        Self { environment, wires: wires_at, constants }
    }

    /// Slots with the constants in place.
    pub fn initial(&self, program: &Program) -> Vec<U256> {
        let mut out = vec![U256::ZERO; self.constants as usize];
        out.extend_from_slice(&program.constants);
        out
    }
}

impl Schedule {
    /// Position of the LABEL that the word names.
    pub fn label(&self, word: U256) -> Option<u32> {
        let id = usize::try_from(word).ok()?;
        self.labels.get(id).copied().filter(|position| *position != NOWHERE)
    }
}

/// Positions of LABELs by identifier, given positions by chained identifier.
fn labels(program: &Program, start: &[u32]) -> Vec<u32> {
    let is_label = |id: usize| id > 0 && program.instructions[id - 1].op == isa::LABEL;
    start.iter().enumerate().map(|(id, position)| if is_label(id) { *position } else { NOWHERE }).collect()
}

/// The field that holds a target, if the op has one.
fn has_target(op: u16) -> bool {
    matches!(op, isa::JMP | isa::BNZ | isa::BZ | isa::BEQ | isa::BNE | isa::BLT | isa::BGE | isa::BSLT | isa::BSGE)
}

#[cfg(test)]
mod tests;
