//! Programs: their body, digest and place among the shifted identifiers (ISA 7.1, 7.2, 1.5).

use ruint::aliases::U256;
use thiserror::Error;

use crate::isa::{self, ISA_DIGEST, Operand};
use crate::keccak::keccak256;
use crate::lint::{self, LintError};
use crate::trace::Placed;

const MAGIC: &[u8; 4] = b"SZKP";
const VERSION: u16 = 1;
const HEADER_BYTES: usize = 4 + 2 + 32 + 1 + 1 + 32 + 5 * 4;
const INSTRUCTION_BYTES: usize = 2 + 4 * 4;
const JUMP_BYTES: usize = 8;

/// N + K lies below this (ISA 7.5).
pub const MAX_IDENTIFIERS: usize = 1 << 22;
/// Longest code (ISA 7.5).
pub const MAX_CODE_BYTES: usize = 1 << 20;
/// Shifted identifiers of a placed set of programs stay below this, so that they are distinct field elements.
pub const MAX_SHIFTED: u32 = 1 << 30;

/// One instruction; its identifier is its index in the program + 1 (ISA 1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// Table code.
    pub op: u16,
    /// Fields a, b, c: identifiers or immediates, as the table's operand column says.
    pub fields: [u32; 3],
    /// Static gas (ISA 3.1).
    pub gas: u32,
}

/// Whether the code object is deployed code or creation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeKind {
    /// Deployed code.
    Runtime,
    /// Creation code; constructor arguments follow it.
    Creation,
}

impl CodeKind {
    /// Name in requests and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Creation => "creation",
        }
    }
}

/// The translation of one code object under one rule set (ISA 1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Index into [`isa::FORKS`].
    pub fork: u8,
    /// Kind of code.
    pub kind: CodeKind,
    /// keccak256 of `code`.
    pub code_hash: [u8; 32],
    /// C: identifiers 1..=C are chained.
    pub chained: u32,
    /// Identifier i + 1 at index i.
    pub instructions: Vec<Instruction>,
    /// Strictly increasing; identifiers N+1..=N+K.
    pub constants: Vec<U256>,
    /// The code bytes.
    pub code: Vec<u8>,
    /// (EVM pc, identifier), pcs strictly increasing.
    pub jump_table: Vec<(u32, u32)>,
}

/// Why bytes are not a program.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProgramError {
    /// Shorter than the header.
    #[error("program body: {0} bytes, shorter than its header")]
    Truncated(usize),
    /// Not the magic.
    #[error("program body: not a program")]
    Magic,
    /// Another format version.
    #[error("program body: version {0}, not 1")]
    Version(u16),
    /// Made for another table.
    #[error("program body: made for another instruction set")]
    OtherIsa,
    /// Fork or kind out of range.
    #[error("program body: {0} out of range")]
    Header(&'static str),
    /// Length does not agree with the header.
    #[error("program body: {found} bytes, its header says {expected}")]
    Length {
        /// Bytes there are.
        found: usize,
        /// Bytes that the header announces.
        expected: u64,
    },
    /// ISA 7.5.
    #[error(transparent)]
    Lint(#[from] LintError),
    /// The programs together have too many identifiers.
    #[error("programs: more than {MAX_SHIFTED} identifiers together")]
    TooMany,
}

/// Reads little-endian numbers; the caller has checked the length.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (head, tail) = self.0.split_at(count.min(self.0.len()));
        self.0 = tail;
        head
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let bytes = self.bytes(N);
        out[..bytes.len()].copy_from_slice(bytes);
        out
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }
}

impl Program {
    /// The program that a body encodes, linted (ISA 7.1, 7.5).
    ///
    /// # Errors
    /// Says what is wrong with the body; hostile bytes are fine.
    pub fn decode(body: &[u8]) -> Result<Self, ProgramError> {
        let program = Self::decode_unlinted(body)?;
        lint::lint(&program)?;
        Ok(program)
    }

    /// The program that a body encodes, without the lint.
    ///
    /// # Errors
    /// Says what is wrong with the body; hostile bytes are fine.
    pub fn decode_unlinted(body: &[u8]) -> Result<Self, ProgramError> {
        if body.len() < HEADER_BYTES {
            return Err(ProgramError::Truncated(body.len()));
        }
        let mut reader = Reader(body);
        if reader.bytes(4) != MAGIC {
            return Err(ProgramError::Magic);
        }
        let version = u16::from_le_bytes(reader.array());
        if version != VERSION {
            return Err(ProgramError::Version(version));
        }
        if reader.array() != ISA_DIGEST {
            return Err(ProgramError::OtherIsa);
        }
        let [fork, kind] = reader.array();
        if usize::from(fork) >= isa::FORKS.len() {
            return Err(ProgramError::Header("fork"));
        }
        let kind = match kind {
            0 => CodeKind::Runtime,
            1 => CodeKind::Creation,
            _ => return Err(ProgramError::Header("kind")),
        };
        let code_hash = reader.array();
        let [code, chained, count, constants, jumps] = [(); 5].map(|()| reader.u32());
        let expected = HEADER_BYTES as u64
            + u64::from(code)
            + u64::from(count) * INSTRUCTION_BYTES as u64
            + u64::from(constants) * 32
            + u64::from(jumps) * JUMP_BYTES as u64;
        if expected != body.len() as u64 {
            return Err(ProgramError::Length { found: body.len(), expected });
        }
        if chained > count {
            return Err(ProgramError::Header("C"));
        }
        let instruction = |bytes: &[u8]| {
            let mut at = Reader(bytes);
            let op = u16::from_le_bytes(at.array());
            Instruction { op, fields: [(); 3].map(|()| at.u32()), gas: at.u32() }
        };
        let instructions = reader.bytes(count as usize * INSTRUCTION_BYTES).chunks_exact(INSTRUCTION_BYTES).map(instruction);
        let instructions = instructions.collect();
        let constants = reader.bytes(constants as usize * 32).chunks_exact(32).map(U256::from_be_slice).collect();
        let code = reader.bytes(code as usize).to_vec();
        let jump_table = (0..jumps).map(|_| (reader.u32(), reader.u32())).collect();
        Ok(Self { fork, kind, code_hash, chained, instructions, constants, code, jump_table })
    }

    /// The body (ISA 7.1).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let size = HEADER_BYTES + self.instructions.len() * INSTRUCTION_BYTES + self.constants.len() * 32;
        let mut out = Vec::with_capacity(size + self.code.len() + self.jump_table.len() * JUMP_BYTES);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&ISA_DIGEST);
        out.extend_from_slice(&[self.fork, u8::from(self.kind == CodeKind::Creation)]);
        out.extend_from_slice(&self.code_hash);
        let sizes = [self.instructions.len(), self.constants.len(), self.jump_table.len()].map(saturate);
        for number in [saturate(self.code.len()), self.chained, sizes[0], sizes[1], sizes[2]] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for instruction in &self.instructions {
            out.extend_from_slice(&instruction.op.to_le_bytes());
            for number in instruction.fields.into_iter().chain([instruction.gas]) {
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
        for constant in &self.constants {
            out.extend_from_slice(&constant.to_be_bytes::<32>());
        }
        out.extend_from_slice(&self.code);
        for (pc, id) in &self.jump_table {
            out.extend_from_slice(&pc.to_le_bytes());
            out.extend_from_slice(&id.to_le_bytes());
        }
        out
    }

    /// keccak256 of the body (ISA 7.2).
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        keccak256(&self.encode())
    }

    /// N: number of instructions.
    #[must_use]
    pub fn count(&self) -> u32 {
        saturate(self.instructions.len())
    }

    /// N + K: number of identifiers.
    #[must_use]
    pub fn identifiers(&self) -> u32 {
        saturate(self.instructions.len().saturating_add(self.constants.len()))
    }

    /// The instruction of a local identifier, from 1.
    #[must_use]
    pub fn instruction(&self, id: u32) -> Option<&Instruction> {
        self.instructions.get((id as usize).checked_sub(1)?)
    }
}

fn saturate(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Placed {
    /// Places programs one after the other: B_0 = 0, B_{k+1} = B_k + N_k + K_k (ISA 1.5).
    ///
    /// # Errors
    /// If the shifted identifiers would pass [`MAX_SHIFTED`].
    pub fn place(programs: impl IntoIterator<Item = std::sync::Arc<Program>>) -> Result<Vec<Self>, ProgramError> {
        let mut base = 0_u32;
        let mut out = Vec::new();
        for program in programs {
            let next = base.checked_add(program.identifiers()).filter(|end| *end < MAX_SHIFTED);
            out.push(Self { program, base });
            base = next.ok_or(ProgramError::TooMany)?;
        }
        Ok(out)
    }

    /// Shifted identifier of the first instruction.
    #[must_use]
    pub fn entry(&self) -> u32 {
        self.base + 1
    }

    /// The instructions with shifted identifiers and fields, in order of identifier (ISA 1.5).
    pub fn instructions(&self) -> impl Iterator<Item = (u32, Instruction)> + '_ {
        (self.base + 1..).zip(&self.program.instructions).map(|(id, local)| (id, shift(local, self.base)))
    }

    /// The constants with their shifted identifiers.
    pub fn constants(&self) -> impl Iterator<Item = (u32, U256)> + '_ {
        (self.base + self.program.count() + 1..).zip(self.program.constants.iter().copied())
    }
}

/// The instruction with its fields shifted by `base`: words, targets and PHIs; JMPR's c and LABEL's become the base (ISA 1.5, 2.3).
#[must_use]
pub fn shift(local: &Instruction, base: u32) -> Instruction {
    let mut out = *local;
    let operands = isa::row(local.op).map_or([Operand::Unused; 3], |row| row.operands);
    for (field, operand) in out.fields.iter_mut().zip(operands) {
        if matches!(operand, Operand::Word | Operand::Target | Operand::Phi) && *field != 0 {
            *field = field.wrapping_add(base);
        }
    }
    if matches!(local.op, isa::JMPR | isa::LABEL) {
        out.fields[2] = out.fields[2].wrapping_add(base);
    }
    out
}

#[cfg(test)]
mod tests;
