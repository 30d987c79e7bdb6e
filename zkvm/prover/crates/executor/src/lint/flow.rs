//! Rules on control: jumps, single-entry regions, where a run of instructions ends.

use super::shape::is_entry;
use super::{Checked, MAX_REGION, Rule, check};
use crate::isa;
use crate::program::{Instruction, Program};

/// Control facts by chained identifier; index 0 is unused.
pub(super) struct Flow {
    pub region: Vec<u32>,
    pub target: Vec<bool>,
    /// The instruction that ends the straight run from here (a JMP, or one that falls into a join), and the join; 0 if neither.
    pub run_end: Vec<(u32, u32)>,
}

/// Whether control may go to `id + 1`.
fn falls_through(op: u16) -> bool {
    !matches!(op, isa::JMP | isa::JMPR | isa::JMPD | isa::STOP | isa::RETURN | isa::REVERT | isa::HALT | isa::SELFDESTRUCT)
}

/// The target in field c, if the op has one.
fn target_of(instruction: &Instruction) -> Option<u32> {
    let has_target = matches!(instruction.op, isa::JMP | isa::BNZ | isa::BZ | isa::BEQ | isa::BNE | isa::BLT | isa::BGE | isa::BSLT | isa::BSGE);
    has_target.then_some(instruction.fields[2])
}

pub(super) fn check_flow(program: &Program) -> Checked<Flow> {
    let chained = &program.instructions[..program.chained as usize];
    let size = chained.len() + 1;
    let mut flow = Flow { region: vec![0; size], target: vec![false; size], run_end: vec![(0, 0); size] };
    let mut members = vec![0_u32; size];
    for (id, instruction) in (1_u32..).zip(chained) {
        if is_entry(instruction.op) {
            flow.region[id as usize] = id;
        }
        let region = flow.region[id as usize];
        check(region != 0, Rule::Region, id)?;
        members[region as usize] += 1;
        check(members[region as usize] <= MAX_REGION, Rule::RegionSize, id)?;
        if let Some(target) = target_of(instruction) {
            flow.target[target as usize] = true;
            let entered = is_entry(chained[target as usize - 1].op);
            check(entered || target > id, Rule::Backward, id)?;
            join_region(&mut flow.region, entered, target, region)?;
        }
        if falls_through(instruction.op) {
            check(id < program.chained, Rule::LastFallsThrough, id)?;
            join_region(&mut flow.region, is_entry(chained[id as usize].op), id + 1, region)?;
        }
    }
    check_group_entries(chained, &flow)?;
    find_run_ends(chained, &mut flow);
    Ok(flow)
}

fn join_region(regions: &mut [u32], entered: bool, successor: u32, region: u32) -> Checked {
    if entered {
        return Ok(());
    }
    let known = &mut regions[successor as usize];
    check(*known == 0 || *known == region, Rule::Region, successor)?;
    *known = region;
    Ok(())
}

/// A jump between a TOPIC and its LOG, or an ARG and what takes it, would leave some out.
fn check_group_entries(chained: &[Instruction], flow: &Flow) -> Checked {
    for (id, pair) in (2_u32..).zip(chained.windows(2)) {
        let target = flow.target[id as usize];
        check(pair[0].op != isa::TOPIC || !target, Rule::Topic, id)?;
        check(pair[0].op != isa::ARG || !target, Rule::Argument, id)?;
    }
    Ok(())
}

fn find_run_ends(chained: &[Instruction], flow: &mut Flow) {
    for (index, instruction) in chained.iter().enumerate().rev() {
        let id = index + 1;
        let next = id + 1;
        flow.run_end[id] = match target_of(instruction) {
            Some(target) if instruction.op == isa::JMP => (id as u32, target),
            Some(_) => (0, 0),
            None if !falls_through(instruction.op) || next >= flow.run_end.len() || is_entry(chained[index + 1].op) => (0, 0),
            None if flow.target[next] => (id as u32, next as u32),
            None => flow.run_end[next],
        };
    }
}
