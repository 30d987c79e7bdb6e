//! What a caller of `verify` pins, held against a verified receipt.

use std::collections::BTreeMap;

use ruint::aliases::U256;
use sol2zk_executor::host::Address;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa::FORKS;
use sol2zk_executor::keccak::keccak256;

use crate::statement::{Account, Call};
use crate::verify::{Rejection, Verified};
use crate::witness::environment;

/// Everything that is expected of a receipt.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// The rule set.
    pub fork: Option<u8>,
    /// Code hashes that must be among the programs.
    pub code_hashes: Vec<[u8; 32]>,
    /// Program digests that must be among the programs; they are then pinned.
    pub digests: Vec<[u8; 32]>,
    /// Calls, context and state before.
    pub request: Option<Request>,
    /// Whether the request knows the code of the contract under test before the calls (else its code is not compared).
    pub code_known: bool,
    /// Whether the request knows the creation code of its creates (else it is not compared).
    pub creation_known: bool,
    /// What the caller expected and found not to be so: a receipt that is as expected otherwise fails with it.
    pub unmet: Option<String>,
}

fn differs<T>(what: impl Into<String>) -> Result<T, Rejection> {
    Err(Rejection::Expectation(what.into()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("0x"), |text, byte| text + &format!("{byte:02x}"))
}

impl Expectations {
    /// Fails with the first expectation that the receipt does not meet.
    pub fn check(&self, verified: &Verified) -> Result<(), Rejection> {
        let (programs, fork) = (&verified.programs, verified.receipt.statement.fork);
        if self.fork.is_some_and(|expected| expected != fork) {
            return differs(format!("the receipt is of {} rules", FORKS.get(usize::from(fork)).unwrap_or(&"unknown")));
        }
        if let Some(hash) = self.code_hashes.iter().find(|hash| !programs.iter().any(|placed| placed.program.code_hash == **hash)) {
            return differs(format!("no program of the receipt is for the code hash {}", hex(hash)));
        }
        if let Some(digest) = self.digests.iter().find(|digest| !programs.iter().any(|placed| placed.program.digest() == **digest)) {
            return differs(format!("the program {} is not in the receipt", hex(digest)));
        }
        self.request.as_ref().map_or(Ok(()), |request| self.check_request(request, verified))?;
        self.unmet.as_ref().map_or(Ok(()), differs)
    }

    fn check_request(&self, request: &Request, verified: &Verified) -> Result<(), Rejection> {
        let statement = &verified.receipt.statement;
        if request.fork != statement.fork {
            return differs("the rule set differs");
        }
        if request.contract != statement.contract {
            return differs("the address of the contract differs");
        }
        if environment(request) != statement.env {
            return differs("the environment differs");
        }
        if request.calls.len() != statement.calls.len() {
            return differs(format!("{} calls are expected, the receipt has {}", request.calls.len(), statement.calls.len()));
        }
        for (i, (asked, call)) in request.calls.iter().zip(&statement.calls).enumerate() {
            if let Some(field) = different_field(asked, call) {
                return differs(format!("call {i} has another {field}"));
            }
            if let Some(code) = asked.create.as_ref().filter(|_| self.creation_known) {
                let program = call.program.and_then(|program| verified.programs.get(program as usize));
                if program.is_none_or(|placed| placed.program.code_hash != keccak256(code)) {
                    return differs(format!("call {i} runs other creation code"));
                }
            }
        }
        let known: BTreeMap<&Address, &sol2zk_executor::host::request::AccountState> = request.state.iter().collect();
        for account in &statement.accounts {
            self.check_account(request, account, known.get(&account.address).copied())?;
        }
        for slot in &statement.slots {
            let Some(account) = statement.accounts.get(slot.account as usize) else { continue };
            let key = U256::from_be_bytes(slot.key);
            let before = known.get(&account.address).and_then(|state| state.storage.get(&key)).copied().unwrap_or_default();
            if before.to_be_bytes::<32>() != slot.before {
                return differs(format!("slot {} of {} holds another word before", hex(&slot.key), hex(&account.address)));
            }
        }
        Ok(())
    }

    fn check_account(&self, request: &Request, account: &Account, known: Option<&sol2zk_executor::host::request::AccountState>) -> Result<(), Rejection> {
        let name = hex(&account.address);
        let balance = known.map(|state| state.balance).unwrap_or_default();
        if balance.to_be_bytes::<32>() != account.balance {
            return differs(format!("{name} has another balance before"));
        }
        if known.map_or(0, |state| state.nonce) != account.nonce {
            return differs(format!("{name} has another nonce before"));
        }
        let compared = self.code_known || account.address != request.contract;
        if compared && keccak256(known.map_or(&[], |state| &state.code)) != account.code_hash {
            return differs(format!("{name} has other code before"));
        }
        Ok(())
    }
}

fn different_field(asked: &sol2zk_executor::host::request::Transaction, call: &Call) -> Option<&'static str> {
    let checks = [
        ("kind", asked.create.is_some() == call.create),
        ("caller", asked.caller == call.caller),
        ("origin", asked.origin == call.origin),
        ("target", asked.to == call.to),
        ("value", asked.value.to_be_bytes::<32>() == call.value),
        ("data", asked.data == call.data),
        ("gas", asked.gas == call.gas),
    ];
    checks.into_iter().find(|(_, same)| !same).map(|(field, _)| field)
}
