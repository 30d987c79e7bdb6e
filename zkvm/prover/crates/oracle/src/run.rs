//! Requests run from end to end.

use std::time::{Duration, Instant};

use revm::bytecode::Bytecode;
use revm::context::TxEnv;
use revm::context_interface::block::BlobExcessGasAndPrice;
use revm::handler::MainnetContext;
use revm::primitives::{B256, Bytes, TxKind, hardfork::SpecId, keccak256};
use revm::{Context, MainBuilder};

use crate::error::OracleError;
use crate::follow::{Machine, Recorder};
use crate::frame::{self, Bare};
use crate::guide::Guide;
use crate::messages::Messages;
use crate::request::{self, Environment, Request, spec};
use crate::result::{CallResult, document};
use crate::trace::{Steps, Trace};
use crate::transaction;
use crate::world::World;

/// Blobs of a transaction (EIP-4844, 7691, 7594).
const fn blobs_max(spec: SpecId) -> u64 {
    match spec {
        SpecId::PRAGUE => 9,
        _ => 6,
    }
}

/// What an entry of a batch runs as.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    Bare(Bare),
    Transaction(Box<TxEnv>),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    env: Environment,
    /// Hash of the creation code without arguments.
    name: Option<B256>,
    work: Work,
}

pub(crate) struct Prepared {
    pub(crate) machine: Machine,
    pub(crate) entries: Vec<Entry>,
    trace: bool,
    guide: bool,
    messages: bool,
    net_metering: bool,
}

/// Runs a request; the result is JSON. With `"trace": true` it has a member `trace`, with `"guide": true` besides what its calls decided by.
///
/// # Errors
/// If the request is malformed or revm cannot run it.
pub fn run(request_json: &str) -> Result<String, OracleError> {
    let Prepared { mut machine, entries, trace, guide, messages, net_metering } = prepare(request_json)?;
    let mut recorder = Recorder { trace: (trace || net_metering).then(Trace::default), ..Recorder::default() };
    let mut results: Vec<CallResult> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        if let Some(trace) = &mut recorder.trace {
            trace.calls.push(Steps { guide: guide.then(Guide::default), ..Steps::default() });
        }
        recorder.messages = messages.then(Messages::default);
        let mut result = enter(&mut machine, index, entry, &mut recorder)?;
        result.messages = recorder.messages.take().map(|messages| messages.list);
        results.push(result);
        if net_metering && recorder.trace.as_ref().is_some_and(|trace| trace.stored) {
            return Err(OracleError::NotCovered("SSTORE under Constantinople (EIP-1283)"));
        }
    }
    let mut document = document(&results, &machine.ctx.journaled_state.database);
    if let Some(trace) = recorder.trace.filter(|_| trace) {
        document["trace"] = trace.json();
    }
    Ok(document.to_string())
}

/// The smallest time of `runs` runs of a request's transactions; parsing and the state's preparation stay outside.
///
/// # Errors
/// If the request is malformed or revm cannot run it.
pub fn bench(request_json: &str, runs: usize) -> Result<Duration, OracleError> {
    let mut best = Duration::MAX;
    for _ in 0..runs.max(1) {
        let Prepared { mut machine, entries, .. } = prepare(request_json)?;
        let begun = Instant::now();
        for (index, entry) in entries.into_iter().enumerate() {
            std::hint::black_box(enter(&mut machine, index, entry, &mut Recorder::default())?);
        }
        best = best.min(begun.elapsed());
    }
    Ok(best)
}

fn enter(machine: &mut Machine, index: usize, entry: Entry, recorder: &mut Recorder) -> Result<CallResult, OracleError> {
    configure(machine, &entry.env).map_err(OracleError::Request)?;
    (recorder.name, recorder.init_code) = (entry.name, None);
    match entry.work {
        Work::Bare(call) => {
            machine.ctx.tx = surroundings(&entry.env, &call).map_err(OracleError::Request)?;
            frame::run(machine, index, &call, recorder)
        }
        Work::Transaction(tx) => transaction::run(machine, *tx, recorder),
    }
}

pub(crate) fn prepare(request_json: &str) -> Result<Prepared, OracleError> {
    let request: Request = serde_json::from_str(request_json).map_err(|error| OracleError::Request(error.to_string()))?;
    let spec = spec(&request.fork).ok_or_else(|| OracleError::Request(format!("no rule set {}", request.fork)))?;
    let build = || {
        let mut context: MainnetContext<World> = Context::new(World::new(&request, spec)?, spec);
        context.cfg.max_blobs_per_tx = Some(blobs_max(spec));
        let mut machine = context.build_mainnet();
        configure(&mut machine, &Environment::read(&request.env, &serde_json::Map::new())?)?;
        let entries = request.calls.iter().enumerate().map(|(index, call)| checked(&request, index, call)).collect::<Result<_, _>>()?;
        Ok((machine, entries))
    };
    let (machine, entries) = build().map_err(OracleError::Request)?;
    Ok(Prepared { machine, entries, trace: request.trace, guide: request.guide, messages: request.messages, net_metering: request.fork == "Constantinople" })
}

/// Sets the block.
fn configure(machine: &mut Machine, env: &Environment) -> Result<(), String> {
    let context = &mut machine.ctx;
    context.cfg.chain_id = env.chain_id.narrow("chain_id")?;
    context.block.number = env.number.0;
    context.block.timestamp = env.timestamp.0;
    context.block.beneficiary = env.coinbase.address()?;
    context.block.gas_limit = env.gas_limit.narrow("gas_limit")?;
    // there is none before EIP-1559, but revm asks each price to cover it
    let base_fee = if context.cfg.spec.is_enabled_in(SpecId::LONDON) { env.base_fee } else { request::Quantity::default() };
    context.block.basefee = base_fee.narrow("base_fee")?;
    context.block.difficulty = env.difficulty.0;
    context.block.prevrandao = Some(B256::from(env.prevrandao.0));
    let blob_gasprice = env.blob_base_fee.narrow("blob_base_fee")?;
    context.block.blob_excess_gas_and_price = Some(BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice });
    context.journaled_state.database.set_hashes(env)
}

/// What a bare message's code sees of a transaction.
fn surroundings(env: &Environment, call: &Bare) -> Result<TxEnv, String> {
    Ok(TxEnv {
        tx_type: if env.blob_hashes.is_empty() { 0 } else { transaction::BLOBS },
        caller: call.origin,
        kind: TxKind::Call(call.to),
        gas_price: env.gas_price.narrow("gas_price")?,
        gas_priority_fee: None,
        blob_hashes: env.blob_hashes.iter().map(request::Data::hash).collect::<Result<_, _>>()?,
        ..TxEnv::default()
    })
}

fn checked(request: &Request, index: usize, call: &request::Call) -> Result<Entry, String> {
    let place = |error: String| format!("calls[{index}]: {error}");
    let env = Environment::read(&request.env, &call.env).map_err(place)?;
    let name = call.create.then(|| keccak256(&call.code.0));
    let work = match &call.transaction {
        Some(shaped) => {
            let chain_id = env.chain_id.narrow("chain_id").map_err(place)?;
            Work::Transaction(Box::new(transaction::environment(call, shaped, chain_id).map_err(place)?))
        }
        None => Work::Bare(bare(call).map_err(place)?),
    };
    Ok(Entry { env, name, work })
}

fn bare(call: &request::Call) -> Result<Bare, String> {
    let create = call.create.then(|| Bytecode::new_legacy(Bytes::from([call.code.0.as_slice(), call.data.0.as_slice()].concat())));
    Ok(Bare {
        create,
        caller: call.caller.address()?,
        origin: call.origin.address()?,
        to: call.to.as_ref().ok_or("a bare message has no `to`")?.address()?,
        value: call.value.0,
        data: call.data.bytes(),
        gas: call.gas.ok_or("a bare message has no `gas`")?.narrow("gas")?,
    })
}
