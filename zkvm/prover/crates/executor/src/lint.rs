//! The ROM lint (ISA 7.5): what no constraint checks and the verifier therefore relies on.
//!
//! Input is hostile: every index is checked, time and memory are linear in the program's size.

mod flow;
mod shape;
mod wires;

pub use shape::is_signed;
use thiserror::Error;

use crate::program::Program;

/// A rule of the lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// N + K < 2^22, code <= 2^20, 1 <= C <= N.
    Size,
    /// The code hash is the code's.
    CodeHash,
    /// The op is in the table, and its kind fits the identifier.
    Op,
    /// Unused fields are 0; a pure instruction has no gas.
    Unused,
    /// Gas fields < 2^16.
    Gas,
    /// Immediates are in their range (registers < 2^20, numbers of the generic tier below 2^24 in absolute value).
    Immediate,
    /// Constants strictly increase.
    Constants,
    /// Jump-table pcs strictly increase, lie in the code, and lead to a LABEL.
    JumpTable,
    /// Operands name results, and pure ones smaller pure identifiers.
    Operand,
    /// Identifier 1 is a REGION.
    Entry,
    /// Targets are chained instructions.
    Target,
    /// A backward jump leads to REGION or LABEL.
    Backward,
    /// The last chained instruction does not fall through.
    LastFallsThrough,
    /// Each instruction belongs to exactly one region.
    Region,
    /// A region has at most 2^12 chained instructions.
    RegionSize,
    /// What a chained instruction reads belongs to its region.
    OtherRegion,
    /// What a chained instruction reads, directly or not, comes from a smaller chained identifier.
    Future,
    /// MOVEs as ISA 2.4.
    Move,
    /// TOPICs stand just before their LOG and match its count.
    Topic,
    /// ARGs stand in order just before what takes them.
    Argument,
}

impl Rule {
    /// The rule as a sentence.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Size => "the sizes are out of range",
            Self::CodeHash => "the code hash is not that of the code",
            Self::Op => "the instruction is unknown or of a kind that its identifier does not allow",
            Self::Unused => "an unused field is not 0",
            Self::Gas => "the gas field is 2^16 or more",
            Self::Immediate => "an immediate is out of range",
            Self::Constants => "the constants do not strictly increase",
            Self::JumpTable => "the jump table is not sorted, leaves the code, or leads to no LABEL",
            Self::Operand => "an operand names no result, or a pure one that is not smaller",
            Self::Entry => "identifier 1 is no REGION",
            Self::Target => "a jump leads to no chained instruction",
            Self::Backward => "a backward jump leads to no REGION or LABEL",
            Self::LastFallsThrough => "the last chained instruction falls through",
            Self::Region => "the instruction belongs to no region or to two",
            Self::RegionSize => "the region has more than 2^12 chained instructions",
            Self::OtherRegion => "an operand belongs to another region",
            Self::Future => "an operand comes from the instruction itself or a later one",
            Self::Move => "the MOVE does not lead to the one join of its PHI",
            Self::Topic => "TOPICs and LOG do not agree",
            Self::Argument => "ARGs and what takes them do not agree",
        }
    }
}

/// A broken rule and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("lint: identifier {id}: {} ({rule:?}, ISA 7.5)", .rule.text())]
pub struct LintError {
    /// The rule.
    pub rule: Rule,
    /// Local identifier of the instruction or constant, the EVM pc for the jump table, 0 for the program.
    pub id: u32,
}

/// Most chained instructions of a region.
pub const MAX_REGION: u32 = 1 << 12;

pub(crate) type Checked<T = ()> = Result<T, LintError>;

fn check(holds: bool, rule: Rule, id: u32) -> Checked {
    if holds { Ok(()) } else { Err(LintError { rule, id }) }
}

/// What the lint derives on its way.
#[derive(Clone, Debug)]
pub struct Facts {
    /// By chained identifier: its region's first identifier. Index 0 is unused.
    pub region: Vec<u32>,
    /// By chained identifier: whether some jump leads to it.
    pub target: Vec<bool>,
    /// By identifier up to N: for a PHI the first identifier of its join, 0 for others and for a PHI without MOVE.
    pub join: Vec<u32>,
}

/// Checks every rule of ISA 7.5.
///
/// # Errors
/// The first rule found broken.
pub fn lint(program: &Program) -> Result<Facts, LintError> {
    let rows = shape::check_shape(program)?;
    let flow = flow::check_flow(program)?;
    let join = wires::check_wires(program, &rows, &flow)?;
    Ok(Facts { region: flow.region, target: flow.target, join })
}

#[cfg(test)]
mod tests;
