//! The traced loop: one instruction at a time, each recorded with its words (`trace`).

use ruint::aliases::U256;

use super::frame::Frame;
use super::library::Loaded;
use super::{Ended, Fault, STEP_LIMIT, Struck, Trap};
use crate::isa::{self, Kind, Operand, Row};
use crate::schedule::Op;
use crate::trace::{End, PureStep, Status, Step, Trace};
use crate::word::{pure, slt};

/// A trace in the making.
pub(super) struct Tracer {
    pub trace: Trace,
    pub max_steps: usize,
    /// Clock at which the next frame may start.
    pub clk: u32,
}

impl Tracer {
    pub fn new(max_steps: usize) -> Self {
        // Each step takes 4 ticks of the clock and at most one undo group of 4, and the clock has 31 bits.
        Self { trace: Trace::default(), max_steps: max_steps.min(1 << 27), clk: 4 }
    }

    /// Clock of the next entry, steps and pure steps so far.
    pub fn position(&self) -> (u32, usize, usize) {
        (self.clk, self.trace.steps.len(), self.trace.pures.len())
    }
}

/// What a chained instruction did.
struct Done {
    result: U256,
    /// Position of the next instruction.
    next: Next,
}

enum Next {
    Position(usize),
    Ended(Status),
}

struct Running<'r, 'f> {
    frame: &'r mut Frame<'f>,
    loaded: &'r Loaded,
    slots: Vec<U256>,
    /// By local identifier: the region time for which it was recorded last.
    recorded: Vec<u32>,
    base: u32,
    entry: u32,
    region: u32,
    clk: u32,
}

/// Runs a frame and records it. The frame's entry is the tracer's clk; steps begin 4 later.
pub(super) fn run_traced(frame: &mut Frame<'_>, loaded: &Loaded, base: u32, tracer: &mut Tracer) -> Result<(Ended, End), Struck> {
    let slots = loaded.plain.slots.initial(&loaded.program);
    let recorded = vec![0; loaded.program.instructions.len() + 1];
    let entry = tracer.clk;
    let running = Running { frame, loaded, slots, recorded, base, entry, region: entry, clk: entry };
    running.run(tracer)
}

impl Running<'_, '_> {
    fn run(mut self, tracer: &mut Tracer) -> Result<(Ended, End), Struck> {
        let loaded = self.loaded;
        let schedule = &loaded.plain;
        let first = tracer.trace.steps.len();
        let mut at = 0;
        loop {
            let struck = |trap: Trap, id: u32| Struck { trap, id };
            let (Some(op), Some(id)) = (schedule.ops.get(at), schedule.ids.get(at).copied()) else {
                return Err(struck(Fault::Misplaced.into(), 0));
            };
            let Some(row) = isa::row(op.code) else {
                return Err(struck(Fault::Misplaced.into(), id));
            };
            let operands = self.operands(row, op);
            if row.kind == Kind::Pure {
                self.pure(op, id, operands, tracer);
                at += 1;
                continue;
            }
            if tracer.trace.steps.len() >= tracer.max_steps {
                return Err(struck(STEP_LIMIT, id));
            }
            self.clk += 4;
            let mut step = Step {
                op: op.code,
                id: self.base + id,
                frame: self.entry,
                region: self.region,
                clk: self.clk,
                gas: self.frame.charged(),
                charge: 0,
                words: self.frame.words as u32,
                words_after: 0,
                operands,
                result: U256::ZERO,
                next: 0,
            };
            let done = self.chained(row, op, operands, at);
            step.charge = self.frame.charged().saturating_sub(step.gas);
            step.words_after = self.frame.words as u32;
            let mut ended = None;
            match done {
                Ok(Done { result, next }) => {
                    step.result = result;
                    match next {
                        Next::Position(position) => {
                            step.next = self.base + self.identifier(id, op, operands, at, position);
                            at = position;
                            if self.frame.left < 0 {
                                ended = Some((Status::Halt, End::OutOfGas));
                            }
                        }
                        Next::Ended(status) => ended = Some((status, End::Instruction)),
                    }
                }
                Err(Trap::OutOfGas) => ended = Some((Status::Halt, End::OutOfGas)),
                Err(Trap::Halt) => ended = Some((Status::Halt, End::Instruction)),
                Err(trap) => return Err(struck(trap, id)),
            }
            tracer.trace.steps.push(step);
            if let Some((status, end)) = ended {
                // Arrival at identifier 0, and gas that runs out after a completed instruction, are found by one more row.
                let last = tracer.trace.steps.last();
                let found_later = last.is_some_and(|step| if end == End::OutOfGas { step.next != 0 } else { row.kind != Kind::End });
                tracer.clk = self.clk + if found_later { 8 } else { 4 };
                let steps = (tracer.trace.steps.len() - first) as u64;
                return Ok((Ended { status, steps }, end));
            }
        }
    }

    fn slot(&self, index: u32) -> U256 {
        self.slots.get(index as usize).copied().unwrap_or_default()
    }

    fn set(&mut self, index: u32, word: U256) {
        if let Some(slot) = self.slots.get_mut(index as usize) {
            *slot = word;
        }
    }

    fn operands(&self, row: &Row, op: &Op) -> [U256; 3] {
        let word = |index: usize| {
            if row.operands[index] == Operand::Word { self.slot(op.fields[index]) } else { U256::ZERO }
        };
        [word(0), word(1), word(2)]
    }

    fn pure(&mut self, op: &Op, id: u32, operands: [U256; 3], tracer: &mut Tracer) {
        let [a, b, c] = operands;
        let result = pure(op.code, a, b, c).unwrap_or_default();
        self.set(op.out, result);
        if let Some(time) = self.recorded.get_mut(id as usize)
            && *time != self.region
        {
            *time = self.region;
            tracer.trace.pures.push(PureStep { op: op.code, id: self.base + id, region: self.region, operands, result });
        }
    }

    /// Identifier that runs next when control goes to `position`: the target if it was taken, else the next.
    fn identifier(&self, id: u32, op: &Op, operands: [U256; 3], at: usize, position: usize) -> u32 {
        if position == at + 1 && !matches!(op.code, isa::JMP | isa::JMPR | isa::JMPD) {
            return id + 1;
        }
        let program = &self.loaded.program;
        match op.code {
            isa::JMPR => u32::try_from(operands[0]).unwrap_or(0),
            isa::JMPD => self.loaded.jump_entry(operands[0]).unwrap_or(0),
            _ => program.instruction(id).map_or(0, |instruction| instruction.fields[2]),
        }
    }

    fn chained(&mut self, row: &Row, op: &Op, operands: [U256; 3], at: usize) -> Result<Done, Trap> {
        let [a, b, _] = operands;
        let [_, y, z] = op.fields;
        let mut result = U256::ZERO;
        let mut next = at + 1;
        let mut branch = |taken: bool| {
            if taken {
                next = z as usize;
            }
        };
        match op.code {
            isa::REGION | isa::LABEL => self.region = self.clk,
            isa::MOVE | isa::SET => self.set(op.out, a),
            isa::GET => {
                result = self.slot(z);
                self.set(op.out, result);
            }
            isa::JMP => branch(true),
            isa::JMPR => next = self.loaded.plain.label(a).ok_or(Fault::NoLabel)? as usize,
            isa::JMPD => match self.loaded.jump(&self.loaded.plain, a) {
                Some(position) => next = position as usize,
                None => {
                    self.frame.left -= i64::from(op.gas);
                    return Err(self.frame.nowhere(a, self.loaded.program.code.len()));
                }
            },
            isa::BNZ => branch(!a.is_zero()),
            isa::BZ => branch(a.is_zero()),
            isa::BEQ => branch(a == b),
            isa::BNE => branch(a != b),
            isa::BLT => branch(a < b),
            isa::BGE => branch(a >= b),
            isa::BSLT => branch(slt(a, b)),
            isa::BSGE => branch(!slt(a, b)),
            _ if row.kind == Kind::End => {
                let status = self.frame.end(op.code, operands, op.gas)?;
                return Ok(Done { result, next: Next::Ended(status) });
            }
            _ => {
                result = self.frame.effect(op.code, operands, y, z, op.gas)?;
                if row.result {
                    self.set(op.out, result);
                }
                return Ok(Done { result, next: Next::Position(next) });
            }
        }
        self.frame.left -= i64::from(op.gas);
        Ok(Done { result, next: Next::Position(next) })
    }
}
