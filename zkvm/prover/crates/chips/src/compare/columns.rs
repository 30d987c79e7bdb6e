use sol2zk_executor::isa;

use crate::columns;
use crate::columns::{LIMBS, Operand, State};

/// What an instruction asks of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// a = b.
    Equal,
    /// a != b.
    Differ,
    /// a < b.
    Less,
    /// a > b.
    Greater,
    /// a >= b.
    NotLess,
}

/// One instruction of the table.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Table code.
    pub op: u16,
    /// What it asks.
    pub test: Test,
    /// Whether the operands are signed.
    pub signed: bool,
    /// Whether it has no operand b, which is then 0.
    pub unary: bool,
    /// Whether it is a branch.
    pub branch: bool,
}

const fn pure(op: u16, test: Test, signed: bool, unary: bool) -> Kind {
    Kind { op, test, signed, unary, branch: false }
}

const fn branch(op: u16, test: Test, signed: bool, unary: bool) -> Kind {
    Kind { op, test, signed, unary, branch: true }
}

/// The instructions, in the order of [`CompareCols::flags`].
pub const KINDS: [Kind; 14] = [
    pure(isa::LT, Test::Less, false, false),
    pure(isa::GT, Test::Greater, false, false),
    pure(isa::SLT, Test::Less, true, false),
    pure(isa::SGT, Test::Greater, true, false),
    pure(isa::EQ, Test::Equal, false, false),
    pure(isa::ISZERO, Test::Equal, false, true),
    branch(isa::BNZ, Test::Differ, false, true),
    branch(isa::BZ, Test::Equal, false, true),
    branch(isa::BEQ, Test::Equal, false, false),
    branch(isa::BNE, Test::Differ, false, false),
    branch(isa::BLT, Test::Less, false, false),
    branch(isa::BGE, Test::NotLess, false, false),
    branch(isa::BSLT, Test::Less, true, false),
    branch(isa::BSGE, Test::NotLess, true, false),
];

/// A row.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct CompareCols<T> {
    /// One flag an instruction of [`KINDS`]; their sum is `real`.
    pub flags: [T; KINDS.len()],
    /// State of a branch; of a pure row `id` and `region` only.
    pub state: State<T>,
    /// Operand a.
    pub a: Operand<T>,
    /// Operand b; zero where the instruction has none.
    pub b: Operand<T>,
    /// Field c: the target of a branch, else 0.
    pub target: T,
    /// Gas field; 0 for pure rows.
    pub charge: T,
    /// Readers of the wire; 0 unless the row is pure.
    pub uses: T,
    /// 1 at the most significant limb in which a and b differ; all 0 if a = b. Their sum is `differ`.
    pub marks: [T; LIMBS],
    /// a < b.
    pub less: T,
    /// |a_i - b_i| - 1 at the marked limb (signed at the top limb of signed instructions), 0 if a = b.
    pub gap: T,
    /// Sign bit of a; 0 unless the instruction is signed.
    pub sign_a: T,
    /// Sign bit of b; 0 unless the instruction is signed.
    pub sign_b: T,
    /// What the instruction asks holds: the result of a pure row, the choice of a branch.
    pub holds: T,
    /// Where a branch goes: `target` if `holds`, else id + 1. (Without meaning on pure rows: id (1 - holds).)
    pub next: T,
}
columns!(CompareCols);
