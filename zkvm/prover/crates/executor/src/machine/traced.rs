//! The traced loop: one instruction at a time, each recorded with its words (`trace`).

use std::collections::HashMap;
use std::sync::Arc;

use ruint::aliases::U256;

use super::frame::{Entry, Frame, Recording};
use super::library::Loaded;
use super::surroundings::Surroundings;
use super::{Exit, Fault, RunError, STEP_LIMIT, Struck, Trap};
use crate::host::Address;
use crate::isa::{self, Kind, Operand, Row};
use crate::program::Program;
use crate::schedule::Op;
use crate::trace::{self, End, LogRecord, Placed, PureStep, Status, Step, Trace};
use crate::word::{pure, slt};

/// A trace in the making.
pub(super) struct Tracer {
    pub trace: Trace,
    pub max_steps: usize,
    /// Clock of the next frame's entry, or of the next step.
    pub clk: u32,
}

/// Lengths of a trace, to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    steps: usize,
    pures: usize,
    frames: usize,
    clk: u32,
}

impl Tracer {
    pub fn new(max_steps: usize) -> Self {
        // Each step takes 4 ticks of the clock, 4 more for a frame that it enters, and at most one undo group of 4; the clock has 31 bits.
        Self { trace: Trace::default(), max_steps: max_steps.min(1 << 27), clk: 4 }
    }

    pub fn mark(&self) -> Mark {
        Mark { steps: self.trace.steps.len(), pures: self.trace.pures.len(), frames: self.trace.frames.len(), clk: self.clk }
    }

    /// Goes back.
    pub fn reset(&mut self, mark: Mark) {
        self.trace.steps.truncate(mark.steps);
        self.trace.pures.truncate(mark.pures);
        self.trace.frames.truncate(mark.frames);
        self.clk = mark.clk;
    }

    /// Gives a program the next place among the shifted identifiers (ISA 1.5).
    pub fn place(&mut self, program: &Arc<Program>) -> Result<u32, RunError> {
        let programs = self.trace.programs.iter().map(|placed| Arc::clone(&placed.program));
        self.trace.programs = Placed::place(programs.chain([Arc::clone(program)]))?;
        Ok(self.trace.programs.len() as u32 - 1)
    }

    /// Opens the record of a message that is entered; `parent` is the caller's entry and the index of its step.
    pub fn open(&mut self, entry: &Entry, addresses: [Address; 2], parent: Option<(u32, usize)>, program: Option<u32>, transaction: u32) -> usize {
        let [address, target] = addresses;
        let at = self.clk;
        let (parent, called_at) = parent.map_or((0, 0), |(parent, step)| (parent, self.trace.steps.get(step).map_or(0, |step| step.clk)));
        if program.is_some() || entry.depth > 0 {
            self.clk += 4;
        }
        self.trace.frames.push(trace::Frame {
            entry: at,
            exit: at,
            call: transaction,
            program,
            address,
            parent,
            called_at,
            depth: entry.depth,
            kind: entry.kind,
            is_static: entry.is_static,
            caller: entry.caller,
            target,
            owner: 0,
            value: entry.value,
            gas_given: entry.gas,
            gas_left: 0,
            status: Status::Halt,
            end: End::Instruction,
            steps: self.trace.steps.len()..self.trace.steps.len(),
            logs: Vec::new(),
            output: Vec::new(),
        });
        self.trace.frames.len() - 1
    }

    /// Where a frame with a program begins.
    pub fn begin(&self, index: usize, program: u32, loaded: &Loaded) -> Recording {
        let base = self.trace.programs.get(program as usize).map_or(0, |placed| placed.base);
        let entry = self.trace.frames.get(index).map_or(0, |frame| frame.entry);
        let recorded = vec![0; loaded.program.instructions.len() + 1];
        Recording { index, base, entry, region: entry, recorded, stores: 0, first: (self.trace.steps.len(), self.trace.pures.len()) }
    }

    /// Ends a frame with a program: if it failed, its undo records take their time; else its parent has them.
    pub fn end(&mut self, recording: &Recording, parent: Option<&mut Recording>, status: Status) {
        if status != Status::Success {
            self.clk += 4 * recording.stores;
        } else if let Some(parent) = parent {
            parent.stores += recording.stores;
        }
    }

    /// Fills the record of a message that has ended.
    pub fn close(&mut self, index: usize, status: Status, gas_left: u64, output: &[u8], end: End) {
        let steps = self.trace.steps.len();
        let Some(frame) = self.trace.frames.get_mut(index) else { return };
        (frame.exit, frame.status, frame.gas_left, frame.end) = (self.clk, status, gas_left, end);
        frame.steps.end = steps;
        frame.output = output.to_vec();
    }

    /// Forgets a frame that begins anew.
    pub fn forget(&mut self, recording: &Recording) {
        self.reset(Mark { steps: recording.first.0, pures: recording.first.1, frames: recording.index, clk: recording.entry });
    }

    /// Gives the call's step its result.
    pub fn resume(&mut self, step: usize, result: U256) {
        if let Some(step) = self.trace.steps.get_mut(step) {
            step.result = result;
        }
    }

    /// The frame whose end undoes what a frame did, once the transaction has ended: itself if it failed, else its parent's owner, 0 if there is none.
    pub fn owners(&mut self, from: Mark) {
        let mut owners: HashMap<u32, u32> = HashMap::new();
        for frame in self.trace.frames.iter_mut().skip(from.frames) {
            let inherited = owners.get(&frame.parent).copied().filter(|_| frame.depth > 0).unwrap_or(0);
            frame.owner = if frame.status == Status::Success { inherited } else { frame.entry };
            owners.insert(frame.entry, frame.owner);
        }
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
    Exit(Exit),
}

struct Running<'r> {
    frame: &'r mut Frame,
    host: &'r mut Surroundings,
    loaded: &'r Loaded,
    clk: u32,
}

/// Runs a frame until it ends or calls, and records it; with how it ended, if it did.
pub(super) fn run_traced(frame: &mut Frame, host: &mut Surroundings, tracer: &mut Tracer) -> Result<(Exit, End), Struck> {
    let loaded = Arc::clone(&frame.loaded);
    Running { frame, host, loaded: &loaded, clk: 0 }.run(tracer)
}

impl Running<'_> {
    fn run(mut self, tracer: &mut Tracer) -> Result<(Exit, End), Struck> {
        let loaded = self.loaded;
        let schedule = &loaded.plain;
        let mut at = self.frame.position;
        let base = self.frame.recording.base;
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
            self.clk = tracer.clk;
            tracer.clk += 4;
            self.host.steps += 1;
            let mut step = Step {
                op: op.code,
                id: base + id,
                frame: self.frame.recording.entry,
                region: self.frame.recording.region,
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
                    self.observed(op.code, self.clk, tracer);
                    match next {
                        Next::Position(position) => {
                            step.next = base + self.identifier(id, op, operands, at, position);
                            at = position;
                            if self.frame.left < 0 {
                                ended = Some((Status::Halt, End::OutOfGas));
                            }
                        }
                        Next::Exit(Exit::Ended(status)) => ended = Some((status, End::Instruction)),
                        Next::Exit(exit) => {
                            step.next = base + id + 1;
                            self.frame.position = at + 1;
                            self.frame.pending.step = tracer.trace.steps.len();
                            tracer.trace.steps.push(step);
                            return Ok((exit, End::Instruction));
                        }
                    }
                }
                Err(Trap::OutOfGas) => ended = Some((Status::Halt, End::OutOfGas)),
                Err(Trap::Halt) => ended = Some((Status::Halt, End::Instruction)),
                Err(Trap::Arguments) => return Ok((Exit::Arguments, End::Instruction)),
                Err(trap) => return Err(struck(trap, id)),
            }
            tracer.trace.steps.push(step);
            if let Some((status, end)) = ended {
                // Arrival at identifier 0, and gas that runs out after a completed instruction, are found by one more row.
                let last = tracer.trace.steps.last();
                let found_later = last.is_some_and(|step| if end == End::OutOfGas { step.next != 0 } else { row.kind != Kind::End });
                tracer.clk += if found_later { 4 } else { 0 };
                return Ok((Exit::Ended(status), end));
            }
        }
    }

    /// Notes the log or the store that an instruction has made.
    fn observed(&mut self, op: u16, clk: u32, tracer: &mut Tracer) {
        let recording = &mut self.frame.recording;
        match op {
            isa::SSTORE | isa::TSTORE => recording.stores += 1,
            isa::LOG => {
                let Some(log) = self.host.world.logs.last() else { return };
                if let Some(frame) = tracer.trace.frames.get_mut(recording.index) {
                    frame.logs.push(LogRecord { clk, address: log.address, topics: log.topics.clone(), data: log.data.clone() });
                }
            }
            _ => {}
        }
    }

    fn slot(&self, index: u32) -> U256 {
        self.frame.slots.get(index as usize).copied().unwrap_or_default()
    }

    fn set(&mut self, index: u32, word: U256) {
        if let Some(slot) = self.frame.slots.get_mut(index as usize) {
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
        let Recording { base, region, ref mut recorded, .. } = self.frame.recording;
        if let Some(time) = recorded.get_mut(id as usize)
            && *time != region
        {
            *time = region;
            tracer.trace.pures.push(PureStep { op: op.code, id: base + id, region, operands, result });
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
            isa::REGION | isa::LABEL => self.frame.recording.region = self.clk,
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
                    return Err(self.frame.nowhere(a));
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
                let status = self.frame.end(self.host, op.code, operands, op.gas)?;
                return Ok(Done { result, next: Next::Exit(Exit::Ended(status)) });
            }
            isa::CALL => {
                self.frame.pending.out = op.out;
                let calling = self.frame.call(self.host, z, op.gas)?;
                return Ok(Done { result, next: Next::Exit(Exit::Calling(Box::new(calling))) });
            }
            isa::CREATE => {
                self.frame.pending.out = op.out;
                let creating = self.frame.create(self.host, z, op.gas)?;
                return Ok(Done { result, next: Next::Exit(Exit::Creating(Box::new(creating))) });
            }
            _ => {
                result = self.frame.effect(self.host, op.code, operands, y, z, op.gas)?;
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
