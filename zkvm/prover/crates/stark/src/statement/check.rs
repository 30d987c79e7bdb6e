use std::collections::{BTreeMap, BTreeSet};

use ruint::aliases::U256;
use sol2zk_chips::listing::order;
use sol2zk_executor::gas::{BEYOND_MEMORY_GAS, rules};
use sol2zk_executor::host::Address;
use sol2zk_executor::isa::{ENV_KINDS, FORKS};
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::program::CodeKind;
use sol2zk_executor::trace::Placed;
use thiserror::Error;

use super::{Call, FIRST_CLOCK, Statement, Word, empty_code_hash, number};

/// Code of an account that delegates to another begins so (EIP-7702).
const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];

/// Why a statement cannot be true, or cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StatementError {
    /// A list is too long, out of order, or an index points nowhere.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// A program does not fit the call.
    #[error("call {0}: {1}")]
    Program(usize, &'static str),
    /// A call without code has another outcome than success with all its gas.
    #[error("call {0} has no code but an outcome of its own")]
    Empty(usize),
    /// A create where an account is already.
    #[error("call {0} creates an account {1}")]
    Occupied(usize, &'static str),
    /// The caller cannot pay the value.
    #[error("call {0}: the caller's balance is below the value")]
    Balance(usize),
    /// A result that no frame has.
    #[error("call {0} claims {1}")]
    Result(usize, &'static str),
}

/// Limits on what a receipt may hold.
pub mod limit {
    /// Calls in a batch.
    pub const CALLS: usize = 1 << 14;
    /// Accounts.
    pub const ACCOUNTS: usize = 1 << 15;
    /// Slots.
    pub const SLOTS: usize = 1 << 18;
    /// Bytes of call data, output or log data of one call.
    pub const BYTES: usize = 1 << 22;
    /// Listed hashes.
    pub const HASHES: usize = 1 << 18;
    /// Bytes of all messages of listed hashes: hashing them takes some 0.1 s.
    pub const HASHED_BYTES: usize = 1 << 24;
    /// Rows of the claim: a table holds no more.
    pub const ROWS: usize = 1 << 22;
}

/// Balances and code hashes as the calls move them: the verifier's own bookkeeping.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// (balance, nonce, code hash) after the batch, by address.
    pub after: BTreeMap<Address, (U256, u64, Word)>,
    at_call: Vec<U256>,
    /// Accounts that had storage before the batch, as far as the statement knows.
    stored: BTreeSet<Address>,
    created: BTreeSet<Address>,
}

impl Ledger {
    /// Balance of the called account when the frame of `call` starts.
    pub fn balance_at(&self, call: usize) -> U256 {
        self.at_call.get(call).copied().unwrap_or_default()
    }
}

fn increasing<T: Ord>(items: impl IntoIterator<Item = T>) -> bool {
    let mut last = None;
    for item in items {
        if last.as_ref().is_some_and(|last| *last >= item) {
            return false;
        }
        last = Some(item);
    }
    true
}

impl Statement {
    /// Checks form, order, programs, balances and everything about the calls that needs no proof; follows balances, nonces and code hashes.
    pub fn check(&self, programs: &[Placed]) -> Result<Ledger, StatementError> {
        let malformed = |what| Err(StatementError::Malformed(what));
        if usize::from(self.fork) >= FORKS.len() {
            return malformed("the fork");
        }
        if self.calls.is_empty() || self.calls.len() > limit::CALLS {
            return malformed("the list of calls");
        }
        if self.accounts.len() > limit::ACCOUNTS || !increasing(self.accounts.iter().map(|account| account.address)) {
            return malformed("the list of accounts");
        }
        let slots = self.slots.iter().map(|slot| (slot.account, slot.key));
        if self.slots.len() > limit::SLOTS || !increasing(slots) || self.slots.iter().any(|slot| slot.account as usize >= self.accounts.len()) {
            return malformed("the list of slots");
        }
        if !increasing(self.env.block_hashes.iter().map(|entry| entry.0)) || self.env.block_hashes.len() > 256 || self.env.blob_hashes.len() > 64 {
            return malformed("the environment");
        }
        self.check_hashes()?;
        self.check_tables(programs)?;
        let mut ledger = Ledger::default();
        for account in &self.accounts {
            ledger.after.insert(account.address, (number(&account.balance), account.nonce, account.code_hash));
        }
        let stored = self.slots.iter().filter(|slot| number(&slot.before) != U256::ZERO);
        ledger.stored = stored.filter_map(|slot| self.accounts.get(slot.account as usize)).map(|account| account.address).collect();
        let mut clock = FIRST_CLOCK;
        for (i, call) in self.calls.iter().enumerate() {
            self.check_form(i, call)?;
            self.check_program(i, call, programs, &ledger)?;
            self.check_vacant(i, call, &ledger)?;
            clock = check_clocks(i, call, clock)?;
            self.follow(i, call, &mut ledger)?;
        }
        if self.exit < clock || self.exit >= 1 << 29 {
            return malformed("the last clock");
        }
        Ok(ledger)
    }

    /// Few enough messages to be hashed, each once. One that no call hashes is harmless: what is said of it is true.
    fn check_hashes(&self) -> Result<(), StatementError> {
        let bytes: usize = self.hashes.iter().map(Vec::len).sum();
        if self.hashes.len() > limit::HASHES || bytes > limit::HASHED_BYTES {
            return Err(StatementError::Malformed("the list of hashes (too long)"));
        }
        if !self.hashes.windows(2).all(|pair| order(&pair[0], &pair[1]).is_lt()) {
            return Err(StatementError::Malformed("the list of hashes (not in order)"));
        }
        Ok(())
    }

    /// Only what the calls need is listed, and once: a receipt that carries the expected program beside the one that ran, or accounts
    /// that nothing touched, would claim more than it proves.
    fn check_tables(&self, programs: &[Placed]) -> Result<(), StatementError> {
        let mut codes = BTreeSet::new();
        if !programs.iter().all(|placed| codes.insert((placed.program.code_hash, placed.program.kind))) {
            return Err(StatementError::Malformed("the program table (two programs for one code)"));
        }
        let mut used = 0;
        for program in self.calls.iter().filter_map(|call| call.program) {
            if program > used {
                return Err(StatementError::Malformed("the program table (not in order of first use)"));
            }
            used = used.max(program + 1);
        }
        if used as usize != programs.len() {
            return Err(StatementError::Malformed("the program table (a program that no call runs)"));
        }
        let mut needed: BTreeSet<&Address> = self.calls.iter().map(|call| &call.to).collect();
        needed.insert(&self.contract);
        needed.extend(self.calls.iter().filter(|call| call.create || number(&call.value) != U256::ZERO).map(|call| &call.caller));
        if needed.len() != self.accounts.len() || !self.accounts.iter().all(|account| needed.contains(&account.address)) {
            return Err(StatementError::Malformed("the list of accounts"));
        }
        // before any row is made: an offset costs only a few bytes of the receipt
        if self.claim_row_count() > limit::ROWS {
            return Err(StatementError::Malformed("its size"));
        }
        Ok(())
    }

    fn check_form(&self, i: usize, call: &Call) -> Result<(), StatementError> {
        let bytes = call.logs.iter().map(|log| log.data.len()).sum::<usize>();
        if call.data.len() > limit::BYTES || call.output.len() > limit::BYTES || bytes > limit::BYTES {
            return Err(StatementError::Malformed("a call's data"));
        }
        let offsets = [&call.calldata_offsets, &call.code_offsets];
        if offsets.iter().any(|list| !increasing(list.iter()) || list.iter().any(|&offset| offset >= 1 << 30)) {
            return Err(StatementError::Malformed("a list of offsets"));
        }
        if !increasing(&call.env_kinds) || call.env_kinds.iter().any(|&kind| usize::from(kind) >= ENV_KINDS.len()) {
            return Err(StatementError::Malformed("a list of environment kinds"));
        }
        let logs =
            call.logs.iter().all(|log| log.topics.len() <= 4 && self.accounts.get(log.account as usize).is_some_and(|account| account.address == call.to));
        if !logs || call.logs.len() > 1 << 16 {
            return Err(StatementError::Malformed("a call's logs"));
        }
        match call.status {
            0 => Ok(()),
            _ if !call.logs.is_empty() => Err(StatementError::Result(i, "logs of a frame that failed")),
            1 => Ok(()),
            2 if !i64::try_from(call.gas).is_ok_and(|gas| gas < BEYOND_MEMORY_GAS) => {
                Err(StatementError::Result(i, "a halt of a frame whose gas pays for more memory than the machine has"))
            }
            2 if call.output.is_empty() && call.gas_left == 0 => Ok(()),
            2 => Err(StatementError::Result(i, "output or gas left of a halt")),
            _ => Err(StatementError::Malformed("a status")),
        }
    }

    fn check_program(&self, i: usize, call: &Call, programs: &[Placed], ledger: &Ledger) -> Result<(), StatementError> {
        let Some(&(_, _, code_hash)) = ledger.after.get(&call.to) else {
            return Err(StatementError::Program(i, "the account called is not listed"));
        };
        // The EVM runs something else there than the account's code.
        let rules = rules(self.fork);
        if !call.create && rules.is_precompile(&call.to) {
            return Err(StatementError::Program(i, "a precompile is called, which has no proof"));
        }
        let Some(program) = call.program else {
            if call.create || code_hash != empty_code_hash() {
                return Err(StatementError::Program(i, "there is code but no program"));
            }
            let silent = call.output.is_empty() && call.logs.is_empty() && call.end == 0 && call.calldata_offsets.is_empty() && call.code_offsets.is_empty();
            if !silent || !call.env_kinds.is_empty() || call.status != 0 || call.gas_left != call.gas {
                return Err(StatementError::Empty(i));
            }
            return Ok(());
        };
        let Some(placed) = programs.get(program as usize) else {
            return Err(StatementError::Program(i, "no such program"));
        };
        if placed.program.fork != self.fork {
            return Err(StatementError::Program(i, "the program is for another rule set"));
        }
        let creation = placed.program.kind == CodeKind::Creation;
        // A call or create where no code is succeeds with all its gas, whatever a program for no code would do.
        if placed.program.code.is_empty() {
            return Err(StatementError::Program(i, "there is no code, so no program runs"));
        }
        if creation != call.create {
            return Err(StatementError::Program(i, "the program is of the other kind"));
        }
        if !creation && placed.program.code_hash != code_hash {
            return Err(StatementError::Program(i, "the program is not that of the account's code"));
        }
        if !creation && rules.delegation && placed.program.code.len() == 23 && placed.program.code.starts_with(&DELEGATION) {
            return Err(StatementError::Program(i, "the account delegates to another, which has no proof"));
        }
        Ok(())
    }

    /// A create finds no account (ISA 8.9): no EVM frame would be entered otherwise (EIP-684, EIP-7610). Of storage the statement knows the touched
    /// slots, so an account created before in the batch counts as occupied even if it was left with neither code nor nonce.
    fn check_vacant(&self, i: usize, call: &Call, ledger: &Ledger) -> Result<(), StatementError> {
        if !call.create {
            return Ok(());
        }
        let occupied = |why| Err(StatementError::Occupied(i, why));
        match ledger.after.get(&call.to) {
            _ if rules(self.fork).is_precompile(&call.to) => occupied("that is a precompile"),
            Some(&(_, nonce, _)) if nonce != 0 => occupied("whose nonce is not 0"),
            Some(&(_, _, code_hash)) if code_hash != empty_code_hash() => occupied("that has code"),
            _ if ledger.stored.contains(&call.to) => occupied("that has storage"),
            _ if ledger.created.contains(&call.to) => occupied("that an earlier call created"),
            _ => Ok(()),
        }
    }

    fn follow(&self, i: usize, call: &Call, ledger: &mut Ledger) -> Result<(), StatementError> {
        let value = number(&call.value);
        if call.create {
            // as CREATE moves it, also if the create fails (ISA 8.3)
            let Some(creator) = ledger.after.get_mut(&call.caller) else { return Err(StatementError::Malformed("the list of accounts")) };
            creator.1 = creator.1.checked_add(1).ok_or(StatementError::Result(i, "a create by an account whose nonce is 2^64 - 1"))?;
        }
        let before = ledger.after.clone_entry(&call.to, &call.caller);
        if value != U256::ZERO {
            let Some(payer) = ledger.after.get_mut(&call.caller) else { return Err(StatementError::Balance(i)) };
            payer.0 = payer.0.checked_sub(value).ok_or(StatementError::Balance(i))?;
            let Some(payee) = ledger.after.get_mut(&call.to) else { return Err(StatementError::Balance(i)) };
            payee.0 = payee.0.checked_add(value).ok_or(StatementError::Balance(i))?;
        }
        ledger.at_call.push(ledger.after.get(&call.to).map_or(U256::ZERO, |entry| entry.0));
        if call.status != 0 {
            ledger.after.extend(before);
        } else if call.create
            && let Some(created) = ledger.after.get_mut(&call.to)
        {
            created.2 = keccak256(&call.output);
            ledger.created.insert(call.to);
            created.1 = rules(self.fork).created_nonce();
        }
        Ok(())
    }
}

trait CloneEntry {
    fn clone_entry(&self, a: &Address, b: &Address) -> Vec<(Address, (U256, u64, Word))>;
}

impl CloneEntry for BTreeMap<Address, (U256, u64, Word)> {
    fn clone_entry(&self, a: &Address, b: &Address) -> Vec<(Address, (U256, u64, Word))> {
        [a, b].into_iter().filter_map(|key| self.get(key).map(|entry| (*key, *entry))).collect()
    }
}

/// Clocks of logs and ends lie in order after `clock`; returns the clock before which nothing later may lie.
fn check_clocks(i: usize, call: &Call, clock: u32) -> Result<u32, StatementError> {
    if call.program.is_none() {
        return Ok(clock);
    }
    let mut last = clock;
    for log in &call.logs {
        // a log's topics lie just before it
        let first = log.clk.checked_sub(4 * log.topics.len() as u32);
        if first.is_none_or(|first| first <= last) || log.clk >= 1 << 29 {
            return Err(StatementError::Result(i, "logs out of order"));
        }
        last = log.clk;
    }
    if call.end <= last || call.end >= 1 << 29 {
        return Err(StatementError::Result(i, "an end out of order"));
    }
    Ok(call.end)
}
