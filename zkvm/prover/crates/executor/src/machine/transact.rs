//! Transactions shaped like signed ones: what happens before and after their message (ISA 8.10).

use std::sync::Arc;

use ruint::aliases::U256;

use super::batch::Batch;
use super::driver::Done;
use super::frame::Entry;
use super::{BALANCE_LIMIT, Stop, Struck, create_address};
use crate::host::message::Kind;
use crate::host::request::{Environment, Transaction};
use crate::host::result::TransactionResult;
use crate::host::state::{DELEGATION, Handle, World};
use crate::trace::Status;
use crate::transaction::{Authorization, Block, Offer, Refusal, Sender, Terms, authority, floor_gas, gas_used, intrinsic_gas, kind, refusal};

impl Batch<'_> {
    /// Runs a transaction, or says why the rule set refuses it.
    pub(super) fn signed(&mut self, transaction: &Transaction, terms: &Terms, env: &Arc<Environment>) -> Result<TransactionResult, Stop> {
        let price = terms.price.effective(env.base_fee);
        let own = Arc::new(Environment { gas_price: price, blob_hashes: terms.blob_hashes.clone(), ..(**env).clone() });
        self.driver.host.begin(&own, &transaction.caller);
        let world = &mut self.driver.host.world;
        let rules = world.rules;
        let creates = transaction.create.is_some();
        let init: Arc<[u8]> = transaction.create.as_deref().map(|code| [code, transaction.data.as_slice()].concat().into()).unwrap_or_default();
        let data: &[u8] = if creates { &init } else { &transaction.data };
        let sender = world.open(&transaction.caller);
        let block = Block { gas_limit: env.gas_limit, base_fee: env.base_fee, blob_base_fee: env.blob_base_fee };
        let offer = Offer { creates, value: transaction.value, data };
        if let Some(reason) = refusal(rules, &block, &sender_facts(world, sender), &offer, terms) {
            return Ok(self.refused(reason));
        }
        // what the refusals leave is at most the balance
        let advance = terms.advance(env.base_fee, env.blob_base_fee).unwrap_or_default();
        let nonce = world.get(sender).nonce;
        world.set_nonce(sender, nonce + 1);
        let rest = world.get(sender).balance.saturating_sub(advance);
        world.set_balance(sender, rest);
        let target = if creates { create_address(&transaction.caller, nonce) } else { transaction.to };
        let to = warm(world, sender, &target, &env.coinbase, terms);
        for authorization in terms.authorizations.iter().filter(|_| terms.kind == kind::AUTHORIZATIONS) {
            authorize(world, authorization, env.chain_id);
        }
        let gas = terms.gas_limit - intrinsic_gas(rules, creates, data, terms);
        let entry = Entry {
            depth: 0,
            kind: if creates { Kind::Create } else { Kind::Call },
            from: transaction.caller,
            caller: transaction.caller,
            own: to,
            target: to,
            value: transaction.value,
            is_static: false,
            gas,
            deposits: true,
        };
        let floor = floor_gas(rules, data);
        let done = if creates { self.driver.run_create(entry, init)? } else { self.driver.run_call(entry, data)? };
        self.settle(done, terms, floor, sender, env)
    }

    /// Pays back what was not used, pays the coinbase, ends the transaction.
    fn settle(&mut self, done: Done, terms: &Terms, floor: u64, sender: Handle, env: &Environment) -> Result<TransactionResult, Stop> {
        let world = &mut self.driver.host.world;
        let rules = world.rules;
        let refund = u64::try_from(world.refund).unwrap_or(0);
        let used = gas_used(rules, terms.gas_limit, done.gas_left, refund, floor);
        let gas_left = terms.gas_limit - used;
        let price = terms.price.effective(env.base_fee);
        let tip = if rules.base_fee { price.saturating_sub(env.base_fee) } else { price };
        let coinbase = world.open(&env.coinbase);
        for (account, amount, per) in [(sender, gas_left, price), (coinbase, used, tip)] {
            let sum = U256::from(amount).checked_mul(per).and_then(|amount| world.get(account).balance.checked_add(amount));
            let Some(sum) = sum else {
                return Err(Stop::of(Struck { trap: BALANCE_LIMIT, id: 0 }, self.driver.transaction as usize));
            };
            world.set_balance(account, sum);
        }
        let mut result = self.result(done);
        result.gas_left = gas_left;
        Ok(result)
    }

    fn refused(&mut self, reason: Refusal) -> TransactionResult {
        let nothing = Done { status: Status::Halt, gas_left: 0, output: Vec::new(), created: None };
        TransactionResult { refused: Some(reason.code()), ..self.result(nothing) }
    }
}

fn sender_facts(world: &World, sender: Handle) -> Sender {
    let account = world.get(sender);
    let designator = world.rules.delegation && account.code.len() == 23 && account.code.starts_with(&DELEGATION);
    Sender { nonce: account.nonce, balance: account.balance, has_code: !account.code.is_empty() && !designator }
}

/// What is warm from the start: sender, target, coinbase, the access list (ISA 8.3); the target's handle.
fn warm(world: &mut World, sender: Handle, target: &[u8; 20], coinbase: &[u8; 20], terms: &Terms) -> Handle {
    world.warm(sender);
    let to = world.open(target);
    world.warm(to);
    if world.rules.warm_coinbase {
        let coinbase = world.open(coinbase);
        world.warm(coinbase);
    }
    for access in &terms.access_list {
        let account = world.open(&access.address);
        world.warm(account);
        for key in &access.keys {
            world.load(account, *key);
        }
    }
    to
}

/// Sets the code of an authorization's account, unless the authorization is of no effect (EIP-7702).
fn authorize(world: &mut World, authorization: &Authorization, chain_id: U256) {
    if !authorization.chain_id.is_zero() && authorization.chain_id != chain_id {
        return;
    }
    let Some(nonce) = u64::try_from(authorization.nonce).ok().filter(|nonce| *nonce < u64::MAX) else { return };
    let Some(authority) = authority(authorization) else { return };
    let account = world.open(&authority);
    world.warm(account);
    let found = world.get(account);
    if (!found.code.is_empty() && found.delegate().is_none()) || found.nonce != nonce {
        return;
    }
    if world.exists(account) {
        world.refund += world.rules.authorization_refund;
    }
    let code: Arc<[u8]> = if authorization.address == [0; 20] { Arc::default() } else { [&DELEGATION, authorization.address.as_slice()].concat().into() };
    world.set_code(account, code);
    world.set_nonce(account, nonce + 1);
}
