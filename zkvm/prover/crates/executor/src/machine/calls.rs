//! CALL and CREATE up to the entry of what they call: charges, marks, the gas given (ISA 9.2, 9.3, 9.5).

use std::ops::Range;

use ruint::aliases::U256;

use super::frame::{Entry, Frame};
use super::surroundings::Surroundings;
use super::{Fault, Trap};
use crate::gas::words_of;
use crate::host::message::Kind;
use crate::host::word_address;
use crate::rules::{CALL_NEW_ACCOUNT_GAS, CALL_STIPEND, CALL_VALUE_GAS, HASH_WORD_GAS, RuleSet};

/// What a CALL enters.
#[derive(Debug)]
pub(super) struct Calling {
    pub entry: Entry,
    /// Memory that is the call data.
    pub input: Range<usize>,
}

/// What a CREATE enters.
#[derive(Debug)]
pub(super) struct Creating {
    pub kind: Kind,
    pub value: U256,
    /// Memory that is the init code.
    pub init: Range<usize>,
    pub salt: U256,
    /// Gas given, charged.
    pub gas: u64,
}

impl Frame {
    /// CALL of a kind: everything is charged, what the callee gets too.
    pub(super) fn call(&mut self, host: &mut Surroundings, kind: u32, gas: u32) -> Result<Calling, Trap> {
        self.left -= i64::from(gas);
        let kind = *Kind::CALLS.get(kind as usize).ok_or(Fault::Misplaced)?;
        let [asked, to, rest @ ..] = self.arguments;
        let (value, [input, in_size, output, out_size]) = match rest {
            [value, a, b, c, d] if kind.has_value() => (value, [a, b, c, d]),
            [a, b, c, d, _] => (U256::ZERO, [a, b, c, d]),
        };
        let pays = !value.is_zero();
        if kind == Kind::Call && pays {
            self.change()?;
        }
        let world = &mut host.world;
        let rules = world.rules;
        let target = world.open(&word_address(to));
        if world.warm(target) {
            self.left -= rules.cold_account;
        }
        if pays {
            self.left -= CALL_VALUE_GAS;
        }
        if kind == Kind::Call && !world.exists(target) && (pays || !rules.empty_is_absent) {
            self.left -= CALL_NEW_ACCOUNT_GAS;
        }
        if let Some(delegate) = world.delegate(target) {
            self.left -= rules.warm_account + if world.warm(delegate) { rules.cold_account } else { 0 };
        }
        self.notice()?;
        let given = self.give(rules, asked)?;
        let stipend = if pays { CALL_STIPEND } else { 0 };
        let input = self.range(input, in_size)?;
        self.pending.output = self.range(output, out_size)?;
        let own = if matches!(kind, Kind::Call | Kind::StaticCall) { target } else { self.entry.own };
        let (caller, value) = if kind == Kind::DelegateCall { (self.entry.caller, self.entry.value) } else { (self.address, value) };
        let entry = Entry {
            depth: self.entry.depth + 1,
            kind,
            from: self.address,
            caller,
            own,
            target,
            value,
            is_static: self.entry.is_static || kind == Kind::StaticCall,
            gas: (given + stipend).unsigned_abs(),
            deposits: true,
        };
        Ok(Calling { entry, input })
    }

    /// Charges what a callee is given of what it asks for.
    fn give(&mut self, rules: &RuleSet, asked: U256) -> Result<i64, Trap> {
        let most = rules.most_given(self.left);
        let asked = i64::try_from(asked).unwrap_or(i64::MAX);
        if !rules.call_all_but_64th && asked > most {
            return Err(Trap::OutOfGas);
        }
        let given = asked.min(most);
        self.left -= given;
        Ok(given)
    }

    /// CREATE of a kind: everything is charged, what the init code gets too.
    pub(super) fn create(&mut self, host: &Surroundings, kind: u32, gas: u32) -> Result<Creating, Trap> {
        self.left -= i64::from(gas);
        let kind = *Kind::CREATES.get(kind as usize).ok_or(Fault::Misplaced)?;
        let [value, offset, length, salt, ..] = self.arguments;
        self.change()?;
        let rules = host.world.rules;
        let init = self.range(offset, length)?;
        if RuleSet::exceeds(init.len(), rules.init_code_limit_bytes) {
            return Err(Trap::Halt);
        }
        let hashed = if kind == Kind::Create2 { HASH_WORD_GAS } else { 0 };
        self.left -= (rules.init_word_gas + hashed) * words_of(init.len() as u64) as i64;
        self.notice()?;
        let given = rules.most_given(self.left);
        self.left -= given;
        self.pending.output = 0..0;
        Ok(Creating { kind, value, init, salt, gas: given.unsigned_abs() })
    }
}
