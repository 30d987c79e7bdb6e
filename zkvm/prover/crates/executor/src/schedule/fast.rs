//! For speed: instructions that only name, charge or mark are folded into those that act.
//!
//! Gas of instructions that do not observe it is charged by the next one of the block that ends it or observes gas: a halt
//! is the same halt wherever it is noticed (ISA 3.3).

use super::order::Order;
use super::plain::op_of;
use super::{Op, Schedule, Slots, has_target, labels};
use crate::isa;
use crate::program::Program;

pub(super) fn fast(program: &Program, order: &Order) -> Schedule {
    let slots = Slots::new(program, order.wires);
    let mut building = Building { program, order, slots, schedule: (Vec::new(), Vec::new()), charged: (0, 0) };
    let mut start = vec![0; order.start.len()];
    let mut next_start = 1;
    for (index, id) in order.items.iter().copied().enumerate() {
        while order.start.get(next_start).is_some_and(|at| *at as usize == index) {
            if order.block[next_start] != order.block[next_start - 1] || next_start == 1 {
                building.flush(next_start as u32 - 1);
            }
            start[next_start] = building.schedule.0.len() as u32;
            next_start += 1;
        }
        building.add(id);
    }
    let (mut ops, ids) = building.schedule;
    for op in ops.iter_mut().filter(|op| has_target(op.code)) {
        op.fields[2] = start[op.fields[2] as usize];
    }
    Schedule { ops, ids, labels: labels(program, &start), slots }
}

struct Building<'a> {
    program: &'a Program,
    order: &'a Order,
    slots: Slots,
    /// Instructions and their identifiers.
    schedule: (Vec<Op>, Vec<u32>),
    /// Gas and steps not charged yet.
    charged: (u32, u16),
}

impl Building<'_> {
    fn push(&mut self, op: Op, id: u32) {
        self.schedule.0.push(op);
        self.schedule.1.push(id);
    }

    /// Charges what a block that falls through has left.
    fn flush(&mut self, id: u32) {
        let (gas, steps) = std::mem::take(&mut self.charged);
        if steps != 0 {
            self.push(Op { code: isa::CHARGE, steps, gas, ..Op::default() }, id);
        }
    }

    fn add(&mut self, id: u32) {
        let mut op = op_of(self.program, self.order, &self.slots, id);
        if id > self.program.chained {
            self.push(op, id);
            return;
        }
        self.charged = (self.charged.0 + op.gas, self.charged.1 + 1);
        match op.code {
            isa::REGION | isa::LABEL | isa::CHARGE => {}
            // an environment value has a slot of its own, as a register does
            isa::ENV => {
                let slot = self.slots.environment + op.fields[2];
                self.push(Op { code: isa::GET, gas: 0, steps: 0, fields: [0, 0, slot], out: op.out }, id);
            }
            isa::GET | isa::SET | isa::MOVE | isa::MLOAD | isa::MSTORE | isa::MSTORE8 | isa::MGROW => {
                (op.gas, op.steps) = (0, 0);
                self.push(op, id);
            }
            isa::MSIZE | isa::CALLDATALOAD | isa::TOPIC | isa::ARG | isa::SLD | isa::SST | isa::SADJ => {
                (op.gas, op.steps) = (0, 0);
                self.push(op, id);
            }
            _ => {
                (op.gas, op.steps) = std::mem::take(&mut self.charged);
                if has_target(op.code) {
                    op.fields[2] = self.program.instruction(id).map_or(0, |found| found.fields[2]);
                }
                self.push(op, id);
            }
        }
    }
}
