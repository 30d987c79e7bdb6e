//! The verdict as JSON: what `verify --json` prints.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sol2zk_executor::isa::FORKS;
use sol2zk_executor::keccak::keccak256;

use crate::expect::Expectations;
use crate::security::{Proven, proven};
use crate::statement::{Environment, Log, Statement, Word, empty_code_hash, number};
use crate::verify::{Rejection, Verified, verify};

#[cfg(test)]
mod tests;

/// "0x" and the digits of bytes, without `skipped` of them in front.
fn digits(bytes: &[u8], skipped: usize) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    text.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).skip(skipped).map(|digit| char::from(DIGITS[usize::from(digit)])));
    text
}

fn hex(bytes: &[u8]) -> String {
    digits(bytes, 0)
}

fn quantity(word: &[u8; 32]) -> String {
    // the last digit of 0 stays
    let zeros = word.iter().take_while(|&&byte| byte == 0).count().min(31);
    digits(&word[zeros..], usize::from(word[zeros] < 16))
}

/// An object of values that are moved into it: `json!` would copy each.
fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Verifies `bytes` against `expectations` and reports it; the test profile is never valid.
pub fn verdict(bytes: &[u8], expectations: &Expectations) -> Value {
    let outcome = verify(bytes, false).and_then(|verified| expectations.check(&verified).map(|()| verified));
    match outcome {
        Ok(verified) => valid(&verified, expectations),
        Err(rejection) => invalid(&rejection),
    }
}

fn invalid(rejection: &Rejection) -> Value {
    let kind = match rejection {
        Rejection::Format(_) => "format",
        Rejection::UnknownProfile(_) | Rejection::WeakProfile(_) => "profile",
        Rejection::Program(..) => "program",
        Rejection::Statement(_) => "statement",
        Rejection::Tables(_) => "tables",
        Rejection::Proof(_) => "proof",
        Rejection::Expectation(_) => "expectation",
    };
    let profile = if let Rejection::WeakProfile(name) = rejection { json!(name) } else { Value::Null };
    json!({
        "valid": false, "reason": rejection.to_string(), "kind": kind, "hashes": 0, "precompiles": 0, "proven_bits": 0, "list_decoding_bits": {"2025": 0, "2026": 0},
        "unique_decoding_bits": 0, "summed_bits": {"2025": 0, "2026": 0, "unique": 0}, "profile": profile, "fork": null, "programs": [],
        "before": {}, "after": {}, "calls": [],
    })
}

fn valid(verified: &Verified, expectations: &Expectations) -> Value {
    let statement = &verified.receipt.statement;
    let programs: Vec<Value> = verified
        .programs
        .iter()
        .map(|placed| {
            let digest = placed.program.digest();
            json!({
                "code_hash": hex(&placed.program.code_hash), "program_digest": hex(&digest), "pinned": expectations.digests.contains(&digest),
                "kind": placed.program.kind.name(),
            })
        })
        .collect();
    let calls: Vec<Value> = statement.calls.iter().map(|call| call_json(statement, call)).collect();
    let codes = codes(verified);
    let Proven { smallest, summed } = proven(&verified.profile, &verified.shape);
    let mut document = json!({
        "valid": true, "reason": null, "kind": null, "proven_bits": smallest.list(),
        "list_decoding_bits": {"2025": smallest.list_2025, "2026": smallest.list_2026}, "unique_decoding_bits": smallest.unique,
        "summed_bits": {"2025": summed.list_2025, "2026": summed.list_2026, "unique": summed.unique}, "profile": verified.profile.name,
        "fork": FORKS.get(usize::from(statement.fork)), "contract": hex(&statement.contract), "env": environment(&statement.env),
        "hashes": statement.hashes.len(), "precompiles": 0,
    });
    document["programs"] = programs.into();
    document["before"] = state(verified, &codes, false);
    document["after"] = state(verified, &codes, true);
    document["calls"] = calls.into();
    document
}

/// The environment in the form of ISA 8.1.
fn environment(env: &Environment) -> Value {
    let hashes = |entries: &[(Word, Word)]| entries.iter().map(|(number, hash)| (quantity(number), json!(hex(hash)))).collect::<Map<_, _>>();
    json!({
        "number": quantity(&env.number), "timestamp": quantity(&env.timestamp), "coinbase": hex(&env.coinbase), "prevrandao": quantity(&env.prevrandao),
        "difficulty": quantity(&env.difficulty), "gas_limit": quantity(&env.gas_limit), "chain_id": quantity(&env.chain_id),
        "base_fee": quantity(&env.base_fee), "blob_base_fee": quantity(&env.blob_base_fee), "gas_price": quantity(&env.gas_price),
        "block_hashes": hashes(&env.block_hashes), "blob_hashes": env.blob_hashes.iter().map(|hash| hex(hash)).collect::<Vec<_>>(),
    })
}

fn call_json(statement: &Statement, call: &crate::statement::Call) -> Value {
    let log = |log: &Log| {
        let address = statement.accounts.get(log.account as usize).map(|account| hex(&account.address));
        let topics: Vec<Value> = log.topics.iter().map(|topic| hex(topic).into()).collect();
        object([("address", address.into()), ("topics", topics.into()), ("data", hex(&log.data).into())])
    };
    let logs: Vec<Value> = call.logs.iter().map(log).collect();
    let status = ["success", "revert", "halt"].get(usize::from(call.status)).copied().unwrap_or("halt");
    object([
        ("status", status.into()),
        ("return_data", hex(&call.output).into()),
        ("logs", logs.into()),
        ("gas_left", format!("{:#x}", call.gas_left).into()),
        ("create", call.create.into()),
        ("caller", hex(&call.caller).into()),
        ("origin", hex(&call.origin).into()),
        ("to", hex(&call.to).into()),
        ("value", quantity(&call.value).into()),
        ("data", hex(&call.data).into()),
        ("gas", format!("{:#x}", call.gas).into()),
    ])
}

/// The code that the receipt holds, by its hash: of programs, as outputs of creates, and none.
fn codes(verified: &Verified) -> HashMap<Word, &[u8]> {
    let programs = verified.programs.iter().map(|placed| (placed.program.code_hash, placed.program.code.as_slice()));
    let created = verified.receipt.statement.calls.iter().filter(|call| call.create && call.status == 0);
    let created = created.map(|call| (keccak256(&call.output), call.output.as_slice()));
    programs.chain(created).chain([(empty_code_hash(), &[][..])]).collect()
}

/// Touched accounts and slots, before or after the batch, in the form that a call file's `state` has; the code where the receipt holds it.
fn state(verified: &Verified, codes: &HashMap<Word, &[u8]>, after: bool) -> Value {
    let statement = &verified.receipt.statement;
    let mut storages = vec![Map::new(); statement.accounts.len()];
    for slot in &statement.slots {
        if let Some(storage) = storages.get_mut(slot.account as usize) {
            storage.insert(quantity(&slot.key), quantity(if after { &slot.after } else { &slot.before }).into());
        }
    }
    let mut accounts = Map::new();
    for (account, storage) in statement.accounts.iter().zip(storages) {
        let before = (number(&account.balance), account.nonce, account.code_hash);
        let (balance, nonce, code_hash) = if after { verified.ledger.after.get(&account.address).copied().unwrap_or(before) } else { before };
        let mut entry = object([
            ("balance", quantity(&balance.to_be_bytes()).into()),
            ("nonce", format!("{nonce:#x}").into()),
            ("code_hash", hex(&code_hash).into()),
            ("storage", storage.into()),
        ]);
        if let Some(code) = codes.get(&code_hash) {
            entry["code"] = hex(code).into();
        }
        accounts.insert(hex(&account.address), entry);
    }
    Value::Object(accounts)
}
