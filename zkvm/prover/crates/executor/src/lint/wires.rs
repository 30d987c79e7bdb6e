//! Rules on wires: regions of what is read, acyclic order, PHIs and their MOVEs.

use super::flow::Flow;
use super::shape::Rows;
use super::{Checked, Rule, check};
use crate::isa::{self, Kind, Operand};
use crate::program::{Instruction, Program};

struct Wires<'a> {
    program: &'a Program,
    rows: &'a Rows,
    /// By identifier up to N: the region that a pure instruction or PHI belongs to; 0 while unknown.
    owner: Vec<u32>,
    /// By identifier up to N: greatest chained identifier that the wire depends on.
    depends: Vec<u32>,
}

/// Gives the joins of the PHIs, by identifier.
pub(super) fn check_wires(program: &Program, rows: &Rows, flow: &Flow) -> Checked<Vec<u32>> {
    let size = program.instructions.len() + 1;
    let mut wires = Wires { program, rows, owner: vec![0; size], depends: vec![0; size] };
    let join = wires.check_moves(flow)?;
    for (id, first) in (1_u32..).zip(join.iter().skip(1)) {
        if *first != 0 {
            wires.owner[id as usize] = flow.region[*first as usize];
            wires.depends[id as usize] = *first - 1;
        }
    }
    wires.find_dependencies();
    wires.check_chained(flow)?;
    wires.check_pure(flow)?;
    Ok(join)
}

impl<'a> Wires<'a> {
    /// Identifiers up to N that the instruction reads as words.
    fn reads(&self, id: u32) -> impl Iterator<Item = u32> + use<'a> {
        let count = self.program.count();
        let instruction = self.program.instructions.get(id as usize - 1).copied().unwrap_or_default();
        let operands = self.rows.get(id as usize - 1).map_or([Operand::Unused; 3], |row| row.operands);
        let Instruction { fields, .. } = instruction;
        fields.into_iter().zip(operands).filter(move |(field, operand)| *operand == Operand::Word && *field <= count).map(|(field, _)| field)
    }

    fn is_pure(&self, id: u32) -> bool {
        self.rows.get(id as usize - 1).is_some_and(|row| row.kind == Kind::Pure)
    }

    fn check_moves(&self, flow: &Flow) -> Checked<Vec<u32>> {
        let size = self.program.instructions.len() + 1;
        let mut join = vec![0_u32; size];
        let mut last_run = vec![0_u32; size];
        for (id, instruction) in (1_u32..).zip(self.program.instructions.iter().take(self.program.chained as usize)) {
            if instruction.op != isa::MOVE {
                continue;
            }
            let phi = instruction.fields[2] as usize;
            let (end, first) = flow.run_end[id as usize];
            let same_region = first != 0 && flow.region[first as usize] == flow.region[id as usize];
            let one_join = join[phi] == 0 || join[phi] == first;
            check(same_region && first > id && one_join && last_run[phi] != end, Rule::Move, id)?;
            join[phi] = first;
            last_run[phi] = end;
        }
        Ok(join)
    }

    fn find_dependencies(&mut self) {
        for id in self.program.chained + 1..=self.program.count() {
            if !self.is_pure(id) {
                continue;
            }
            let chained = self.program.chained;
            let depth = |field: u32| {
                if field <= chained { field } else { self.depends[field as usize] }
            };
            let deepest = self.reads(id).map(depth).max().unwrap_or(0);
            self.depends[id as usize] = deepest;
        }
    }

    fn check_chained(&mut self, flow: &Flow) -> Checked {
        for id in 1..=self.program.chained {
            let region = flow.region[id as usize];
            for field in self.reads(id) {
                self.claim(flow, field, region, id)?;
                let depth = if field <= self.program.chained { field } else { self.depends[field as usize] };
                check(depth < id, Rule::Future, id)?;
            }
        }
        Ok(())
    }

    /// Hands each used pure instruction's region on to what it reads; readers have greater identifiers.
    fn check_pure(&mut self, flow: &Flow) -> Checked {
        for id in (self.program.chained + 1..=self.program.count()).rev() {
            let region = self.owner[id as usize];
            if region == 0 || !self.is_pure(id) {
                continue;
            }
            for field in self.reads(id) {
                self.claim(flow, field, region, id)?;
            }
        }
        Ok(())
    }

    /// The wire `field` is read in `region`.
    fn claim(&mut self, flow: &Flow, field: u32, region: u32, reader: u32) -> Checked {
        if field <= self.program.chained {
            return check(flow.region[field as usize] == region, Rule::OtherRegion, reader);
        }
        let is_pure = self.is_pure(field);
        let owner = &mut self.owner[field as usize];
        if *owner == 0 && is_pure {
            *owner = region;
        }
        check(*owner == region, Rule::OtherRegion, reader)
    }
}
