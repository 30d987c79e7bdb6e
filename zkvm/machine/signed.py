"""Transactions shaped like signed ones: from the checks to the coinbase (ISA 8.10)."""

from __future__ import annotations

from dataclasses import replace

from zkvm.host.environment import Environment
from zkvm.host.reading import account_of
from zkvm.host.request import Call
from zkvm.host.transaction import Transaction
from zkvm.isa.rules import RuleSet
from zkvm.machine.authorizations import authorize
from zkvm.machine.bare import message_of, warm
from zkvm.machine.driver import Driver
from zkvm.machine.fees import effective_price, floor_gas, intrinsic_gas, upfront_cost
from zkvm.machine.frame import Context
from zkvm.machine.message import Outcome
from zkvm.machine.world import World


def context_of(call: Call, env: Environment, rules: RuleSet, world: World) -> Context:
    """What its frames share; GASPRICE and BLOBHASH give the transaction's own, and its sender is the origin (ISA 8.10)."""
    env, transaction = env.with_members(call.env), call.transaction
    if transaction is None:
        return Context(rules, env, account_of(call.origin), world)
    env = replace(env, gas_price=effective_price(transaction, env), blob_hashes=transaction.own_blobs)
    return Context(rules, env, account_of(call.caller), world)


def run_signed(call: Call, transaction: Transaction, driver: Driver) -> Outcome:
    """The outcome of a transaction that is not refused: `gas_left` is the limit less what was used (ISA 8.10).

    Source: execution-specs, `process_transaction` of each fork.
    Raises: Unsupported, MissingCode.
    """
    rules, world, env = driver.context.rules, driver.context.world, driver.context.env
    message = message_of(call, transaction.gas_limit - intrinsic_gas(call, transaction, rules), world)
    world.raise_nonce(message.sender)
    world.debit(message.sender, upfront_cost(transaction, env))
    _warm_access_list(transaction, world)
    for authorization in transaction.own_authorizations:
        authorize(authorization, env.chain_id, rules, world)
    warm(message, driver.context)
    outcome = driver.run(message)
    left = _settle(call, transaction, driver.context, outcome.gas_left)
    _delete(world, rules)
    return replace(outcome, gas_left=left)


def _warm_access_list(transaction: Transaction, world: World) -> None:
    """EIP-2930."""
    for address, keys in transaction.own_accesses:
        account = account_of(address)
        world.warm(account)
        for key in keys:
            world.warm_slot((account, key))


def _settle(call: Call, transaction: Transaction, context: Context, left: int) -> int:
    """Refund, floor, what is paid back and what the coinbase gets: the gas left of the limit in the end.

    Source: EIP-3529, EIP-7623, EIP-1559.
    """
    rules, world, env = context.rules, context.world, context.env
    used = transaction.gas_limit - left
    used -= min(used // rules.refund_quotient, world.refund)
    used = max(used, floor_gas(call, rules))
    burnt = env.base_fee if rules.base_fee else 0
    world.credit(account_of(call.caller), (transaction.gas_limit - used) * env.gas_price)
    world.credit(account_of(env.coinbase), used * (env.gas_price - burnt))
    return transaction.gas_limit - used


def _delete(world: World, rules: RuleSet) -> None:
    """Accounts that were destroyed, and from SpuriousDragon those that were touched and are empty (EIP-161)."""
    for account in world.destroyed:
        world.delete(account)
    if rules.empty_is_absent:
        for account in world.touched:
            if world.existing.get(account) and world.empty(account):
                world.delete(account)
