//! One call as one frame of revm.

use std::convert::Infallible;

use revm::MainnetEvm;
use revm::bytecode::Bytecode;
use revm::context_interface::context::ContextError;
use revm::context_interface::{Block, Cfg, ContextTr, JournalTr, LocalContextTr};
use revm::handler::{EvmTr, FrameResult, ItemOrResult, MainnetContext};
use revm::interpreter::interpreter_action::FrameInit;
use revm::interpreter::{CallInput, CallInputs, CallScheme, CallValue, FrameInput, InstructionResult, SharedMemory};
use revm::primitives::{Address, B256, Bytes, U256, hardfork::SpecId};

use crate::error::OracleError;
use crate::result::{CallResult, Status};
use crate::trace::Trace;
use crate::world::World;

/// The machine that runs a request.
pub type Machine = MainnetEvm<MainnetContext<World>>;

/// A call, checked.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names of ISA 8.1")]
pub struct Call {
    pub create: Option<Created>,
    pub caller: Address,
    pub origin: Address,
    pub to: Address,
    pub value: U256,
    pub data: Bytes,
    pub gas: u64,
}

/// What a create runs.
#[derive(Clone, Debug)]
pub struct Created {
    /// Creation code with arguments.
    pub code: Bytecode,
    /// Its hash.
    pub hash: B256,
    /// Hash of the creation code without arguments.
    pub name: B256,
}

type Failure = ContextError<Infallible>;

/// Runs a call as a transaction of its own and leaves its effects in the machine's database.
///
/// # Errors
/// If the caller cannot pay, or the account to create is there already.
pub fn run(machine: &mut Machine, index: usize, call: &Call, trace: Option<&mut Trace>) -> Result<CallResult, OracleError> {
    let spec = *machine.ctx.cfg.spec();
    let (inputs, name) = enter(machine, index, call, spec)?;
    let mut memory = SharedMemory::new_with_buffer(machine.ctx.local().shared_memory_buffer().clone());
    memory.set_memory_limit(machine.ctx.cfg.memory_limit());
    let init = FrameInit { depth: 0, memory, frame_input: FrameInput::Call(Box::new(inputs)) };
    let outcome = follow(machine, init, name, trace).map_err(|error| OracleError::Machine(format!("{error:?}")))?;
    let result = leave(machine, index, call, outcome, spec);
    machine.ctx.local_mut().clear();
    machine.frame_stack.clear();
    result
}

/// Warm accounts, the moved value's accounts, the code: what a transaction does before its first frame.
fn enter(machine: &mut Machine, index: usize, call: &Call, spec: SpecId) -> Result<(CallInputs, B256), OracleError> {
    let coinbase = machine.ctx.block.beneficiary();
    let warm = machine.precompiles.warm_addresses().clone();
    machine.ctx.tx.caller = call.origin;
    let journal = machine.ctx.journal_mut();
    journal.set_spec_id(spec);
    journal.warm_precompiles(&warm);
    if spec.is_enabled_in(SpecId::SHANGHAI) {
        journal.warm_coinbase_account(coinbase);
    }
    let Ok(_) = journal.load_account_with_code(call.caller);
    let Ok(target) = journal.load_account_with_code(call.to);
    let mut known_bytecode = (target.info.code_hash, target.info.code.clone().unwrap_or_default());
    let occupied = target.info.nonce != 0 || !known_bytecode.1.is_empty();
    let mut name = known_bytecode.0;
    if let Some(created) = &call.create {
        let (database, _) = journal.db_and_state();
        if occupied || warm.contains(&call.to) || database.accounts.get(&call.to).is_some_and(|account| !account.storage.is_empty()) {
            return Err(OracleError::Collision(index, call.to));
        }
        known_bytecode = (created.hash, created.code.clone());
        name = created.name;
        journal.touch_account(call.to);
        if let Some(account) = journal.db_and_state_mut().1.get_mut(&call.to) {
            account.mark_created_locally();
            account.info.nonce = u64::from(spec.is_enabled_in(SpecId::SPURIOUS_DRAGON));
        }
    } else if let Some(delegate) = known_bytecode.1.eip7702_address() {
        let Ok(account) = journal.load_account_with_code(delegate);
        known_bytecode = (account.info.code_hash, account.info.code.clone().unwrap_or_default());
        name = known_bytecode.0;
    }
    if call.caller == call.to {
        // in a transaction the sender's nonce touches it; revm's transfer of value to oneself does not
        journal.touch_account(call.to);
    }
    let input = if call.create.is_some() { Bytes::new() } else { call.data.clone() };
    let inputs = CallInputs {
        input: CallInput::Bytes(input),
        gas_limit: call.gas,
        target_address: call.to,
        bytecode_address: call.to,
        known_bytecode,
        caller: call.caller,
        value: CallValue::Transfer(call.value),
        scheme: CallScheme::Call,
        is_static: false,
        return_memory_offset: 0..0,
        reservoir: 0,
        charged_new_account_state_gas: false,
    };
    Ok((inputs, name))
}

/// revm's loop over frames.
fn follow(machine: &mut Machine, init: FrameInit, name: B256, mut trace: Option<&mut Trace>) -> Result<FrameResult, Failure> {
    if let ItemOrResult::Result(outcome) = machine.frame_init(init)? {
        return Ok(outcome);
    }
    loop {
        let next = match &mut trace {
            None => machine.frame_run()?,
            Some(trace) => traced(machine, name, trace)?,
        };
        let outcome = match next {
            ItemOrResult::Item(init) => match machine.frame_init(init)? {
                ItemOrResult::Item(_) => continue,
                ItemOrResult::Result(outcome) => outcome,
            },
            ItemOrResult::Result(outcome) => outcome,
        };
        if let Some(outcome) = machine.frame_return_result(outcome)? {
            return Ok(outcome);
        }
    }
}

/// `frame_run` with a recording.
fn traced(machine: &mut Machine, name: B256, trace: &mut Trace) -> Result<ItemOrResult<FrameInit, FrameResult>, Failure> {
    let outer = machine.frame_stack.index() == Some(0);
    let frame = machine.frame_stack.get();
    let code_hash = if outer { name } else { frame.interpreter.bytecode.get_or_calculate_hash() };
    let (table, gas) = (machine.instruction.instruction_table(), machine.instruction.gas_table());
    let action = trace.run(&mut frame.interpreter, table, gas, &mut machine.ctx, (code_hash, outer));
    let next = frame.process_next_action::<_, Failure>(&mut machine.ctx, action)?;
    if next.is_result() {
        frame.set_finished(true);
    }
    Ok(next)
}

/// The frame's result; its effects are committed if it succeeded.
fn leave(machine: &mut Machine, index: usize, call: &Call, outcome: FrameResult, spec: SpecId) -> Result<CallResult, OracleError> {
    let gas = outcome.gas();
    let ended = outcome.instruction_result();
    let journal = machine.ctx.journal_mut();
    if ended == InstructionResult::OutOfFunds {
        let _ = journal.finalize();
        return Err(OracleError::Funds(index, call.caller));
    }
    let status = match ended {
        ended if ended.is_ok() => Status::Success,
        ended if ended.is_revert() => Status::Revert,
        _ => Status::Halt,
    };
    let output = if status == Status::Halt { Bytes::new() } else { outcome.output().into_data() };
    let mut result = CallResult { status, output, gas_left: 0, refund: 0, logs: Vec::new(), destroyed: Vec::new() };
    if status != Status::Halt {
        result.gas_left = gas.remaining();
    }
    if status == Status::Success {
        result.refund = u64::try_from(gas.refunded()).map_err(|_| OracleError::Machine("a negative refund counter".to_owned()))?;
        result.logs = journal.take_logs();
        if call.create.is_some() {
            journal.set_code(call.to, crate::world::bytecode(&result.output, spec));
        }
    }
    let state = journal.finalize();
    if status == Status::Success {
        result.destroyed = journal.db_mut().commit(state, spec);
    }
    Ok(result)
}
