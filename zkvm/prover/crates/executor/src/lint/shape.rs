//! Rules on single instructions: sizes, ops, fields, pools, topics.

use super::{Checked, LintError, Rule, check};
use crate::isa::{self, Kind, Operand, Row};
use crate::keccak::keccak256;
use crate::program::{Instruction, MAX_CODE_BYTES, MAX_IDENTIFIERS, Program};

/// What the numbers of the generic tier stay below in absolute value: so a signed one is one field element, and a field element one number.
const MAX_SIGNED: u32 = 1 << 24;

/// Rows of the instructions, in order of identifier.
pub(super) type Rows = Vec<&'static Row>;

pub(super) fn check_shape(program: &Program) -> Checked<Rows> {
    let count = program.instructions.len();
    let chained = program.chained as usize;
    let identifiers = count.saturating_add(program.constants.len());
    let sizes = identifiers < MAX_IDENTIFIERS && program.code.len() <= MAX_CODE_BYTES && (1..=count).contains(&chained);
    check(sizes, Rule::Size, 0)?;
    check(keccak256(&program.code) == program.code_hash, Rule::CodeHash, 0)?;
    let mut rows = Vec::with_capacity(count);
    for (id, instruction) in (1..).zip(&program.instructions) {
        let row = isa::row(instruction.op).ok_or(LintError { rule: Rule::Op, id })?;
        check_instruction(program, row, id, instruction)?;
        rows.push(row);
    }
    check(rows.first().is_some_and(|row| row.code == isa::REGION), Rule::Entry, 1)?;
    for (id, pair) in (program.count() + 2..).zip(program.constants.windows(2)) {
        check(pair[0] < pair[1], Rule::Constants, id)?;
    }
    check_jump_table(program)?;
    check_groups(program)?;
    Ok(rows)
}

fn check_instruction(program: &Program, row: &Row, id: u32, instruction: &Instruction) -> Checked {
    let is_chained = id <= program.chained;
    check(matches!(row.kind, Kind::Pure | Kind::Data) != is_chained, Rule::Op, id)?;
    check(instruction.gas < 1 << 16, Rule::Gas, id)?;
    check(is_chained || instruction.gas == 0, Rule::Unused, id)?;
    for (field, operand) in instruction.fields.into_iter().zip(row.operands) {
        match operand {
            Operand::Unused => check(field == 0, Rule::Unused, id)?,
            Operand::Word => {
                let pure_before = is_chained || field <= program.chained || field < id || field > program.count();
                let is_phi = program.instruction(field).is_some_and(|found| found.op == isa::PHI);
                check(gives_word(program, field) && (pure_before || is_phi), Rule::Operand, id)?;
            }
            Operand::Target => check((1..=program.chained).contains(&field), Rule::Target, id)?,
            Operand::Phi => {
                let is_phi = program.instruction(field).is_some_and(|found| found.op == isa::PHI);
                check(is_phi, Rule::Operand, id)?;
            }
            Operand::Immediate => {}
        }
    }
    check(immediates_fit(instruction), Rule::Immediate, id)
}

fn gives_word(program: &Program, id: u32) -> bool {
    match program.instruction(id) {
        Some(found) => isa::row(found.op).is_some_and(|row| row.result),
        None => id > program.count() && id <= program.identifiers(),
    }
}

/// Whether an op's immediate c is a signed number (ISA 11.2, 11.3).
#[must_use]
pub fn is_signed(op: u16) -> bool {
    isa::SIGNED_IMMEDIATES.contains(&op)
}

fn immediates_fit(instruction: &Instruction) -> bool {
    let [_, b, c] = instruction.fields;
    match instruction.op {
        isa::SCHK => b < MAX_SIGNED && c.cast_signed().unsigned_abs() < MAX_SIGNED,
        op if is_signed(op) => c.cast_signed().unsigned_abs() < MAX_SIGNED,
        isa::GET | isa::SET => c < 1 << 20,
        isa::ENV => (c as usize) < isa::ENV_KINDS.len(),
        isa::JMPR => c == 0,
        isa::ARG => c < most_arguments(),
        op => isa::extra(op).is_none_or(|extra| !extra.has_kinds() || (c as usize) < extra.counts.len()),
    }
}

/// The most ARGs that any instruction takes.
fn most_arguments() -> u32 {
    isa::EXTRAS.iter().filter(|extra| extra.by == isa::ARG).flat_map(|extra| extra.counts).max().copied().unwrap_or(0)
}

fn check_jump_table(program: &Program) -> Checked {
    let mut previous = None;
    for &(pc, id) in &program.jump_table {
        let sorted = previous.is_none_or(|before| before < pc) && (pc as usize) < program.code.len();
        let entry = id <= program.chained && program.instruction(id).is_some_and(|found| found.op == isa::LABEL);
        check(sorted && entry, Rule::JumpTable, pc)?;
        previous = Some(pc);
    }
    Ok(())
}

/// Whether the op starts a region instance.
pub(super) fn is_entry(op: u16) -> bool {
    matches!(op, isa::REGION | isa::LABEL)
}

/// TOPICs and ARGs stand in a row just before what takes them; ARGs count up from 0.
fn check_groups(program: &Program) -> Checked {
    let (mut topics, mut arguments) = (0_u32, 0_u32);
    for (id, instruction) in (1..).zip(program.instructions.iter().take(program.chained as usize)) {
        let c = instruction.fields[2];
        match instruction.op {
            isa::TOPIC => topics += 1,
            isa::LOG => {
                check(topics == c, Rule::Topic, id)?;
                topics = 0;
            }
            _ => check(topics == 0, Rule::Topic, id)?,
        }
        if instruction.op == isa::ARG {
            check(c == arguments, Rule::Argument, id)?;
            arguments += 1;
        } else {
            check(arguments == argument_count(instruction), Rule::Argument, id)?;
            arguments = 0;
        }
    }
    check(topics == 0, Rule::Topic, program.chained)?;
    check(arguments == 0, Rule::Argument, program.chained)
}

/// How many ARGs an instruction takes.
fn argument_count(instruction: &Instruction) -> u32 {
    isa::extra(instruction.op).filter(|extra| extra.by == isa::ARG).map_or(0, |extra| extra.count(instruction.fields[2]))
}
