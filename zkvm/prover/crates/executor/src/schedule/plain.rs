//! One instruction at a time, for traced runs.

use super::order::Order;
use super::{Op, Schedule, Slots, has_target, labels};
use crate::isa::{self, Operand};
use crate::program::Program;

pub(super) fn plain(program: &Program, order: &Order) -> Schedule {
    let slots = Slots::new(program, order.wires);
    let ops = order.items.iter().map(|id| op_of(program, order, &slots, *id)).collect();
    Schedule { ops, ids: order.items.clone(), labels: labels(program, &order.start), slots }
}

/// Slot of a wire or constant.
pub(super) fn slot(program: &Program, order: &Order, slots: &Slots, id: u32) -> u32 {
    match id.checked_sub(program.count() + 1) {
        Some(index) => slots.constants + index,
        None => slots.wires + order.wire[id as usize],
    }
}

/// The instruction with its fields turned into slots and positions.
pub(super) fn op_of(program: &Program, order: &Order, slots: &Slots, id: u32) -> Op {
    let instruction = program.instruction(id).copied().unwrap_or_default();
    let Some(row) = isa::row(instruction.op) else {
        return Op::default();
    };
    let mut fields = instruction.fields;
    for (field, operand) in fields.iter_mut().zip(row.operands) {
        match operand {
            Operand::Word => *field = slot(program, order, slots, *field),
            Operand::Target => *field = order.start[*field as usize],
            Operand::Unused | Operand::Immediate | Operand::Phi => {}
        }
    }
    let out = match instruction.op {
        isa::MOVE => slot(program, order, slots, instruction.fields[2]),
        isa::SET => instruction.fields[2],
        _ if row.result => slot(program, order, slots, id),
        _ => 0,
    };
    debug_assert!(has_target(instruction.op) == row.operands.contains(&Operand::Target));
    Op { code: instruction.op, steps: u16::from(id <= program.chained), gas: instruction.gas, fields, out }
}
