//! The order: chained instructions in layout order, pure ones before their first reader on each path.

use super::Undefined;
use crate::isa::{self, Kind, Operand};
use crate::lint::Facts;
use crate::program::Program;

/// Instructions in order, and what the schedules need to know of them.
pub(crate) struct Order {
    /// Local identifiers.
    pub items: Vec<u32>,
    /// By chained identifier: index in `items` of what runs when control comes to it.
    pub start: Vec<u32>,
    /// By chained identifier: index of its block.
    pub block: Vec<u32>,
    /// By identifier up to N: number of its wire inside its region, from 0.
    pub wire: Vec<u32>,
    /// Most wires of a region.
    pub wires: u32,
}

/// Straight runs of chained instructions inside regions, and which dominate which.
struct Blocks {
    /// By chained identifier.
    of: Vec<u32>,
    /// Immediate dominator; itself for a region's first block.
    dominator: Vec<u32>,
    depth: Vec<u32>,
    /// Incoming edges.
    edges: Vec<u32>,
    /// Dominator-tree preorder: first number and one past the last of the subtree.
    first: Vec<u32>,
    last: Vec<u32>,
}

impl Blocks {
    fn new(program: &Program, facts: &Facts) -> Self {
        let chained = &program.instructions[..program.chained as usize];
        let mut of = vec![0; chained.len() + 1];
        let mut count = 0_u32;
        let mut starts = true;
        for (index, instruction) in chained.iter().enumerate() {
            let id = index + 1;
            if starts || is_entry(instruction.op) || facts.target[id] {
                count += 1;
            }
            of[id] = count - 1;
            starts = matches!(isa::row(instruction.op), Some(row) if matches!(row.kind, Kind::Branch | Kind::End));
        }
        let size = count as usize;
        let dominator = (0..count).collect();
        let mut blocks = Self { of, dominator, depth: vec![0; size], edges: vec![0; size], first: vec![0; size], last: vec![0; size] };
        for (index, instruction) in chained.iter().enumerate() {
            let id = index + 1;
            if super::has_target(instruction.op) {
                blocks.add_edge(program, id, instruction.fields[2] as usize);
            }
            let ends = matches!(isa::row(instruction.op), Some(row) if row.kind == Kind::End);
            let leaves = ends || matches!(instruction.op, isa::JMP | isa::JMPR | isa::JMPD);
            if !leaves && blocks.of.get(id + 1).is_some_and(|next| *next != blocks.of[id]) {
                blocks.add_edge(program, id, id + 1);
            }
        }
        blocks.number();
        blocks
    }

    /// Edges arrive in order of their source, so a block's dominator is final before its own edges leave.
    fn add_edge(&mut self, program: &Program, from: usize, to: usize) {
        if is_entry(program.instructions[to - 1].op) {
            return;
        }
        let (source, sink) = (self.of[from], self.of[to] as usize);
        self.edges[sink] += 1;
        let meet = if self.edges[sink] == 1 { source } else { self.meet(self.dominator[sink], source) };
        self.dominator[sink] = meet;
        self.depth[sink] = self.depth[meet as usize] + 1;
    }

    fn meet(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            if self.depth[a as usize] >= self.depth[b as usize] {
                a = self.dominator[a as usize];
            } else {
                b = self.dominator[b as usize];
            }
        }
        a
    }

    fn number(&mut self) {
        let size = self.dominator.len();
        let mut subtree = vec![1_u32; size];
        for block in (0..size).rev() {
            let parent = self.dominator[block] as usize;
            if parent != block {
                subtree[parent] += subtree[block];
            }
        }
        let mut free = vec![0_u32; size];
        let mut root = 0;
        for block in 0..size {
            let parent = self.dominator[block] as usize;
            let first = if parent == block { &mut root } else { &mut free[parent] };
            self.first[block] = *first;
            *first += subtree[block];
            self.last[block] = self.first[block] + subtree[block];
            free[block] = self.first[block] + 1;
        }
    }

    fn dominates(&self, a: u32, b: u32) -> bool {
        (self.first[a as usize]..self.last[a as usize]).contains(&self.first[b as usize])
    }
}

fn is_entry(op: u16) -> bool {
    matches!(op, isa::REGION | isa::LABEL)
}

struct Placing<'a> {
    program: &'a Program,
    facts: &'a Facts,
    blocks: Blocks,
    /// By identifier up to N: 1 + the block that a pure instruction was placed in last.
    placed: Vec<u32>,
    /// By identifier up to N: MOVEs to the PHI.
    moves: Vec<u32>,
    wire: Vec<u32>,
    /// By chained identifier of a region's start: wires so far.
    used: Vec<u32>,
    items: Vec<u32>,
}

const NO_WIRE: u32 = u32::MAX;

pub(super) fn order(program: &Program, facts: &Facts) -> Result<Order, Undefined> {
    let size = program.instructions.len() + 1;
    let chained = &program.instructions[..program.chained as usize];
    let mut moves = vec![0; size];
    for instruction in chained.iter().filter(|found| found.op == isa::MOVE) {
        moves[instruction.fields[2] as usize] += 1;
    }
    let mut placing = Placing {
        program,
        facts,
        blocks: Blocks::new(program, facts),
        placed: vec![0; size],
        moves,
        wire: vec![NO_WIRE; size],
        used: vec![0; chained.len() + 1],
        items: Vec::with_capacity(size),
    };
    let mut start = vec![0; chained.len() + 1];
    for (id, instruction) in (1_u32..).zip(chained) {
        start[id as usize] = placing.items.len() as u32;
        for field in reads(program, id) {
            placing.need(field, id)?;
        }
        placing.items.push(id);
        match instruction.op {
            isa::MOVE => placing.name(instruction.fields[2], id),
            op if isa::row(op).is_some_and(|row| row.result) => placing.name(id, id),
            _ => {}
        }
    }
    let wires = placing.used.iter().copied().max().unwrap_or(0);
    Ok(Order { items: placing.items, start, block: placing.blocks.of, wire: placing.wire, wires })
}

/// Identifiers up to N that an instruction reads as words.
pub(super) fn reads(program: &Program, id: u32) -> impl Iterator<Item = u32> + use<> {
    let count = program.count();
    let instruction = program.instruction(id).copied().unwrap_or_default();
    let operands = isa::row(instruction.op).map_or([Operand::Unused; 3], |row| row.operands);
    let words = instruction.fields.into_iter().zip(operands);
    words.filter(move |(field, operand)| *operand == Operand::Word && *field <= count).map(|(field, _)| field)
}

impl Placing<'_> {
    /// Gives the identifier a wire number in the region of the chained instruction.
    fn name(&mut self, id: u32, chained: u32) {
        if self.wire[id as usize] == NO_WIRE {
            let used = &mut self.used[self.facts.region[chained as usize] as usize];
            self.wire[id as usize] = *used;
            *used += 1;
        }
    }

    /// Whether the wire is there in the reader's block, or is a pure one that has to be placed.
    fn ready(&self, wire: u32, reader: u32) -> Result<bool, Undefined> {
        let block = self.blocks.of[reader as usize];
        let index = wire as usize;
        if wire <= self.program.chained {
            let given = wire < reader && self.blocks.dominates(self.blocks.of[index], block);
            return if given { Ok(true) } else { Err(Undefined { reader, wire }) };
        }
        if self.program.instructions[index - 1].op == isa::PHI {
            let join = self.facts.join[index] as usize;
            let given = join != 0 && {
                let first = self.blocks.of[join];
                self.moves[index] == self.blocks.edges[first as usize] && self.blocks.dominates(first, block)
            };
            return if given { Ok(true) } else { Err(Undefined { reader, wire }) };
        }
        Ok(self.placed[index].checked_sub(1).is_some_and(|placed| self.blocks.dominates(placed, block)))
    }

    /// Places what the wire needs before the chained reader, without recursion.
    fn need(&mut self, wire: u32, reader: u32) -> Result<(), Undefined> {
        if self.ready(wire, reader)? {
            return Ok(());
        }
        let mut stack = vec![(wire, 0_usize)];
        while let Some(&(id, done)) = stack.last() {
            let mut pending = None;
            for (index, field) in reads(self.program, id).enumerate().skip(done) {
                if !self.ready(field, reader)? {
                    pending = Some((index, field));
                    break;
                }
            }
            if let Some((index, field)) = pending {
                if let Some(top) = stack.last_mut() {
                    top.1 = index + 1;
                }
                stack.push((field, 0));
                continue;
            }
            stack.pop();
            if !self.ready(id, reader)? {
                self.items.push(id);
                self.placed[id as usize] = self.blocks.of[reader as usize] + 1;
                self.name(id, reader);
            }
        }
        Ok(())
    }
}
