//! A bare message: one frame of revm without a transaction around it (ISA 8.3).

use revm::bytecode::Bytecode;
use revm::context_interface::journaled_state::account::JournaledAccountTr;
use revm::context_interface::{Block, Cfg, ContextTr, JournalTr, LocalContextTr};
use revm::handler::FrameResult;
use revm::interpreter::interpreter_action::FrameInit;
use revm::interpreter::{CallInput, CallInputs, CallScheme, CallValue, FrameInput, SharedMemory};
use revm::primitives::{Address, Bytes, U256, hardfork::SpecId};

use crate::error::OracleError;
use crate::follow::{Machine, Recorder, follow, settle};
use crate::messages::status;
use crate::result::{CallResult, Status};

/// A bare message, checked.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names of ISA 8.1")]
pub struct Bare {
    /// Creation code with arguments.
    pub create: Option<Bytecode>,
    pub caller: Address,
    pub origin: Address,
    pub to: Address,
    pub value: U256,
    pub data: Bytes,
    pub gas: u64,
}

/// Runs a bare message and leaves its effects in the machine's database.
///
/// # Errors
/// If the caller cannot pay or has no nonce left, or the account to create is there already.
pub fn run(machine: &mut Machine, index: usize, call: &Bare, recorder: &mut Recorder) -> Result<CallResult, OracleError> {
    let spec = *machine.ctx.cfg.spec();
    recorder.init_code = call.create.as_ref().map(Bytecode::original_bytes);
    let inputs = enter(machine, index, call, spec)?;
    let mut memory = SharedMemory::new_with_buffer(machine.ctx.local().shared_memory_buffer().clone());
    memory.set_memory_limit(machine.ctx.cfg.memory_limit());
    let init = FrameInit { depth: 0, memory, frame_input: FrameInput::Call(Box::new(inputs)) };
    let outcome = follow(machine, init, recorder).map_err(|error| OracleError::Machine(format!("{error:?}")))?;
    let result = leave(machine, index, call, &outcome, spec);
    machine.ctx.local_mut().clear();
    machine.frame_stack.clear();
    result
}

/// Warm accounts, the moved value's accounts, nonces, the code: what stands before the frame.
fn enter(machine: &mut Machine, index: usize, call: &Bare, spec: SpecId) -> Result<CallInputs, OracleError> {
    let coinbase = machine.ctx.block.beneficiary();
    let warm = machine.precompiles.warm_addresses().clone();
    let journal = machine.ctx.journal_mut();
    journal.set_spec_id(spec);
    journal.warm_precompiles(&warm);
    if spec.is_enabled_in(SpecId::SHANGHAI) {
        journal.warm_coinbase_account(coinbase);
    }
    let Ok(mut caller) = journal.load_account_with_code_mut(call.caller);
    if call.create.is_some() && !caller.bump_nonce() {
        return Err(OracleError::Nonce(index, call.caller));
    }
    let Ok(target) = journal.load_account_with_code(call.to);
    let mut known_bytecode = (target.info.code_hash, target.info.code.clone().unwrap_or_default());
    let occupied = target.info.nonce != 0 || !known_bytecode.1.is_empty();
    if let Some(code) = &call.create {
        let (database, _) = journal.db_and_state();
        if occupied || warm.contains(&call.to) || database.accounts.get(&call.to).is_some_and(|account| !account.storage.is_empty()) {
            return Err(OracleError::Collision(index, call.to));
        }
        known_bytecode = (code.hash_slow(), code.clone());
        journal.touch_account(call.to);
        if let Some(account) = journal.db_and_state_mut().1.get_mut(&call.to) {
            account.mark_created_locally();
            account.info.nonce = u64::from(spec.is_enabled_in(SpecId::SPURIOUS_DRAGON));
        }
    } else if let Some(delegate) = known_bytecode.1.eip7702_address() {
        let Ok(account) = journal.load_account_with_code(delegate);
        known_bytecode = (account.info.code_hash, account.info.code.clone().unwrap_or_default());
    }
    if call.caller == call.to {
        // in a transaction the sender's nonce touches it; revm's transfer of value to oneself does not
        journal.touch_account(call.to);
    }
    let input = if call.create.is_some() { Bytes::new() } else { call.data.clone() };
    Ok(CallInputs {
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
    })
}

/// The frame's result; its effects are committed if it succeeded, else only the nonce of a creator.
fn leave(machine: &mut Machine, index: usize, call: &Bare, outcome: &FrameResult, spec: SpecId) -> Result<CallResult, OracleError> {
    let gas = outcome.gas();
    let mut result = CallResult::of(status(outcome));
    let journal = machine.ctx.journal_mut();
    if result.status == Status::Refused {
        let _ = journal.finalize();
        return Err(OracleError::Funds(index, call.caller));
    }
    if result.status != Status::Halt {
        result.output = outcome.output().into_data();
        result.gas_left = gas.remaining();
    }
    if result.status == Status::Success {
        result.refund = u64::try_from(gas.refunded()).map_err(|_| OracleError::Machine("a negative refund counter".to_owned()))?;
        result.logs = journal.take_logs();
        if call.create.is_some() {
            journal.set_code(call.to, crate::world::bytecode(&result.output, spec));
        }
        result.destroyed = settle(machine);
    } else {
        let _ = journal.finalize();
        if call.create.is_some() {
            let creator = journal.db_mut().accounts.entry(call.caller).or_default();
            creator.nonce += 1;
            creator.exists = true;
        }
    }
    Ok(result)
}
