//! revm's loop over frames, with what is recorded on the way, and the collision of EIP-7610, which revm does not know.

use std::collections::BTreeSet;
use std::convert::Infallible;

use revm::MainnetEvm;
use revm::context_interface::context::ContextError;
use revm::context_interface::{ContextTr, JournalTr};
use revm::handler::{EvmTr, FrameResult, ItemOrResult, MainnetContext};
use revm::interpreter::FrameInput;
use revm::interpreter::interpreter_action::FrameInit;
use revm::primitives::{Address, B256, Bytes};

use crate::messages::{Message, Messages};
use crate::trace::Trace;
use crate::world::World;

/// The machine that runs a request.
pub type Machine = MainnetEvm<MainnetContext<World>>;

/// What revm's loop may fail with.
pub type Failure = ContextError<Infallible>;

/// What is recorded of a transaction.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// Where the run goes.
    pub trace: Option<Trace>,
    /// The messages.
    pub messages: Option<Messages>,
    /// Of a create, the hash of its creation code without arguments.
    pub name: Option<B256>,
    /// Of a bare create, which runs as a call, creation code and arguments.
    pub init_code: Option<Bytes>,
}

impl Recorder {
    fn begin(&mut self, machine: &Machine, init: &FrameInit, created: Option<Address>) {
        let Some(messages) = &mut self.messages else {
            return;
        };
        let mut message = Message::of(machine, init, created);
        if let Some(init_code) = self.init_code.as_ref().filter(|_| message.depth == 0) {
            (message.kind, message.input) = ("create", init_code.clone());
        }
        messages.begin(message);
    }

    fn end(&mut self, outcome: &FrameResult) {
        if let Some(messages) = &mut self.messages {
            messages.end(outcome);
        }
    }
}

/// Runs a frame and those that it enters.
///
/// # Errors
/// If revm fails.
pub fn follow(machine: &mut Machine, init: FrameInit, recorder: &mut Recorder) -> Result<FrameResult, Failure> {
    if let ItemOrResult::Result(outcome) = begin(machine, init, recorder)? {
        return Ok(outcome);
    }
    loop {
        let outcome = match run(machine, recorder)? {
            ItemOrResult::Item(init) => match begin(machine, init, recorder)? {
                ItemOrResult::Item(()) => continue,
                ItemOrResult::Result(outcome) => outcome,
            },
            ItemOrResult::Result(outcome) => {
                recorder.end(&outcome);
                outcome
            }
        };
        if let Some(outcome) = machine.frame_return_result(outcome)? {
            return Ok(outcome);
        }
    }
}

/// `frame_init`, recorded.
fn begin(machine: &mut Machine, init: FrameInit, recorder: &mut Recorder) -> Result<ItemOrResult<(), FrameResult>, Failure> {
    let created = created(machine, &init)?;
    recorder.begin(machine, &init, created);
    let occupied = created.filter(|address| holds_storage_only(machine, *address));
    if let Some(address) = occupied {
        show_nonce(machine, address, 1);
        machine.ctx.db_mut().occupied = Some(address);
    }
    let entered = match machine.frame_init(init)? {
        ItemOrResult::Item(_) => ItemOrResult::Item(()),
        ItemOrResult::Result(outcome) => ItemOrResult::Result(outcome),
    };
    if let Some(address) = occupied {
        show_nonce(machine, address, 0);
        machine.ctx.db_mut().occupied = None;
    }
    if let ItemOrResult::Result(outcome) = &entered {
        recorder.end(outcome);
    }
    Ok(entered)
}

/// The address of a create; where no frame is entered, that which it would have had.
fn created(machine: &mut Machine, init: &FrameInit) -> Result<Option<Address>, Failure> {
    let FrameInput::Create(inputs) = &init.frame_input else {
        return Ok(None);
    };
    let nonce = machine.ctx.journal_mut().load_account(inputs.caller())?.info.nonce;
    Ok(Some(inputs.created_address(nonce)))
}

/// Whether an account has neither nonce nor code but a slot that is not 0.
fn holds_storage_only(machine: &Machine, address: Address) -> bool {
    let (world, state) = machine.ctx.journal_ref().db_and_state();
    let (known, loaded) = (world.accounts.get(&address), state.get(&address));
    let bare = match (loaded, known) {
        (Some(loaded), _) => loaded.info.nonce == 0 && loaded.info.is_empty_code_hash(),
        (None, Some(known)) => known.nonce == 0 && known.code.is_empty(),
        (None, None) => false,
    };
    let stored = |loaded: &revm::state::Account| loaded.storage.values().any(|slot| !slot.present_value.is_zero());
    let fresh = loaded.is_some_and(revm::state::Account::is_created);
    let kept = |known: &crate::world::Account| known.storage.keys().any(|key| loaded.is_none_or(|loaded| !loaded.storage.contains_key(key)));
    bare && (loaded.is_some_and(stored) || (!fresh && known.is_some_and(kept)))
}

fn show_nonce(machine: &mut Machine, address: Address, nonce: u64) {
    if let Some(account) = machine.ctx.journal_mut().db_and_state_mut().1.get_mut(&address) {
        account.info.nonce = nonce;
    }
}

/// `frame_run`, recorded if there is a trace.
fn run(machine: &mut Machine, recorder: &mut Recorder) -> Result<ItemOrResult<FrameInit, FrameResult>, Failure> {
    let Some(trace) = &mut recorder.trace else {
        return machine.frame_run();
    };
    let outer = machine.frame_stack.index() == Some(0);
    let frame = machine.frame_stack.get();
    let name = recorder.name.filter(|_| outer);
    let code_hash = name.unwrap_or_else(|| frame.interpreter.bytecode.get_or_calculate_hash());
    let (table, gas) = (machine.instruction.instruction_table(), machine.instruction.gas_table());
    let action = trace.run(&mut frame.interpreter, table, gas, &mut machine.ctx, (code_hash, outer));
    let next = frame.process_next_action::<_, Failure>(&mut machine.ctx, action)?;
    if next.is_result() {
        frame.set_finished(true);
    }
    Ok(next)
}

/// Ends a transaction: what it left goes to the world; the addresses that it destroyed.
pub fn settle(machine: &mut Machine) -> Vec<Address> {
    let spec = *machine.ctx.cfg.spec();
    let journal = machine.ctx.journal_mut();
    // read before `finalize`, which clears the mark of accounts that became empty before EIP-161
    let marked = journal.db_and_state().1.iter().filter(|(_, account)| account.is_touched());
    let touched: BTreeSet<Address> = marked.map(|(address, _)| *address).collect();
    let state = journal.finalize();
    journal.db_mut().commit(state, &touched, spec)
}
