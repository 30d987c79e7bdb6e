//! The driver: a stack of frames, one running, the others suspended; no recursion (ISA 9.9).

use std::collections::HashMap;
use std::sync::Arc;

use ruint::aliases::U256;

use super::address::{create_address, create2_address};
use super::calls::{Calling, Creating};
use super::codes::Codes;
use super::fast::run_fast;
use super::frame::{Entry, Frame, Pending, Recording};
use super::library::Loaded;
use super::precompile::precompile;
use super::surroundings::Surroundings;
use super::traced::{Tracer, run_traced};
use super::{Exit, RunError, Stop, Struck, Trap};
use crate::host::address_word;
use crate::host::journal::Checkpoint;
use crate::host::message::{Ending, Kind, Message};
use crate::host::state::{Handle, Immovable};
use crate::program::CodeKind;
use crate::rules::{CALL_DEPTH, CODE_BYTE_GAS, RuleSet};
use crate::trace::{End, Status};

/// What a message came to.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub status: Status,
    pub gas_left: u64,
    pub output: Vec<u8>,
    /// The account created, if it was a create that succeeded.
    pub created: Option<Handle>,
}

/// Runs messages and what they call.
#[expect(clippy::vec_box, reason = "a frame is more than a kilobyte and goes from list to list")]
pub(super) struct Driver<'a> {
    pub host: Surroundings,
    pub codes: Codes<'a>,
    pub tracer: Option<Tracer>,
    /// Of the transaction, where the request asks for them.
    pub messages: Option<Vec<Message>>,
    /// Index of the transaction.
    pub transaction: u32,
    frames: Vec<Box<Frame>>,
    /// Frames that have ended, kept for their buffers.
    idle: Vec<Box<Frame>>,
    /// Slots by program, kept between its frames; a program that runs within itself has several.
    slots: HashMap<*const Loaded, Vec<Vec<U256>>>,
    /// Indices into the trace's programs.
    placed: HashMap<*const Loaded, u32>,
}

/// Code that a message runs, and its program.
pub(super) struct Running {
    pub code: Arc<[u8]>,
    pub loaded: Arc<Loaded>,
}

impl<'a> Driver<'a> {
    pub fn new(host: Surroundings, codes: Codes<'a>, tracer: Option<Tracer>) -> Self {
        let (frames, idle) = (Vec::new(), Vec::new());
        Self { host, codes, tracer, messages: None, transaction: 0, frames, idle, slots: HashMap::new(), placed: HashMap::new() }
    }

    /// Runs a transaction's call.
    pub fn run_call(&mut self, entry: Entry, data: &[u8]) -> Result<Done, Stop> {
        let world = &mut self.host.world;
        if let Some(delegate) = world.delegate(entry.target) {
            world.warm(delegate);
        }
        let (before, target) = (world.checkpoint(), entry.target);
        let running = self.program(target)?;
        let done = self.enter(entry, data.to_vec(), running, before)?;
        self.finish(done)
    }

    /// Runs a transaction's create, as CREATE would.
    pub fn run_create(&mut self, entry: Entry, init: Arc<[u8]>) -> Result<Done, Stop> {
        let done = self.create_at(entry, init)?;
        self.finish(done)
    }

    /// Runs a bare create, whose program is known.
    pub fn run_bare_create(&mut self, entry: Entry, running: Option<Running>) -> Result<Done, Stop> {
        let before = self.host.world.checkpoint();
        let done = self.enter(entry, Vec::new(), running, before)?;
        self.finish(done)
    }

    /// Runs the frames to the end of the first.
    fn finish(&mut self, mut done: Option<Done>) -> Result<Done, Stop> {
        loop {
            if let Some(found) = done.take() {
                if self.frames.is_empty() {
                    return Ok(found);
                }
                self.resume(found);
            }
            let Some(frame) = self.frames.last_mut() else {
                return Err(self.fault(0));
            };
            let exit = match self.tracer.as_mut() {
                None => run_fast(frame, &mut self.host).map(|exit| (exit, End::Instruction)),
                Some(tracer) => run_traced(frame, &mut self.host, tracer),
            };
            let (exit, end) = exit.map_err(|struck| self.stop(struck))?;
            done = match exit {
                Exit::Ended(status) => Some(self.leave(status, end)?),
                Exit::Calling(calling) => self.call(*calling)?,
                Exit::Creating(creating) => self.create(&creating)?,
                Exit::Arguments => {
                    self.restart()?;
                    None
                }
            };
        }
    }

    /// The program of an account's code, followed through one delegation; none for a precompile and where nothing runs (ISA 8.5).
    fn program(&mut self, target: Handle) -> Result<Option<Running>, Stop> {
        let world = &mut self.host.world;
        if world.rules.is_precompile(&world.get(target).address) {
            return Ok(None);
        }
        let account = match world.delegate(target) {
            Some(delegate) if world.rules.is_precompile(&world.get(delegate).address) => return Ok(None),
            Some(delegate) => delegate,
            None => target,
        };
        let found = world.get(account);
        if found.code.is_empty() {
            return Ok(None);
        }
        let (code, hash) = (Arc::clone(&found.code), found.code_hash);
        if let Some(loaded) = &found.program {
            return Ok(Some(Running { code, loaded: Arc::clone(loaded) }));
        }
        let loaded = self.codes.exact(&code, hash, CodeKind::Runtime)?;
        self.host.world.keep_program(account, Arc::clone(&loaded));
        Ok(Some(Running { code, loaded }))
    }

    /// Enters a message: its frame, or what it came to where no code runs. Value has not moved before.
    fn enter(&mut self, entry: Entry, data: Vec<u8>, running: Option<Running>, before: Checkpoint) -> Result<Option<Done>, Stop> {
        let message = self.record(&entry, running.as_ref().filter(|_| entry.kind.creates()).map_or(&data, |running| &running.code));
        let (world, own) = (&mut self.host.world, entry.own);
        if entry.kind.creates() {
            world.create(own);
            let nonce = world.rules.created_nonce();
            world.set_nonce(own, nonce);
        }
        let pays = entry.kind.creates() || matches!(entry.kind, Kind::Call | Kind::StaticCall);
        if pays {
            let payer = world.open(&entry.caller);
            world.transfer(payer, own, entry.value).map_err(|why| self.immovable(why))?;
        }
        let world = &self.host.world;
        let address = world.get(entry.target).address;
        let runs_precompile = !entry.kind.creates() && world.rules.is_precompile(&address);
        if let Some(Running { code, loaded }) = running.filter(|_| !runs_precompile) {
            let mut frame = self.idle.pop().unwrap_or_else(|| Box::new(Frame::new(entry.clone(), Arc::clone(&loaded))));
            (frame.entry, frame.loaded, frame.code, frame.data) = (entry, loaded, code, data);
            (frame.before, frame.message) = (before, message);
            self.begin(frame)?;
            return Ok(None);
        }
        let recorded = self.open_record(&entry, None)?;
        let mut done = Done { status: Status::Success, gas_left: entry.gas, output: Vec::new(), created: None };
        if runs_precompile {
            let answer = precompile(self.host.world.rules.index, &address, &data, entry.gas).map_err(RunError::Precompile)?;
            done.status = if answer.success { Status::Success } else { Status::Halt };
            (done.gas_left, done.output) = (entry.gas.saturating_sub(answer.gas_used), answer.output);
        }
        if entry.kind.creates() {
            done.created = Some(own);
        }
        if done.status != Status::Success {
            self.host.world.revert(before);
        }
        self.close_record(recorded, &done, End::Instruction);
        self.finish_message(message, &done);
        Ok(Some(done))
    }

    /// Starts a frame whose entry, code and data stand.
    fn begin(&mut self, mut frame: Box<Frame>) -> Result<(), Stop> {
        let world = &self.host.world;
        let own = world.get(frame.entry.own);
        (frame.address, frame.begun) = (own.address, world.checkpoint());
        frame.values = self.host.values;
        let [address, caller, _, value, size, code, ..] = &mut frame.values;
        (*address, *caller, *value) = (address_word(&own.address), address_word(&frame.entry.caller), frame.entry.value);
        (*size, *code) = (U256::from(frame.data.len()), U256::from(frame.code.len()));
        frame.values[17] = own.balance;
        let kept = self.slots.entry(Arc::as_ptr(&frame.loaded)).or_default().pop();
        frame.slots = kept.unwrap_or_else(|| frame.loaded.fast.slots.initial(&frame.loaded.program));
        frame.start();
        frame.recording = Recording::default();
        if self.tracer.is_some() {
            let program = self.place(&frame.loaded)?;
            let index = self.open_record(&frame.entry, Some(program))?;
            if let Some(tracer) = &self.tracer {
                frame.recording = tracer.begin(index, program, &frame.loaded);
            }
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Ends the running frame.
    fn leave(&mut self, status: Status, end: End) -> Result<Done, Stop> {
        let Some(mut frame) = self.frames.pop() else {
            return Err(self.fault(0));
        };
        let mut done = Done { status, gas_left: u64::try_from(frame.left).unwrap_or(0), output: std::mem::take(&mut frame.output), created: None };
        if frame.entry.kind.creates() && status == Status::Success {
            self.deposit(&frame.entry, &mut done);
        }
        if done.status == Status::Halt {
            done.gas_left = 0;
            done.output.clear();
        }
        if done.status != Status::Success {
            self.host.world.revert(frame.before);
        }
        if let Some(tracer) = &mut self.tracer {
            let parent = self.frames.last_mut().map(|parent| &mut parent.recording);
            tracer.end(&frame.recording, parent, done.status);
        }
        self.close_record(frame.recording.index, &done, end);
        self.finish_message(frame.message, &done);
        self.rest(frame);
        Ok(done)
    }

    /// The output of init code becomes the account's code, if it may and is paid for (ISA 9.5).
    fn deposit(&mut self, entry: &Entry, done: &mut Done) {
        let rules = self.host.world.rules;
        let price = CODE_BYTE_GAS.unsigned_abs().saturating_mul(done.output.len() as u64);
        done.created = Some(entry.own);
        if entry.deposits {
            let refused = rules.reject_ef_code && done.output.first() == Some(&0xef);
            let unpaid = price > done.gas_left;
            if refused || RuleSet::exceeds(done.output.len(), rules.code_limit_bytes) || (unpaid && rules.deposit_must_be_paid) {
                (done.status, done.created) = (Status::Halt, None);
                return;
            }
            if unpaid {
                done.output.clear();
            } else {
                done.gas_left -= price;
            }
        }
        self.host.world.set_code(entry.own, done.output.as_slice().into());
    }

    /// Gives the caller what its callee came to.
    fn resume(&mut self, done: Done) {
        let Some(frame) = self.frames.last_mut() else { return };
        let creates = frame.pending.creates;
        let success = done.status == Status::Success;
        let result = match done.created {
            _ if !success => U256::ZERO,
            Some(created) if creates => address_word(&self.host.world.get(created).address),
            _ => U256::ONE,
        };
        let returned = if creates && done.status != Status::Revert { Vec::new() } else { done.output };
        let balance = self.host.world.get(frame.entry.own).balance;
        frame.resume(done.gas_left, result, returned, balance);
        if let Some(tracer) = &mut self.tracer {
            tracer.resume(frame.pending.step, result);
        }
    }

    /// Takes a CALL to its callee (ISA 9.4).
    fn call(&mut self, calling: Calling) -> Result<Option<Done>, Stop> {
        let Calling { entry, input } = calling;
        let Some(frame) = self.frames.last_mut() else {
            return Err(self.fault(0));
        };
        frame.pending.creates = false;
        let data = frame.memory.get(input).unwrap_or_default().to_vec();
        let poor = entry.kind.has_value() && self.host.world.get(frame.entry.own).balance < entry.value;
        if i64::from(entry.depth) > CALL_DEPTH || poor {
            let message = self.record(&entry, &data);
            return Ok(Some(self.refuse(message, entry.gas)));
        }
        let before = self.host.world.checkpoint();
        let running = self.program(entry.target)?;
        self.enter(entry, data, running, before)
    }

    /// Takes a CREATE to its init code (ISA 9.5).
    fn create(&mut self, creating: &Creating) -> Result<Option<Done>, Stop> {
        let Some(frame) = self.frames.last_mut() else {
            return Err(self.fault(0));
        };
        frame.pending.creates = true;
        let world = &mut self.host.world;
        let init: Arc<[u8]> = frame.memory.get(creating.init.clone()).unwrap_or_default().into();
        let (from, own) = (frame.address, frame.entry.own);
        let nonce = world.get(own).nonce;
        let address = match creating.kind {
            Kind::Create2 => create2_address(&from, creating.salt, &init),
            _ => create_address(&from, nonce),
        };
        let target = world.open(&address);
        let entry = Entry {
            depth: frame.entry.depth + 1,
            kind: creating.kind,
            from,
            caller: from,
            own: target,
            target,
            value: creating.value,
            is_static: false,
            gas: creating.gas,
            deposits: true,
        };
        if world.get(own).balance < creating.value || i64::from(entry.depth) > CALL_DEPTH || nonce == u64::MAX {
            let message = self.record(&entry, &init);
            return Ok(Some(self.refuse(message, entry.gas)));
        }
        world.set_nonce(own, nonce + 1);
        world.warm(target);
        self.create_at(entry, init)
    }

    /// Runs init code at an address, unless something is there: then the gas is lost.
    fn create_at(&mut self, entry: Entry, init: Arc<[u8]>) -> Result<Option<Done>, Stop> {
        let before = self.host.world.checkpoint();
        if self.host.world.occupied(entry.target).is_some() {
            let message = self.record(&entry, &init);
            let done = Done { status: Status::Halt, gas_left: 0, output: Vec::new(), created: None };
            self.finish_message(message, &done);
            return Ok(Some(done));
        }
        let running = if init.is_empty() { None } else { Some(Running { loaded: self.codes.creation(&init)?, code: init }) };
        self.enter(entry, Vec::new(), running, before)
    }

    /// No frame is entered: all that the callee would get comes back.
    fn refuse(&mut self, message: usize, gas: u64) -> Done {
        if let Some(found) = self.messages.as_mut().and_then(|messages| messages.get_mut(message)) {
            found.ending = Ending::Refused;
        }
        Done { status: Status::Revert, gas_left: gas, output: Vec::new(), created: None }
    }

    /// Begins the running message anew with the whole init code as its program (ISA 9.6).
    fn restart(&mut self) -> Result<(), Stop> {
        let Some(mut frame) = self.frames.pop() else {
            return Err(self.fault(0));
        };
        self.host.world.revert(frame.begun);
        if let Some(messages) = &mut self.messages {
            messages.truncate(frame.message + 1);
        }
        if let Some(tracer) = &mut self.tracer {
            tracer.forget(&frame.recording);
        }
        let hash = crate::keccak::keccak256(&frame.code);
        let found = self.codes.exact(&frame.code, hash, CodeKind::Creation);
        let slots = std::mem::take(&mut frame.slots);
        self.slots.entry(Arc::as_ptr(&frame.loaded)).or_default().push(slots);
        match found {
            Ok(loaded) => {
                frame.loaded = loaded;
                self.begin(frame)
            }
            Err(stop) => {
                self.frames.push(frame);
                Err(stop)
            }
        }
    }

    /// Keeps a frame's buffers.
    fn rest(&mut self, mut frame: Box<Frame>) {
        let slots = std::mem::take(&mut frame.slots);
        if !slots.is_empty() {
            self.slots.entry(Arc::as_ptr(&frame.loaded)).or_default().push(slots);
        }
        frame.pending = Pending::default();
        self.idle.push(frame);
    }

    /// Index of the program in the trace's table, where it takes its place when it is first run (ISA 1.5).
    fn place(&mut self, loaded: &Arc<Loaded>) -> Result<u32, RunError> {
        let Some(tracer) = self.tracer.as_mut() else {
            return Ok(0);
        };
        if let Some(index) = self.placed.get(&Arc::as_ptr(loaded)) {
            return Ok(*index);
        }
        let index = tracer.place(&loaded.program)?;
        self.placed.insert(Arc::as_ptr(loaded), index);
        Ok(index)
    }

    /// Lists a message; its index, where messages are listed.
    fn record(&mut self, entry: &Entry, input: &[u8]) -> usize {
        let world = &self.host.world;
        let Some(messages) = &mut self.messages else { return 0 };
        messages.push(Message {
            depth: entry.depth,
            kind: entry.kind,
            from: entry.from,
            to: world.get(entry.target).address,
            value: entry.value,
            gas: entry.gas,
            input: input.to_vec(),
            output: Vec::new(),
            ending: Ending::Frame(Status::Halt),
        });
        messages.len() - 1
    }

    fn finish_message(&mut self, message: usize, done: &Done) {
        if let Some(found) = self.messages.as_mut().and_then(|messages| messages.get_mut(message)) {
            (found.ending, found.output) = (Ending::Frame(done.status), done.output.clone());
        }
    }

    fn open_record(&mut self, entry: &Entry, program: Option<u32>) -> Result<usize, Stop> {
        let (world, transaction) = (&self.host.world, self.transaction);
        let address = world.get(entry.own).address;
        let target = world.get(entry.target).address;
        let parent = self.frames.last().map(|frame| (frame.recording.entry, frame.pending.step));
        let Some(tracer) = self.tracer.as_mut() else { return Ok(0) };
        Ok(tracer.open(entry, [address, target], parent, program, transaction))
    }

    fn close_record(&mut self, index: usize, done: &Done, end: End) {
        if let Some(tracer) = self.tracer.as_mut() {
            tracer.close(index, done.status, done.gas_left, &done.output, end);
        }
    }

    fn immovable(&self, why: Immovable) -> Stop {
        match why {
            Immovable::Overflow => self.stop(Struck { trap: super::BALANCE_LIMIT, id: 0 }),
            Immovable::Unpaid => self.fault(0),
        }
    }

    fn fault(&self, id: u32) -> Stop {
        self.stop(Struck { trap: Trap::Fault(super::Fault::Misplaced), id })
    }

    /// What a trap means to the run.
    fn stop(&self, struck: Struck) -> Stop {
        Stop::of(struck, self.transaction as usize)
    }
}
