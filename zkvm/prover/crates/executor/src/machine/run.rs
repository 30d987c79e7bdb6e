//! Runs of a batch of calls (ISA 8).

use std::collections::HashMap;
use std::sync::Arc;

use ruint::aliases::U256;

use super::fast::{SlotBuffer, run_fast};
use super::frame::{Entry, Frame};
use super::library::{Library, Loaded};
use super::traced::{Tracer, run_traced};
use super::{ARGUMENTS, Ended, RunError, Struck, Trap};
use crate::host::request::{Call, Request, RequestError};
use crate::host::result::{CallResult, Log, MissingCode, Outcome, Unsupported, hex};
use crate::host::state::World;
use crate::host::{Address, address_word};
use crate::isa;
use crate::keccak::keccak256;
use crate::program::CodeKind;
use crate::trace::{End, LogRecord, Placed, Status, Trace};

/// Code of an account that delegates to another begins so (EIP-7702).
const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];

/// Steps of one call that are run where the caller sets no limit: some seconds of them.
pub const MAX_STEPS: u64 = 1 << 30;

/// Runs the calls, without a trace.
///
/// # Errors
/// If the request is wrong or a program does what no translation does.
pub fn execute(request: &Request, library: &Library) -> Result<Outcome, RunError> {
    execute_limited(request, library, MAX_STEPS)
}

/// As [`execute`]; a call of more than about `max_steps` steps is `Unsupported` with code `step-limit`.
///
/// # Errors
/// As [`execute`].
pub fn execute_limited(request: &Request, library: &Library, max_steps: u64) -> Result<Outcome, RunError> {
    let mut batch = Batch::new(request, library, None);
    batch.max_steps = max_steps;
    Ok(batch.run()?.0)
}

/// Runs the calls and records them; the trace holds the frames of the calls in the outcome. A batch of more than `max_steps` steps is
/// `Unsupported` with code `step-limit` in the call that reaches them.
///
/// # Errors
/// As [`execute`].
pub fn trace(request: &Request, library: &Library, max_steps: usize) -> Result<(Outcome, Trace), RunError> {
    Batch::new(request, library, Some(Tracer::new(max_steps))).run()
}

/// Why a batch goes no further.
enum Stop {
    Error(RunError),
    Unsupported(Unsupported),
    Missing(MissingCode),
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::Error(error)
    }
}

struct Batch<'a> {
    request: &'a Request,
    library: &'a Library,
    world: World,
    tracer: Option<Tracer>,
    /// Indices into the trace's programs.
    placed: HashMap<*const Loaded, u32>,
    /// Slots by program, kept between frames.
    buffers: HashMap<*const Loaded, SlotBuffer>,
    memory: Vec<u8>,
    /// Of one call, where there is no trace.
    max_steps: u64,
}

/// A frame's end and what it leaves.
struct Finished {
    ended: Ended,
    gas_left: u64,
    refund: u64,
    output: Vec<u8>,
    logs: Vec<Log>,
    destroyed: Vec<Address>,
}

impl<'a> Batch<'a> {
    fn new(request: &'a Request, library: &'a Library, tracer: Option<Tracer>) -> Self {
        let world = World::new(request);
        Self { request, library, world, tracer, placed: HashMap::new(), buffers: HashMap::new(), memory: Vec::new(), max_steps: u64::MAX }
    }

    fn run(mut self) -> Result<(Outcome, Trace), RunError> {
        let mut outcome = Outcome::default();
        for (index, call) in self.request.calls.iter().enumerate() {
            match self.call(index, call) {
                Ok(result) => outcome.calls.push(result),
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Unsupported(found)) => outcome.unsupported = Some(found),
                Err(Stop::Missing(found)) => outcome.missing_code = Some(found),
            }
            if outcome.unsupported.is_some() || outcome.missing_code.is_some() {
                break;
            }
        }
        outcome.state = self.world.into_state();
        Ok((outcome, self.tracer.map(|tracer| tracer.trace).unwrap_or_default()))
    }

    fn call(&mut self, index: usize, call: &Call) -> Result<CallResult, Stop> {
        if let Some(why) = call.create.as_ref().and_then(|_| self.world.occupied(&call.to)) {
            return Err(RunError::from(RequestError { place: format!("calls[{index}].to"), what: format!("a create at {}: {why}", hex(&call.to)) }).into());
        }
        let code = call.create.clone().unwrap_or_else(|| self.world.code(&call.to));
        let loaded = self.program(index, call, &code)?;
        let before = self.world.existence(&call.to);
        if !self.world.transfer(call.caller, call.to, call.value) {
            let what = "the value cannot be paid, or overflows the receiver's balance".to_owned();
            return Err(RunError::from(RequestError { place: format!("calls[{index}].value"), what }).into());
        }
        let nonce = self.world.account(call.to).nonce;
        if call.create.is_some() && self.world.rules.create_sets_nonce() {
            self.world.account(call.to).nonce = 1;
        }
        let coinbase = self.world.rules.warm_coinbase().then_some(self.request.env.coinbase);
        self.world.start_call([call.caller, call.to].into_iter().chain(coinbase));
        let entry = self.enter(index, call, &code);
        let finished = match loaded {
            Some(loaded) => self.frame(entry, &loaded),
            None => Ok(self.empty_frame(&entry)),
        };
        let failed = !matches!(&finished, Ok(done) if done.ended.status == Status::Success);
        if failed {
            self.world.transfer(call.to, call.caller, call.value);
            self.world.account(call.to).nonce = nonce;
            match before {
                Some(exists) => self.world.account(call.to).exists = exists,
                None => drop(self.world.accounts.remove(&call.to)),
            }
        }
        let mut finished = finished?;
        if !failed {
            self.commit(call, &finished);
        }
        finished.destroyed.dedup();
        Ok(CallResult {
            status: finished.ended.status,
            output: finished.output,
            gas_left: finished.gas_left,
            refund: finished.refund,
            logs: finished.logs,
            destroyed: finished.destroyed,
            steps: finished.ended.steps,
        })
    }

    /// The program of the code that a call runs; none for no code.
    fn program(&self, index: usize, call: &Call, code: &Arc<[u8]>) -> Result<Option<Arc<Loaded>>, Stop> {
        let unsupported = |code| Stop::Unsupported(Unsupported { code, what: hex(&call.to), call: index, id: 0 });
        let kind = if call.create.is_some() { CodeKind::Creation } else { CodeKind::Runtime };
        if kind == CodeKind::Runtime && self.world.rules.is_precompile(&call.to) {
            return Err(unsupported("precompile"));
        }
        if kind == CodeKind::Runtime && self.world.rules.delegates() && code.len() == 23 && code.starts_with(&DELEGATION) {
            return Err(unsupported("delegation"));
        }
        if code.is_empty() && kind == CodeKind::Creation && !call.data.is_empty() {
            return Err(stop(Struck { trap: ARGUMENTS, id: 0 }, index as u32));
        }
        if code.is_empty() {
            return Ok(None);
        }
        let hash = match (kind, self.world.accounts.get(&call.to)) {
            (CodeKind::Runtime, Some(account)) => account.code_hash,
            _ => keccak256(code),
        };
        match self.library.get(hash, kind, self.request.fork) {
            Some(loaded) => Ok(Some(Arc::clone(loaded))),
            None => Err(Stop::Missing(MissingCode { code: Arc::clone(code), kind })),
        }
    }

    fn enter(&self, index: usize, call: &'a Call, code: &Arc<[u8]>) -> Entry<'a> {
        let creates = call.create.is_some();
        let (code, data): (Arc<[u8]>, &[u8]) = match &call.create {
            Some(code) => ([code, call.data.as_slice()].concat().into(), &[]),
            None => (Arc::clone(code), &call.data),
        };
        let env = &self.request.env;
        let values = [
            address_word(&call.to),
            address_word(&call.caller),
            address_word(&call.origin),
            call.value,
            U256::from(data.len()),
            U256::from(code.len()),
            env.gas_price,
            U256::ZERO,
            address_word(&env.coinbase),
            env.timestamp,
            env.number,
            env.prevrandao,
            env.difficulty,
            env.gas_limit,
            env.chain_id,
            env.base_fee,
            env.blob_base_fee,
            self.world.balance(&call.to),
        ];
        const { assert!(isa::ENV_KINDS.len() == 18) };
        Entry { call: index as u32, address: call.to, creates, code, data, gas: call.gas, values }
    }

    /// Runs a frame and takes its slots back, undone if it failed.
    fn frame(&mut self, entry: Entry<'_>, loaded: &Arc<Loaded>) -> Result<Finished, Stop> {
        let Entry { address, call, gas: gas_given, .. } = entry;
        let program = self.place(loaded)?;
        self.memory.clear();
        let memory = std::mem::take(&mut self.memory);
        let mut frame = Frame::new(entry, &self.request.env, &mut self.world, memory);
        let (begun, first, first_pure) = self.tracer.as_ref().map_or((0, 0, 0), Tracer::position);
        let ended = match self.tracer.as_mut() {
            None => {
                let buffer = self.buffers.entry(Arc::as_ptr(loaded)).or_insert_with(|| SlotBuffer::new(loaded));
                run_fast(&mut frame, loaded, buffer, self.max_steps).map(|ended| (ended, End::Instruction))
            }
            Some(tracer) => {
                let base = tracer.trace.programs.get(program as usize).map_or(0, |placed| placed.base);
                run_traced(&mut frame, loaded, base, tracer)
            }
        };
        let failed = !matches!(&ended, Ok((ended, _)) if ended.status == Status::Success);
        let undone = frame.undo.len() + frame.transient_stores;
        if failed {
            frame.undo_stores();
        }
        let left = u64::try_from(frame.left).unwrap_or(0);
        let Frame { storage, memory, logs, mut output, refund, destroyed, .. } = frame;
        self.memory = memory;
        self.world.account(address).storage = storage;
        if let (Err(_), Some(tracer)) = (&ended, self.tracer.as_mut()) {
            tracer.trace.steps.truncate(first);
            tracer.trace.pures.truncate(first_pure);
        }
        let (ended, end) = ended.map_err(|struck| stop(struck, call))?;
        let gas_left = if ended.status == Status::Halt { 0 } else { left };
        if let Some(tracer) = self.tracer.as_mut() {
            tracer.clk += if failed { 4 * undone as u32 } else { 0 };
            let log = |log: &Log| LogRecord { clk: 0, address: log.address, topics: log.topics.clone(), data: log.data.clone() };
            let mut records: Vec<LogRecord> = logs.iter().map(log).collect();
            let clocks = tracer.trace.steps[first..].iter().filter(|step| step.op == isa::LOG).map(|step| step.clk);
            records.iter_mut().zip(clocks).for_each(|(record, clk)| record.clk = clk);
            tracer.trace.frames.push(crate::trace::Frame {
                entry: begun,
                exit: tracer.clk,
                call,
                program: Some(program),
                address,
                gas_given,
                gas_left,
                status: ended.status,
                end,
                steps: first..tracer.trace.steps.len(),
                logs: records,
                output: output.clone(),
            });
        }
        let success = ended.status == Status::Success;
        if ended.status == Status::Halt {
            output.clear();
        }
        let logs = if success { logs } else { Vec::new() };
        let refund = if success { u64::try_from(refund).unwrap_or(0) } else { 0 };
        let destroyed = if success { destroyed } else { Vec::new() };
        Ok(Finished { ended, gas_left, refund, output, logs, destroyed })
    }

    /// A call to an account without code, or a create with empty code: success with all its gas.
    fn empty_frame(&mut self, entry: &Entry<'_>) -> Finished {
        if let Some(tracer) = self.tracer.as_mut() {
            let begun = tracer.clk;
            let steps = tracer.trace.steps.len();
            tracer.trace.frames.push(crate::trace::Frame {
                entry: begun,
                exit: begun,
                call: entry.call,
                program: None,
                address: entry.address,
                gas_given: entry.gas,
                gas_left: entry.gas,
                status: Status::Success,
                end: End::Instruction,
                steps: steps..steps,
                logs: Vec::new(),
                output: Vec::new(),
            });
        }
        let ended = Ended { status: Status::Success, steps: 0 };
        Finished { ended, gas_left: entry.gas, refund: 0, output: Vec::new(), logs: Vec::new(), destroyed: Vec::new() }
    }

    /// Index of the program in the trace's table, where it takes its place when it is first run (ISA 1.5).
    fn place(&mut self, loaded: &Arc<Loaded>) -> Result<u32, RunError> {
        let Some(tracer) = self.tracer.as_mut() else {
            return Ok(0);
        };
        if let Some(index) = self.placed.get(&Arc::as_ptr(loaded)) {
            return Ok(*index);
        }
        let programs = tracer.trace.programs.iter().map(|placed| Arc::clone(&placed.program));
        tracer.trace.programs = Placed::place(programs.chain([Arc::clone(&loaded.program)]))?;
        let index = self.placed.len() as u32;
        self.placed.insert(Arc::as_ptr(loaded), index);
        Ok(index)
    }

    /// Code of a create, accounts that SELFDESTRUCT removes.
    fn commit(&mut self, call: &Call, finished: &Finished) {
        if call.create.is_some() {
            self.world.account(call.to).set_code(finished.output.clone().into());
        }
        for address in &finished.destroyed {
            self.world.delete(*address);
        }
    }
}

/// What a trap means to the batch.
fn stop(struck: Struck, call: u32) -> Stop {
    let call = call as usize;
    match struck {
        Struck { trap: Trap::Unsupported { code, what }, id } => Stop::Unsupported(Unsupported { code, what: what.to_owned(), call, id }),
        Struck { trap: Trap::Fault(fault), id } => Stop::Error(RunError::Fault { call, id, fault }),
        Struck { id, .. } => Stop::Error(RunError::Fault { call, id, fault: super::Fault::Misplaced }),
    }
}
