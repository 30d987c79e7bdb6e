//! Requests run from end to end.

use std::time::{Duration, Instant};

use revm::bytecode::Bytecode;
use revm::context_interface::block::BlobExcessGasAndPrice;
use revm::handler::MainnetContext;
use revm::primitives::{B256, Bytes, hardfork::SpecId, keccak256};
use revm::{Context, MainBuilder};

use crate::error::OracleError;
use crate::frame::{self, Call, Created, Machine};
use crate::request::{self, Request, spec};
use crate::result::{CallResult, document};
use crate::trace::{Steps, Trace};
use crate::world::World;

/// The type of a transaction with blobs (EIP-4844).
const BLOB_TRANSACTION: u8 = 3;

pub(crate) struct Prepared {
    pub(crate) machine: Machine,
    calls: Vec<Call>,
    trace: bool,
    net_metering: bool,
}

/// Runs a request; the result is JSON. With `"trace": true` it has a member `trace`.
///
/// # Errors
/// If the request is malformed or revm cannot run it.
pub fn run(request_json: &str) -> Result<String, OracleError> {
    let mut prepared = prepare(request_json)?;
    let mut trace = (prepared.trace || prepared.net_metering).then(Trace::default);
    let mut results: Vec<CallResult> = Vec::with_capacity(prepared.calls.len());
    for (index, call) in prepared.calls.iter().enumerate() {
        if let Some(trace) = &mut trace {
            trace.calls.push(Steps::default());
        }
        results.push(frame::run(&mut prepared.machine, index, call, trace.as_mut())?);
        if prepared.net_metering && trace.as_ref().is_some_and(|trace| trace.stored) {
            return Err(OracleError::NotCovered("SSTORE under Constantinople (EIP-1283)"));
        }
    }
    let mut document = document(&results, &prepared.machine.ctx.journaled_state.database);
    if let Some(trace) = trace.filter(|_| prepared.trace) {
        document["trace"] = trace.json();
    }
    Ok(document.to_string())
}

/// The smallest time of `runs` runs of a request's calls; parsing and the state's preparation stay outside.
///
/// # Errors
/// If the request is malformed or revm cannot run it.
pub fn bench(request_json: &str, runs: usize) -> Result<Duration, OracleError> {
    let mut best = Duration::MAX;
    for _ in 0..runs.max(1) {
        let mut prepared = prepare(request_json)?;
        let begun = Instant::now();
        for (index, call) in prepared.calls.iter().enumerate() {
            std::hint::black_box(frame::run(&mut prepared.machine, index, call, None)?);
        }
        best = best.min(begun.elapsed());
    }
    Ok(best)
}

pub(crate) fn prepare(request_json: &str) -> Result<Prepared, OracleError> {
    let request: Request = serde_json::from_str(request_json).map_err(|error| OracleError::Request(error.to_string()))?;
    let spec = spec(&request.fork).ok_or_else(|| OracleError::Request(format!("no rule set {}", request.fork)))?;
    let machine = machine(&request, spec).map_err(OracleError::Request)?;
    let calls = request.calls.iter().map(checked).collect::<Result<_, _>>().map_err(OracleError::Request)?;
    Ok(Prepared { machine, calls, trace: request.trace, net_metering: request.fork == "Constantinople" })
}

fn machine(request: &Request, spec: SpecId) -> Result<Machine, String> {
    let env = &request.env;
    let mut context: MainnetContext<World> = Context::new(World::new(request, spec)?, spec);
    context.cfg.chain_id = env.chain_id.narrow("chain_id")?;
    context.block.number = env.number.0;
    context.block.timestamp = env.timestamp.0;
    context.block.beneficiary = env.coinbase.address()?;
    context.block.gas_limit = env.gas_limit.narrow("gas_limit")?;
    context.block.basefee = env.base_fee.narrow("base_fee")?;
    context.block.difficulty = env.difficulty.0;
    context.block.prevrandao = Some(B256::from(env.prevrandao.0));
    let blob_gasprice = env.blob_base_fee.narrow("blob_base_fee")?;
    context.block.blob_excess_gas_and_price = Some(BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice });
    context.tx.gas_price = env.gas_price.narrow("gas_price")?;
    context.tx.gas_priority_fee = None;
    context.tx.blob_hashes = env.blob_hashes.iter().map(request::Data::hash).collect::<Result<_, _>>()?;
    context.tx.tx_type = if env.blob_hashes.is_empty() { 0 } else { BLOB_TRANSACTION };
    Ok(context.build_mainnet())
}

fn checked(call: &request::Call) -> Result<Call, String> {
    let data = call.data.bytes();
    let create = call.create.then(|| {
        let code = Bytes::from([call.code.0.as_slice(), call.data.0.as_slice()].concat());
        Created { hash: keccak256(&code), code: Bytecode::new_legacy(code), name: keccak256(&call.code.0) }
    });
    Ok(Call {
        create,
        caller: call.caller.address()?,
        origin: call.origin.address()?,
        to: call.to.address()?,
        value: call.value.0,
        data,
        gas: call.gas.narrow("gas")?,
    })
}
