//! Batches: transactions one after the other, each afresh (ISA 8).

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::codes::{Codes, Translate};
use super::driver::{Done, Driver, Running};
use super::frame::Entry;
use super::library::Library;
use super::surroundings::Surroundings;
use super::traced::Tracer;
use super::{RunError, Stop};
use crate::host::message::Kind;
use crate::host::request::{Environment, Request, RequestError, Transaction};
use crate::host::result::{Outcome, TransactionResult, hex};
use crate::host::state::World;
use crate::keccak::keccak256;
use crate::program::CodeKind;
use crate::trace::Trace;

/// Steps of one transaction that are run where the caller sets no limit: some seconds of them.
pub const MAX_STEPS: u64 = 1 << 30;

/// Runs the transactions, without a trace.
///
/// # Errors
/// If the request is wrong or a program does what no translation does.
pub fn execute(request: &Request, library: &Library) -> Result<Outcome, RunError> {
    execute_limited(request, library, MAX_STEPS)
}

/// As [`execute`]; a transaction of more than about `max_steps` steps is `Unsupported` with code `step-limit`.
///
/// # Errors
/// As [`execute`].
pub fn execute_limited(request: &Request, library: &Library, max_steps: u64) -> Result<Outcome, RunError> {
    execute_asking(request, library, max_steps, None)
}

/// As [`execute_limited`]; code without a program is asked for when it is met (ISA 8.12).
///
/// # Errors
/// As [`execute`], and what the asking comes to.
pub fn execute_asking(request: &Request, library: &Library, max_steps: u64, translate: Option<Box<Translate<'_>>>) -> Result<Outcome, RunError> {
    Ok(Batch::new(request, library, max_steps, translate, None).run()?.0)
}

/// Runs the transactions and records them; the trace holds the frames of the transactions in the outcome. A batch of more than `max_steps` steps is
/// `Unsupported` with code `step-limit` in the transaction that reaches them.
///
/// # Errors
/// As [`execute`].
pub fn trace(request: &Request, library: &Library, max_steps: usize) -> Result<(Outcome, Trace), RunError> {
    trace_asking(request, library, max_steps, None)
}

/// As [`trace`]; code without a program is asked for when it is met.
///
/// # Errors
/// As [`execute_asking`].
pub fn trace_asking(request: &Request, library: &Library, max_steps: usize, translate: Option<Box<Translate<'_>>>) -> Result<(Outcome, Trace), RunError> {
    Batch::new(request, library, u64::MAX, translate, Some(Tracer::new(max_steps))).run()
}

/// The time that the transactions take, as [`execute`] runs them: the state is prepared before, and its final form made after.
///
/// # Errors
/// As [`execute`]; so is a batch that does not run to its end.
pub fn time(request: &Request, library: &Library) -> Result<Duration, RunError> {
    let mut batch = Batch::new(request, library, MAX_STEPS, None, None);
    let begun = Instant::now();
    let outcome = batch.transactions()?;
    let elapsed = begun.elapsed();
    if outcome.unsupported.is_some() || outcome.missing_code.is_some() {
        return Err(RequestError { place: "calls".to_owned(), what: "the batch does not run to its end".to_owned() }.into());
    }
    Ok(elapsed)
}

pub(super) struct Batch<'a> {
    request: &'a Request,
    env: Arc<Environment>,
    pub driver: Driver<'a>,
}

impl<'a> Batch<'a> {
    fn new(request: &'a Request, library: &Library, max_steps: u64, translate: Option<Box<Translate<'a>>>, tracer: Option<Tracer>) -> Self {
        let env = Arc::new(request.env.clone());
        let host = Surroundings::new(World::new(request), Arc::clone(&env), max_steps);
        let codes = Codes { library: library.clone(), fork: request.fork, translate };
        Self { request, env, driver: Driver::new(host, codes, tracer) }
    }

    fn run(mut self) -> Result<(Outcome, Trace), RunError> {
        let mut outcome = self.transactions()?;
        outcome.state = self.driver.host.world.into_state();
        Ok((outcome, self.driver.tracer.map(|tracer| tracer.trace).unwrap_or_default()))
    }

    /// Runs the transactions; the outcome has no state yet.
    fn transactions(&mut self) -> Result<Outcome, RunError> {
        let mut outcome = Outcome::default();
        for (index, transaction) in self.request.calls.iter().enumerate() {
            let mark = self.driver.tracer.as_ref().map(Tracer::mark);
            match self.transaction(index, transaction) {
                Ok(result) => {
                    outcome.calls.push(result);
                    if let (Some(tracer), Some(mark)) = (&mut self.driver.tracer, mark) {
                        tracer.owners(mark);
                    }
                    continue;
                }
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Unsupported(found)) => outcome.unsupported = Some(found),
                Err(Stop::Missing(found)) => outcome.missing_code = Some(found),
            }
            self.driver.host.world.abandon();
            if let (Some(tracer), Some(mark)) = (&mut self.driver.tracer, mark) {
                tracer.reset(mark);
            }
            break;
        }
        Ok(outcome)
    }

    fn transaction(&mut self, index: usize, transaction: &Transaction) -> Result<TransactionResult, Stop> {
        let env = transaction.env.as_ref().map_or_else(|| Arc::clone(&self.env), Arc::clone);
        self.driver.transaction = index as u32;
        self.driver.messages = self.request.messages.then(Vec::new);
        if let Some(terms) = &transaction.terms {
            return self.signed(transaction, terms, &env);
        }
        self.driver.host.begin(&env, &transaction.origin);
        self.bare(index, transaction)
    }

    /// A bare message (ISA 8.3).
    fn bare(&mut self, index: usize, transaction: &Transaction) -> Result<TransactionResult, Stop> {
        let Transaction { caller, to, value, data, gas, .. } = transaction;
        let refused = |member: &str, what: String| -> Stop { RunError::from(RequestError { place: format!("calls[{index}].{member}"), what }).into() };
        let coinbase = self.driver.host.env.coinbase;
        let world = &mut self.driver.host.world;
        let (caller, to) = (world.open(caller), world.open(to));
        let creates = transaction.create.is_some();
        if creates {
            let precompile = world.rules.is_precompile(&transaction.to).then_some("it is a precompile");
            if let Some(why) = precompile.or_else(|| world.occupied(to)) {
                return Err(refused("to", format!("a create at {}: {why}", hex(&transaction.to))));
            }
            if world.get(caller).nonce == u64::MAX {
                return Err(refused("caller", "a create, and the caller's nonce is 2^64 - 1".to_owned()));
            }
        }
        world.warm(caller);
        world.warm(to);
        if world.rules.warm_coinbase {
            let coinbase = world.open(&coinbase);
            world.warm(coinbase);
        }
        let running = self.creation(transaction)?;
        let world = &mut self.driver.host.world;
        let payable = world.get(caller).balance >= *value;
        if !payable || (caller != to && world.get(to).balance.checked_add(*value).is_none()) {
            return Err(refused("value", "the value cannot be paid, or overflows the receiver's balance".to_owned()));
        }
        if creates {
            let nonce = world.get(caller).nonce;
            world.set_nonce(caller, nonce + 1);
        }
        let entry = Entry {
            depth: 0,
            kind: if creates { Kind::Create } else { Kind::Call },
            from: transaction.caller,
            caller: transaction.caller,
            own: to,
            target: to,
            value: *value,
            is_static: false,
            gas: *gas,
            deposits: false,
        };
        let done = if creates { self.driver.run_bare_create(entry, running)? } else { self.driver.run_call(entry, data)? };
        Ok(self.result(done))
    }

    /// What a bare create runs; nothing for a call, and for no code.
    fn creation(&mut self, transaction: &Transaction) -> Result<Option<Running>, Stop> {
        let Some(code) = &transaction.create else { return Ok(None) };
        let init: Arc<[u8]> = if transaction.data.is_empty() { Arc::clone(code) } else { [code, transaction.data.as_slice()].concat().into() };
        if init.is_empty() {
            return Ok(None);
        }
        let loaded = match code.is_empty() {
            false => self.driver.codes.exact(code, keccak256(code), CodeKind::Creation)?,
            true => self.driver.codes.creation(&init)?,
        };
        Ok(Some(Running { code: init, loaded }))
    }

    /// Ends the transaction with what its message came to.
    pub(super) fn result(&mut self, done: Done) -> TransactionResult {
        let host = &mut self.driver.host;
        // of a message that failed nothing is left here but what authorizations refund
        let refund = u64::try_from(host.world.refund).unwrap_or(0);
        let logs = std::mem::take(&mut host.world.logs);
        TransactionResult {
            status: done.status,
            refused: None,
            output: done.output,
            gas_left: done.gas_left,
            refund,
            logs,
            destroyed: host.world.end(),
            steps: host.steps,
            messages: self.driver.messages.take(),
        }
    }
}
