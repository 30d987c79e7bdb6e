//! From a traced run to the tables of a proof, and to the statement it proves.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_chips::bus::{F, TICKS, tag};
use sol2zk_chips::claim::ClaimAir;
use sol2zk_chips::context::{Context, FrameInfo, SlotState};
use sol2zk_chips::finish::Arrival;
use sol2zk_chips::frame::{FrameEnd, sentry};
use sol2zk_chips::gas::gas_left;
use sol2zk_executor::host::Address;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa::{self, Operand};
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::trace::{End, Frame, Status, Step, Trace};
use thiserror::Error;

use crate::key::rom_rows;
use crate::statement::{Account, Call, Environment, Ledger, Log, Slot, Statement, StatementError};
use crate::tables::Table;

mod chips;
mod claimable;
pub(crate) mod notice;
pub(crate) mod size;

use chips::{Chips, ClaimData};

/// Why a run has no witness.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WitnessError {
    /// The proof system lacks a chip for what the run did.
    #[error("call {call}: {what} has no chip yet (instruction {id})")]
    Unsupported {
        /// Call.
        call: u32,
        /// Instruction and case.
        what: String,
        /// Local identifier.
        id: u32,
    },
    /// A receipt has no words for the run.
    #[error("call {call}: {what}")]
    NotClaimable {
        /// Transaction.
        call: u32,
        /// What it does.
        what: &'static str,
    },
    /// No call runs code: there is no frame to prove.
    #[error("no call reaches code, and a receipt is about code that ran")]
    NoFrame,
    /// The statement would not pass the verifier.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Gas beyond what one frame can prove.
    #[error("call {0} uses 2^30 gas or more in one frame, without memory growth: unsupported")]
    Gas(u32),
    /// More cells than one proof takes.
    #[error("the run needs more than the {} cells of witness that one proof takes: unsupported", size::MAX_CELLS)]
    Size,
    /// Our bug.
    #[error("internal: {0}")]
    Internal(String),
}

/// Tables with their traces, in order, and what they prove.
pub struct Witness {
    /// What is claimed.
    pub statement: Statement,
    /// Bits of the tables.
    pub present: u64,
    /// Tables after the fixed ones.
    pub others: Vec<Table>,
    /// Traces of all tables, the fixed ones first.
    pub traces: Vec<RowMajorMatrix<F>>,
}

/// Who makes the digests of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashes {
    /// The verifier: the receipt lists the messages.
    Listed,
    /// The proof has a permutation for each block.
    Proven,
}

impl Hashes {
    /// The way of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "listed" => Some(Self::Listed),
            "proven" => Some(Self::Proven),
            _ => None,
        }
    }
}

/// Builds the witness of a traced run.
pub fn witness(request: &Request, trace: &Trace, fixed: &[Table], log_blowup: usize, hashes: Hashes) -> Result<Witness, WitnessError> {
    claimable::claimable(request, trace)?;
    if trace.frames.iter().all(|frame| frame.program.is_none()) {
        return Err(WitnessError::NoFrame);
    }
    if size::cells(trace, hashes) > size::MAX_CELLS {
        return Err(WitnessError::Size);
    }
    let noticed = notice::noticed(trace);
    let trace = noticed.as_ref();
    let mut statement = statement(request, trace);
    let accounts: HashMap<Address, u32> = statement.accounts.iter().zip(0..).map(|(account, i)| (account.address, i)).collect();
    let mut ctx = context(&statement, trace, &accounts);
    scan(&mut ctx, trace);
    let mut chips = Chips::new(statement.fork, hashes);
    for pure in &trace.pures {
        chips.pure(pure, &mut ctx).map_err(|what| unsupported(trace, 0, pure.id, what))?;
    }
    for frame in trace.frames.iter().filter(|frame| frame.program.is_some()) {
        chips.data = claim_data(frame, request, trace);
        run(frame, trace, &mut chips, &mut ctx)?;
    }
    // what was looked up of the claim is what the receipt has to say
    let mut looked_up: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for &(tag, turn, key) in ctx.claims.keys() {
        looked_up.entry((tag, turn)).or_default().push(key);
    }
    for (turn, call) in (0..).zip(statement.calls.iter_mut().filter(|call| call.program.is_some())) {
        let mut keys = |tag: u32| {
            let mut keys = looked_up.remove(&(tag, turn)).unwrap_or_default();
            keys.sort_unstable();
            keys
        };
        call.calldata_offsets = keys(tag::CALLDATA);
        call.code_offsets = keys(tag::CODE);
        call.env_kinds = keys(tag::ENV).into_iter().map(|kind| kind as u8).collect();
    }
    statement.hashes = chips.list_hashes(&mut ctx);
    let ledger: Ledger = statement.check(&trace.programs)?;
    let claim = ClaimAir::new(statement.claim_rows(&trace.programs, &ledger));
    let mut tables = chips.finish(&mut ctx, &statement, &claim, log_blowup);
    tables.sort_by_key(|(index, _, _)| *index);
    let mut present = (1 << crate::key::FIXED) - 1;
    let mut traces: Vec<RowMajorMatrix<F>> = fixed.iter().map(|table| fixed_trace(table, &ctx)).collect();
    let mut others = Vec::with_capacity(tables.len());
    for (index, table, trace) in tables {
        present |= 1 << index;
        others.push(table);
        traces.push(trace);
    }
    Ok(Witness { statement, present, others, traces })
}

fn fixed_trace(table: &Table, ctx: &Context) -> RowMajorMatrix<F> {
    match table {
        Table::Rom(rom) => rom.generate(ctx),
        Table::Pool(pool) => pool.generate(ctx),
        _ => sol2zk_chips::fixed::NibblesAir::generate(ctx),
    }
}

fn unsupported(trace: &Trace, call: u32, id: u32, what: String) -> WitnessError {
    let base = trace.programs.iter().map(|placed| placed.base).filter(|&base| base < id).max().unwrap_or(0);
    WitnessError::Unsupported { call, what, id: id - base }
}

/// What the claim serves a frame.
fn claim_data(frame: &Frame, request: &Request, trace: &Trace) -> ClaimData {
    let call = request.calls.get(frame.call as usize);
    let data = call.map(|call| call.data.clone()).unwrap_or_default();
    let program = frame.program.and_then(|program| trace.programs.get(program as usize));
    let mut code = program.map(|placed| placed.program.code.clone()).unwrap_or_default();
    if call.is_some_and(|call| call.create.is_some()) {
        code.extend_from_slice(&data);
        return ClaimData { code, calldata: Vec::new() };
    }
    ClaimData { code, calldata: data }
}

/// Rows of one frame, in order of clk.
fn run(frame: &Frame, trace: &Trace, chips: &mut Chips, ctx: &mut Context) -> Result<(), WitnessError> {
    let steps = &trace.steps[frame.steps.clone()];
    let Some(last) = steps.last() else { return Err(WitnessError::Internal("a frame without steps".into())) };
    let placed = frame.program.and_then(|program| trace.programs.get(program as usize));
    let Some(placed) = placed else { return Err(WitnessError::Internal("a frame without program".into())) };
    let out = frame.end == End::OutOfGas;
    // an instruction at which gas runs out does not run
    let completed = !out || last.next != 0;
    let ran = if completed { steps } else { &steps[..steps.len() - 1] };
    if steps.iter().any(|step| step.gas + step.charge >= 1 << 30) {
        return Err(WitnessError::Gas(frame.call));
    }
    for step in ran {
        chips.step(step, ctx).map_err(|what| unsupported(trace, frame.call, step.id, what))?;
    }
    let is_end = isa::row(last.op).is_some_and(|row| row.kind == isa::Kind::End);
    let (end, gas, words);
    if out && !completed {
        (end, words) = (last.clk, last.words);
        // Only what SELFDESTRUCT charges beyond its field can be what is missing there; its row alone could show that.
        if last.op == isa::SELFDESTRUCT && !gas_left(frame.gas_given, last.gas as u32 + ctx.row(last).gas, words).0 {
            return Err(unsupported(trace, frame.call, last.id, "SELFDESTRUCT".into()));
        }
        gas = chips.finish.push_out(last.id, &Arrival { frame: frame.entry, region: last.region, clk: end, gas: last.gas as u32, words }, ctx);
    } else if is_end {
        (end, words) = (last.clk, last.words);
        gas = (last.gas + u64::from(ctx.row(last).gas)) as u32;
    } else {
        let region = if matches!(last.op, isa::REGION | isa::LABEL) { last.clk } else { last.region };
        let charged = (last.gas + last.charge) as u32;
        (end, words) = (last.clk + TICKS, last.words_after);
        let arrival = Arrival { frame: frame.entry, region, clk: end, gas: charged, words };
        if out {
            gas = chips.finish.push_out(last.next, &arrival, ctx);
        } else {
            gas = charged;
            chips.finish.push_trap(&arrival, ctx);
        }
    }
    // what runs out of gas is charged its field, too
    if gas >= 1 << 30 {
        return Err(WitnessError::Gas(frame.call));
    }
    let undone = chips.undo(frame.entry, end + TICKS, ctx);
    let exit = end + TICKS + TICKS * undone.count;
    if exit != frame.exit {
        return Err(WitnessError::Internal(format!("call {} ends at {exit}, its trace says {}", frame.call, frame.exit)));
    }
    chips.frames.push(
        &FrameEnd {
            entry: frame.entry,
            program: placed.entry(),
            given: frame.gas_given,
            left: frame.gas_left,
            status: frame.status,
            end,
            gas,
            words,
            length: frame.output.len() as u32,
            exit,
            last_undo: undone.last,
        },
        ctx,
    );
    Ok(())
}

/// Undo rows of a frame.
pub(crate) struct Undone {
    count: u32,
    last: Option<u32>,
}

/// Counts what every executed instruction reads.
fn scan(ctx: &mut Context, trace: &Trace) {
    let reads = |op: u16| -> Vec<usize> {
        let operands = isa::row(op).map(|row| row.operands).unwrap_or([Operand::Unused; 3]);
        (0..3).filter(|&i| operands[i] == Operand::Word).collect()
    };
    for pure in &trace.pures {
        ctx.scan(pure.id, pure.region, &reads(pure.op));
    }
    for frame in &trace.frames {
        let steps = &trace.steps[frame.steps.clone()];
        let unfinished = frame.end == End::OutOfGas && steps.last().is_some_and(|step| step.next == 0);
        for step in &steps[..steps.len() - usize::from(unfinished)] {
            ctx.scan(step.id, step.region, &reads(step.op));
        }
    }
}

fn context(statement: &Statement, trace: &Trace, accounts: &HashMap<Address, u32>) -> Context {
    let mut ctx = Context { fork: statement.fork, ..Context::default() };
    ctx.rom = rom_rows(&trace.programs).into_iter().map(|row| (row.id, row)).collect();
    for (handle, slot) in statement.slots.iter().enumerate() {
        let (key, word) = (U256::from_be_bytes(slot.key), U256::from_be_bytes(slot.before));
        ctx.handles.insert((slot.account, key), handle as u32);
        ctx.storage.insert(handle as u32, SlotState { time: 0, mark: 0, word, original: word });
    }
    for (turn, frame) in trace.frames.iter().filter(|frame| frame.program.is_some()).enumerate() {
        let info = FrameInfo {
            call: turn as u32,
            account: accounts.get(&frame.address).copied().unwrap_or_default(),
            doomed: frame.status != Status::Success,
            sentry: sentry(frame.gas_left),
        };
        ctx.frame_info.insert(frame.entry, info);
        ctx.gas_given.insert(frame.entry, frame.gas_given);
    }
    ctx
}

/// Slots that a run touched: words before and after.
fn touched(request: &Request, trace: &Trace) -> BTreeMap<(Address, U256), (U256, U256)> {
    let mut slots: BTreeMap<(Address, U256), (U256, U256)> = BTreeMap::new();
    for frame in &trace.frames {
        let mut undo = Vec::new();
        for step in trace.steps[frame.steps.clone()].iter().filter(|step| matches!(step.op, isa::SLOAD | isa::SSTORE) && step.next != 0) {
            let [key, value, _] = step.operands;
            let before = || request.state.get(&frame.address).and_then(|account| account.storage.get(&key)).copied().unwrap_or_default();
            let slot = slots.entry((frame.address, key)).or_insert_with(|| (before(), before()));
            if step.op == isa::SSTORE {
                undo.push((key, slot.1));
                slot.1 = value;
            }
        }
        if frame.status != Status::Success {
            for (key, word) in undo.into_iter().rev() {
                if let Some(slot) = slots.get_mut(&(frame.address, key)) {
                    slot.1 = word;
                }
            }
        }
    }
    slots
}

/// The statement of a run, without the look-ups that the witness adds.
fn statement(request: &Request, trace: &Trace) -> Statement {
    let word = |value: &U256| value.to_be_bytes::<32>();
    let slots = touched(request, trace);
    let mut listed: BTreeSet<Address> = request.calls.iter().map(|call| call.to).collect();
    listed.insert(request.contract);
    for call in request.calls.iter().filter(|call| call.create.is_some() || !call.value.is_zero()) {
        listed.insert(call.caller);
    }
    let accounts: Vec<Account> = listed
        .iter()
        .map(|address| {
            let known = request.state.get(address);
            Account {
                address: *address,
                balance: known.map(|account| word(&account.balance)).unwrap_or_default(),
                nonce: known.map_or(0, |account| account.nonce),
                code_hash: keccak256(known.map_or(&[], |account| &account.code)),
            }
        })
        .collect();
    let index: BTreeMap<Address, u32> = accounts.iter().zip(0..).map(|(account, i)| (account.address, i)).collect();
    let mut listed_slots: Vec<Slot> = slots
        .iter()
        .map(|((address, key), (before, after))| Slot { account: index[address], key: word(key), before: word(before), after: word(after) })
        .collect();
    listed_slots.sort_by_key(|slot| (slot.account, slot.key));
    let calls = request.calls.iter().zip(&trace.frames).map(|(call, frame)| claimed(call, frame, trace, &index)).collect();
    Statement {
        fork: request.fork,
        contract: request.contract,
        env: environment(request),
        accounts,
        slots: listed_slots,
        calls,
        hashes: Vec::new(),
        exit: trace.frames.iter().rev().find(|frame| frame.program.is_some()).map_or(crate::statement::FIRST_CLOCK, |frame| frame.exit),
    }
}

fn claimed(call: &sol2zk_executor::host::request::Transaction, frame: &Frame, trace: &Trace, index: &BTreeMap<Address, u32>) -> Call {
    let success = frame.status == Status::Success;
    let logs = frame.logs.iter().filter(|_| success).map(|log| Log {
        clk: log.clk,
        account: index.get(&log.address).copied().unwrap_or_default(),
        topics: log.topics.iter().map(U256::to_be_bytes).collect(),
        data: log.data.clone(),
    });
    Call {
        create: call.create.is_some(),
        caller: call.caller,
        origin: call.origin,
        to: call.to,
        value: call.value.to_be_bytes(),
        data: call.data.clone(),
        gas: call.gas,
        program: frame.program,
        status: match frame.status {
            Status::Success => 0,
            Status::Revert => 1,
            Status::Halt => 2,
        },
        output: frame.output.clone(),
        gas_left: frame.gas_left,
        end: end_clock(frame, &trace.steps),
        logs: logs.collect(),
        calldata_offsets: Vec::new(),
        code_offsets: Vec::new(),
        env_kinds: Vec::new(),
    }
}

/// Clock of a frame's end row: that of the end instruction, or of the row after the last step.
fn end_clock(frame: &Frame, steps: &[Step]) -> u32 {
    let Some(last) = steps[frame.steps.clone()].last() else { return 0 };
    let is_end = isa::row(last.op).is_some_and(|row| row.kind == isa::Kind::End);
    let unfinished = frame.end == End::OutOfGas && last.next == 0;
    if is_end || unfinished { last.clk } else { last.clk + TICKS }
}

/// The context of a request.
pub fn environment(request: &Request) -> Environment {
    let env = &request.env;
    let word = |value: &U256| value.to_be_bytes::<32>();
    Environment {
        number: word(&env.number),
        timestamp: word(&env.timestamp),
        coinbase: env.coinbase,
        prevrandao: word(&env.prevrandao),
        difficulty: word(&env.difficulty),
        gas_limit: word(&env.gas_limit),
        chain_id: word(&env.chain_id),
        base_fee: word(&env.base_fee),
        blob_base_fee: word(&env.blob_base_fee),
        gas_price: word(&env.gas_price),
        block_hashes: env.block_hashes.iter().map(|(number, hash)| (word(number), word(hash))).collect(),
        blob_hashes: env.blob_hashes.iter().map(word).collect(),
    }
}
