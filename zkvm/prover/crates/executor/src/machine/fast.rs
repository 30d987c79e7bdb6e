//! The fast loop: the schedule for speed, nothing recorded, nothing allocated.

use std::sync::Arc;

use ruint::aliases::U256;

use super::frame::Frame;
use super::library::Loaded;
use super::surroundings::Surroundings;
use super::{Exit, Fault, STEP_LIMIT, Struck, Trap};
use crate::isa;
use crate::schedule::Op;
use crate::trace::Status;
use crate::word::{self, bit, slt};

/// Runs a frame until it ends or calls.
pub(super) fn run_fast(frame: &mut Frame, host: &mut Surroundings) -> Result<Exit, Struck> {
    let loaded = Arc::clone(&frame.loaded);
    let mut slots = std::mem::take(&mut frame.slots);
    let (mut steps, mut at, max_steps) = (host.steps, frame.position, host.max_steps);
    let exit = run_ops(frame, host, &loaded, &mut slots, &mut Progress { steps: &mut steps, at: &mut at, max_steps });
    (frame.slots, host.steps) = (slots, steps);
    match exit {
        Ok(exit) => Ok(exit),
        Err(Trap::OutOfGas | Trap::Halt) => Ok(Exit::Ended(Status::Halt)),
        Err(Trap::Arguments) => Ok(Exit::Arguments),
        Err(trap) => Err(Struck { trap, id: loaded.fast.ids.get(at).copied().unwrap_or(0) }),
    }
}

/// What the loop leaves besides its outcome.
struct Progress<'a> {
    steps: &'a mut u64,
    /// Position of the instruction that trapped.
    at: &'a mut usize,
    max_steps: u64,
}

#[allow(clippy::too_many_lines)]
fn run_ops(frame: &mut Frame, host: &mut Surroundings, loaded: &Loaded, slots: &mut [U256], progress: &mut Progress<'_>) -> Result<Exit, Trap> {
    let Progress { steps, at, max_steps } = progress;
    let schedule = &loaded.fast;
    let ops = schedule.ops.as_slice();
    let mut position = frame.position;
    macro_rules! word {
        ($op:ident, $index:literal) => {
            slots[$op.fields[$index] as usize]
        };
    }
    macro_rules! unary {
        ($op:ident, $f:expr) => {
            slots[$op.out as usize] = $f(word!($op, 0))
        };
    }
    macro_rules! binary {
        ($op:ident, $f:expr) => {
            slots[$op.out as usize] = $f(word!($op, 0), word!($op, 1))
        };
    }
    macro_rules! charge {
        ($op:ident) => {
            **steps += u64::from($op.steps);
            frame.left -= i64::from($op.gas);
            if frame.left < 0 {
                return Err(Trap::OutOfGas);
            }
            if **steps > *max_steps {
                **at = position - 1;
                return Err(STEP_LIMIT);
            }
        };
    }
    macro_rules! branch {
        ($op:ident, $taken:expr) => {{
            charge!($op);
            if $taken {
                position = $op.fields[2] as usize;
            }
        }};
    }
    macro_rules! check {
        ($outcome:expr) => {
            match $outcome {
                Ok(found) => found,
                Err(trap) => {
                    **at = position - 1;
                    return Err(trap);
                }
            }
        };
    }
    loop {
        let Some(op) = ops.get(position) else {
            return Err(Fault::Misplaced.into());
        };
        position += 1;
        match op.code {
            isa::ADD => binary!(op, U256::wrapping_add),
            isa::MUL => binary!(op, U256::wrapping_mul),
            isa::SUB => binary!(op, U256::wrapping_sub),
            isa::DIV => binary!(op, word::div),
            isa::SDIV => binary!(op, word::sdiv),
            isa::MOD => binary!(op, word::rem),
            isa::SMOD => binary!(op, word::smod),
            isa::ADDMOD => slots[op.out as usize] = word::addmod(word!(op, 0), word!(op, 1), word!(op, 2)),
            isa::MULMOD => slots[op.out as usize] = word::mulmod(word!(op, 0), word!(op, 1), word!(op, 2)),
            isa::EXP => binary!(op, word::exp),
            isa::SIGNEXTEND => binary!(op, word::signextend),
            isa::LT => binary!(op, |a: U256, b: U256| bit(a < b)),
            isa::GT => binary!(op, |a: U256, b: U256| bit(a > b)),
            isa::SLT => binary!(op, |a, b| bit(slt(a, b))),
            isa::SGT => binary!(op, |a, b| bit(slt(b, a))),
            isa::EQ => binary!(op, |a: U256, b: U256| bit(a == b)),
            isa::ISZERO => unary!(op, |a: U256| bit(a.is_zero())),
            isa::AND => binary!(op, |a: U256, b: U256| a & b),
            isa::OR => binary!(op, |a: U256, b: U256| a | b),
            isa::XOR => binary!(op, |a: U256, b: U256| a ^ b),
            isa::NOT => unary!(op, |a: U256| !a),
            isa::BYTE => binary!(op, word::byte),
            isa::SHL => binary!(op, word::shl),
            isa::SHR => binary!(op, word::shr),
            isa::SAR => binary!(op, word::sar),
            isa::CLZ => unary!(op, |a: U256| U256::from(a.leading_zeros())),
            isa::HASH1 => unary!(op, word::hash1),
            isa::HASH2 => binary!(op, word::hash2),
            isa::MOVE | isa::SET => slots[op.out as usize] = word!(op, 0),
            isa::GET => slots[op.out as usize] = word!(op, 2),
            isa::CHARGE => {
                charge!(op);
            }
            isa::JMP => branch!(op, true),
            isa::BNZ => branch!(op, !word!(op, 0).is_zero()),
            isa::BZ => branch!(op, word!(op, 0).is_zero()),
            isa::BEQ => branch!(op, word!(op, 0) == word!(op, 1)),
            isa::BNE => branch!(op, word!(op, 0) != word!(op, 1)),
            isa::BLT => branch!(op, word!(op, 0) < word!(op, 1)),
            isa::BGE => branch!(op, word!(op, 0) >= word!(op, 1)),
            isa::BSLT => branch!(op, slt(word!(op, 0), word!(op, 1))),
            isa::BSGE => branch!(op, !slt(word!(op, 0), word!(op, 1))),
            isa::JMPR => {
                charge!(op);
                position = check!(schedule.label(word!(op, 0)).ok_or(Trap::Fault(Fault::NoLabel))) as usize;
            }
            isa::JMPD => {
                charge!(op);
                let target = word!(op, 0);
                position = check!(loaded.jump(schedule, target).ok_or_else(|| frame.nowhere(target))) as usize;
            }
            isa::MLOAD => slots[op.out as usize] = check!(frame.load(word!(op, 0))),
            isa::MSTORE => check!(frame.store(word!(op, 0), word!(op, 1))),
            isa::MGROW => {
                check!(frame.grow(word!(op, 0), word!(op, 1)));
                check!(frame.notice());
            }
            isa::CALLDATALOAD => slots[op.out as usize] = frame.call_data(word!(op, 0)),
            isa::CALL | isa::CREATE => {
                **steps += u64::from(op.steps);
                if **steps > *max_steps {
                    **at = position - 1;
                    return Err(STEP_LIMIT);
                }
                (frame.position, frame.pending.out) = (position, op.out);
                if op.code == isa::CALL {
                    return Ok(Exit::Calling(Box::new(check!(frame.call(host, op.fields[2], op.gas)))));
                }
                return Ok(Exit::Creating(Box::new(check!(frame.create(host, op.fields[2], op.gas)))));
            }
            isa::STOP | isa::RETURN | isa::REVERT | isa::HALT | isa::SELFDESTRUCT => {
                **steps += u64::from(op.steps);
                let words = operands(op, slots);
                return Ok(Exit::Ended(check!(frame.end(host, op.code, words, op.gas))));
            }
            _ => {
                **steps += u64::from(op.steps);
                let words = operands(op, slots);
                let [_, y, z] = op.fields;
                let result = check!(frame.effect(host, op.code, words, y, z, op.gas));
                check!(frame.notice());
                if isa::row(op.code).is_some_and(|row| row.result) {
                    slots[op.out as usize] = result;
                }
            }
        }
    }
}

/// Words of an instruction's fields; 0 for immediates.
fn operands(op: &Op, slots: &[U256]) -> [U256; 3] {
    let letters = isa::row(op.code).map_or([isa::Operand::Unused; 3], |row| row.operands);
    let word = |index: usize| match letters[index] {
        isa::Operand::Word => slots[op.fields[index] as usize],
        _ => U256::ZERO,
    };
    [word(0), word(1), word(2)]
}
