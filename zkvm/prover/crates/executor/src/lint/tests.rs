//! Each rule rejects what breaks it.

use super::{LintError, Rule, lint};
use crate::isa::{
    ADD, ARG, BNZ, CALL, CALLDATALOAD, CREATE, ENV, GET, JMP, JMPR, LABEL, LOG, MOVE, PHI, REGION, RETURN, SADJ, SCHK, SET, SLD, SLOAD, SST, STOP, TOPIC,
};
use crate::program::{Instruction, Program};
use crate::testing::{Line, program};

fn rejected(program: &Program) -> Option<(Rule, u32)> {
    lint(program).err().map(|LintError { rule, id }| (rule, id))
}

fn reject(chained: &[Line], pure: &[Line], constants: &[u64], rule: Rule, id: u32) {
    assert_eq!(rejected(&program(chained, pure, constants)), Some((rule, id)));
}

const NONE: [u32; 3] = [0; 3];
const ENTRY: Line = (REGION, NONE, 0);
const END: Line = (STOP, NONE, 0);

/// A diamond whose arms MOVE to the PHI 9, read at the join by a pure instruction.
fn diamond() -> Program {
    let chained =
        [ENTRY, (CALLDATALOAD, [10, 0, 0], 3), (BNZ, [2, 0, 6], 10), (MOVE, [2, 0, 8], 0), (JMP, [0, 0, 7], 8), (MOVE, [11, 0, 8], 1), (RETURN, [9, 10, 0], 0)];
    let pure = [(PHI, NONE, 0), (ADD, [8, 8, 0], 0)];
    program(&chained, &pure, &[0, 1])
}

#[test]
fn accepts_what_is_right() {
    assert_eq!(rejected(&program(&[ENTRY, END], &[], &[])), None);
    let facts = lint(&diamond()).unwrap();
    assert_eq!(facts.region, [0, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(facts.join[8], 7);
}

#[test]
fn sizes() {
    reject(&[], &[(ADD, [2, 2, 0], 0)], &[1], Rule::Size, 0);
    let mut long = program(&[ENTRY, END], &[], &[]);
    long.code = vec![0; (1 << 20) + 1];
    assert_eq!(rejected(&long), Some((Rule::Size, 0)));
    let mut many = program(&[ENTRY, END], &[], &[]);
    many.instructions.resize(1 << 22, Instruction { op: ADD, fields: [1, 1, 0], gas: 0 });
    assert_eq!(rejected(&many), Some((Rule::Size, 0)));
    let mut more = program(&[ENTRY, END], &[], &[]);
    more.chained = 3;
    assert_eq!(rejected(&more), Some((Rule::Size, 0)));
    let mut other = program(&[ENTRY, END], &[], &[]);
    other.code_hash[0] ^= 1;
    assert_eq!(rejected(&other), Some((Rule::CodeHash, 0)));
}

#[test]
fn ops_and_fields() {
    reject(&[ENTRY, (0xffff, NONE, 0), END], &[], &[], Rule::Op, 2);
    reject(&[ENTRY, (ADD, [4, 4, 0], 0), END], &[], &[1], Rule::Op, 2);
    reject(&[ENTRY, END], &[(GET, NONE, 0)], &[], Rule::Op, 3);
    reject(&[ENTRY, (PHI, NONE, 0), END], &[], &[], Rule::Op, 2);
    reject(&[(REGION, [1, 0, 0], 0), END], &[], &[], Rule::Unused, 1);
    reject(&[ENTRY, END], &[(ADD, [4, 4, 0], 1)], &[7], Rule::Unused, 3);
    reject(&[ENTRY, (STOP, NONE, 1 << 16)], &[], &[], Rule::Gas, 2);
    reject(&[ENTRY, (GET, [0, 0, 1 << 20], 0), END], &[], &[], Rule::Immediate, 2);
    reject(&[ENTRY, (SET, [4, 0, 1 << 20], 0), END], &[], &[1], Rule::Immediate, 2);
    reject(&[ENTRY, (ENV, [0, 0, 18], 0), END], &[], &[], Rule::Immediate, 2);
    reject(&[ENTRY, (JMPR, [3, 0, 1], 0)], &[], &[1], Rule::Immediate, 2);
    reject(&[END], &[], &[], Rule::Entry, 1);
    reject(&[(LABEL, NONE, 0), END], &[], &[], Rule::Entry, 1);
    reject(&[ENTRY, END], &[], &[1, 1], Rule::Constants, 4);
    reject(&[ENTRY, END], &[], &[1, 2, 0], Rule::Constants, 5);
}

#[test]
fn operands() {
    for field in [0, 1, 7, u32::MAX] {
        reject(&[ENTRY, (SLOAD, [field, 0, 0], 0), END], &[(ADD, [5, 5, 0], 0)], &[1, 2], Rule::Operand, 2);
    }
    reject(&[ENTRY, END], &[(ADD, [3, 3, 0], 0)], &[], Rule::Operand, 3);
    reject(&[ENTRY, END], &[(ADD, [4, 4, 0], 0), (ADD, [5, 5, 0], 0)], &[1], Rule::Operand, 3);
    reject(&[ENTRY, (MOVE, [4, 0, 3], 0), END], &[], &[1], Rule::Operand, 2);
}

#[test]
fn jumps() {
    for target in [0, 4, 5, u32::MAX] {
        reject(&[ENTRY, (JMP, [0, 0, target], 0), END], &[], &[1, 2], Rule::Target, 2);
    }
    reject(&[ENTRY, (GET, NONE, 0), (JMP, [0, 0, 2], 0)], &[], &[], Rule::Backward, 3);
    reject(&[ENTRY, (JMP, [0, 0, 2], 0)], &[], &[], Rule::Backward, 2);
    assert_eq!(rejected(&program(&[ENTRY, (JMP, [0, 0, 1], 0)], &[], &[])), None);
    reject(&[ENTRY], &[], &[], Rule::LastFallsThrough, 1);
    reject(&[ENTRY, (BNZ, [3, 0, 1], 0)], &[], &[1], Rule::LastFallsThrough, 2);
    let mut table = program(&[ENTRY, END, (LABEL, NONE, 0), END], &[], &[]);
    for (entries, broken) in [
        (vec![(0, 3)], None),
        (vec![(0, 1)], Some((Rule::JumpTable, 0))),
        (vec![(1, 3), (1, 3)], Some((Rule::JumpTable, 1))),
        (vec![(2, 3)], Some((Rule::JumpTable, 2))),
        (vec![(0, 0)], Some((Rule::JumpTable, 0))),
        (vec![(0, u32::MAX)], Some((Rule::JumpTable, 0))),
    ] {
        table.jump_table = entries;
        assert_eq!(rejected(&table), broken);
    }
}

#[test]
fn regions() {
    reject(&[ENTRY, END, END], &[], &[], Rule::Region, 3);
    let two = [ENTRY, (BNZ, [6, 0, 5], 0), ENTRY, (JMP, [0, 0, 5], 0), END];
    reject(&two, &[], &[1], Rule::Region, 5);
    let mut long = vec![ENTRY; 1];
    long.resize(1 << 12, (SET, [4098, 0, 0], 0));
    long.push(END);
    reject(&long, &[], &[1], Rule::RegionSize, 4097);
}

#[test]
fn wires() {
    let chained = [ENTRY, (GET, NONE, 0), ENTRY, (SET, [2, 0, 0], 0), END];
    reject(&chained, &[], &[], Rule::OtherRegion, 4);
    let through = [ENTRY, (GET, NONE, 0), ENTRY, (SET, [6, 0, 0], 0), END];
    reject(&through, &[(ADD, [2, 2, 0], 0)], &[], Rule::OtherRegion, 6);
    let shared = [ENTRY, (SET, [6, 0, 0], 0), ENTRY, (SET, [6, 0, 0], 0), END];
    reject(&shared, &[(ADD, [7, 7, 0], 0)], &[1], Rule::OtherRegion, 4);
    reject(&[ENTRY, (SET, [4, 0, 0], 0), END], &[(PHI, NONE, 0)], &[], Rule::OtherRegion, 2);
    reject(&[ENTRY, (SLOAD, [2, 0, 0], 0), END], &[], &[], Rule::Future, 2);
    let later = [ENTRY, (SET, [5, 0, 0], 0), (GET, NONE, 0), END];
    reject(&later, &[(ADD, [3, 3, 0], 0)], &[], Rule::Future, 2);
    let mut early = diamond();
    early.instructions[2].fields[0] = 8;
    assert_eq!(rejected(&early), Some((Rule::Future, 3)));
    let mut itself = diamond();
    itself.instructions[3].fields[0] = 9;
    assert_eq!(rejected(&itself), Some((Rule::Future, 4)));
}

#[test]
fn moves() {
    let mut twice = diamond();
    twice.instructions[3] = twice.instructions[5];
    twice.instructions[4] = twice.instructions[5];
    assert_eq!(rejected(&twice), Some((Rule::Move, 5)));
    let branch = [ENTRY, (MOVE, [6, 0, 5], 0), (BNZ, [6, 0, 4], 0), END];
    reject(&branch, &[(PHI, NONE, 0)], &[1], Rule::Move, 2);
    let entry = [ENTRY, (MOVE, [6, 0, 5], 0), ENTRY, END];
    reject(&entry, &[(PHI, NONE, 0)], &[1], Rule::Move, 2);
    let back = [ENTRY, (MOVE, [6, 0, 5], 0), (JMP, [0, 0, 1], 0), ENTRY];
    assert!(rejected(&program(&back, &[(PHI, NONE, 0)], &[1])).is_some());
    let joins = [ENTRY, (BNZ, [10, 0, 5], 0), (MOVE, [10, 0, 9], 0), (JMP, [0, 0, 7], 0), (MOVE, [10, 0, 9], 0), (JMP, [0, 0, 8], 0), END, END];
    reject(&joins, &[(PHI, NONE, 0)], &[1], Rule::Move, 5);
}

#[test]
fn groups() {
    let log = |count| [ENTRY, (TOPIC, [5, 0, 0], 0), (LOG, [5, 5, count], 0), END];
    assert_eq!(rejected(&program(&log(1), &[], &[0])), None);
    reject(&log(0), &[], &[0], Rule::Topic, 3);
    reject(&log(2), &[], &[0], Rule::Topic, 3);
    reject(&log(5), &[], &[0], Rule::Immediate, 3);
    reject(&[ENTRY, (TOPIC, [4, 0, 0], 0), END], &[], &[0], Rule::Topic, 3);
    let into = [ENTRY, (BNZ, [6, 0, 4], 0), (TOPIC, [6, 0, 0], 0), (LOG, [6, 6, 1], 0), END];
    reject(&into, &[], &[0], Rule::Topic, 4);
    reject(&[ENTRY, (ARG, [4, 0, 0], 0), END], &[], &[0], Rule::Argument, 3);
    reject(&[ENTRY, (ARG, [4, 0, 1], 0), END], &[], &[0], Rule::Argument, 2);
    reject(&[ENTRY, (ARG, [4, 0, 7], 0), END], &[], &[0], Rule::Immediate, 2);
}

#[test]
fn arguments() {
    for (op, c, count) in [(CALL, 0, 7), (CALL, 1, 7), (CALL, 2, 6), (CALL, 3, 6), (CREATE, 0, 3), (CREATE, 1, 4)] {
        let with = |arguments: u32| {
            let mut chained = vec![ENTRY];
            chained.extend((0..arguments).map(|index| (ARG, [arguments + 4, 0, index], 0)));
            chained.extend([(op, [0, 0, c], 0), END]);
            rejected(&program(&chained, &[], &[0]))
        };
        assert_eq!(with(count), None);
        assert_eq!(with(count - 1), Some((Rule::Argument, count + 1)));
        assert!(with(count + 1).is_some());
    }
    reject(&[ENTRY, (CALL, [0, 0, 4], 0), END], &[], &[0], Rule::Immediate, 2);
    reject(&[ENTRY, (CREATE, [0, 0, 2], 0), END], &[], &[0], Rule::Immediate, 2);
}

#[test]
fn every_rule_has_a_text() {
    let error = LintError { rule: Rule::Future, id: 7 };
    assert_eq!(error.to_string(), "lint: identifier 7: an operand comes from the instruction itself or a later one (Future, ISA 7.5)");
}

/// Numbers of the generic tier stay below 2^24 in absolute value.
#[test]
fn signed_immediates_are_bounded() {
    let line = |op: u16, b: u32, c: i32| program(&[ENTRY, (op, [if op == SST { 4 } else { 0 }, b, c.cast_unsigned()], 0), END], &[], &[7]);
    for op in [SCHK, SLD, SST, SADJ] {
        for c in [0, 1, -1, (1 << 24) - 1, 1 - (1 << 24)] {
            assert_eq!(rejected(&line(op, 0, c)), None);
        }
        for c in [1 << 24, -(1 << 24), i32::MAX, i32::MIN, 2_130_706_434, 1 - 2_130_706_433] {
            assert_eq!(rejected(&line(op, 0, c)), Some((Rule::Immediate, 2)));
        }
    }
    assert_eq!(rejected(&line(SCHK, (1 << 24) - 1, 0)), None);
    assert_eq!(rejected(&line(SCHK, 1 << 24, 0)), Some((Rule::Immediate, 2)));
}
