"""Transactions shaped like signed ones: from the checks to the coinbase (ISA 8.10)."""

from __future__ import annotations

from dataclasses import replace

from zkvm.isa.rules import RuleSet
from zkvm.machine.authorizations import authorize
from zkvm.machine.bare import message_of, warm
from zkvm.machine.driver import Driver
from zkvm.machine.fees import effective_price, floor_gas, intrinsic_gas, upfront_cost
from zkvm.machine.frame import Context
from zkvm.machine.message import Outcome, create_address
from zkvm.machine.request import Transaction
from zkvm.machine.terms import Terms
from zkvm.machine.world import World


def context_of(transaction: Transaction, rules: RuleSet, world: World) -> Context:
    """What its frames share; GASPRICE and BLOBHASH give the transaction's own (ISA 8.10)."""
    env, terms = transaction.env, transaction.terms
    if terms is not None:
        env = replace(env, gas_price=effective_price(terms, env), blob_hashes=terms.blob_hashes)
    return Context(rules, env, transaction.origin, world)


def run_signed(transaction: Transaction, terms: Terms, driver: Driver) -> Outcome:
    """The outcome of a transaction that is not refused: `gas_left` is the limit less what was used (ISA 8.10).

    Source: execution-specs, `process_transaction` of each fork.
    Raises: Unsupported, MissingCode.
    """
    rules, world, env = driver.context.rules, driver.context.world, driver.context.env
    sender = transaction.caller
    if transaction.create:
        transaction = replace(transaction, to=create_address(sender, world.nonce(sender)))
    world.raise_nonce(sender)
    world.debit(sender, upfront_cost(terms, env))
    _warm_access_list(terms, world)
    for authorization in terms.authorizations if terms.type == 4 else ():
        authorize(authorization, env.chain_id, rules, world)
    warm(world, rules, transaction)
    gas = terms.gas_limit - intrinsic_gas(transaction, terms, rules)
    outcome = driver.run(message_of(transaction, gas))
    left = _settle(transaction, terms, driver.context, outcome.gas_left)
    _delete(world, rules)
    return replace(outcome, gas_left=left)


def _warm_access_list(terms: Terms, world: World) -> None:
    """EIP-2930."""
    for account, keys in terms.access_list:
        world.warm(account)
        for key in keys:
            world.warm_slot((account, key))


def _settle(transaction: Transaction, terms: Terms, context: Context, left: int) -> int:
    """Refund, floor, what is paid back and what the coinbase gets: the gas left of the limit in the end.

    Source: EIP-3529, EIP-7623, EIP-1559.
    """
    rules, world, env = context.rules, context.world, context.env
    used = terms.gas_limit - left
    used -= min(used // rules.refund_quotient, world.refund)
    used = max(used, floor_gas(transaction, rules))
    burnt = env.base_fee if rules.base_fee else 0
    world.credit(transaction.caller, (terms.gas_limit - used) * env.gas_price)
    world.credit(env.coinbase, used * (env.gas_price - burnt))
    return terms.gas_limit - used


def _delete(world: World, rules: RuleSet) -> None:
    """Accounts that were destroyed, and from SpuriousDragon those that were touched and are empty (EIP-161)."""
    for account in world.destroyed:
        world.delete(account)
    if rules.empty_is_absent:
        for account in world.touched:
            if world.existing.get(account) and world.empty(account):
                world.delete(account)
