"""Bare messages: a transaction without fees, nonce check or intrinsic gas (ISA 8.3, 8.9)."""

from __future__ import annotations

from zkvm.errors import InputError
from zkvm.isa.rules import RuleSet, precompiles_of
from zkvm.machine.driver import NONCE_MAX, Driver
from zkvm.machine.message import Message, Outcome
from zkvm.machine.request import Transaction
from zkvm.machine.world import World, delegate_of


def run_bare(transaction: Transaction, driver: Driver, place: str) -> Outcome:
    """The outcome of a bare message; the world is as after it.

    Raises: InputError for what the EVM would enter no frame for, Unsupported, MissingCode.
    """
    rules, world = driver.context.rules, driver.context.world
    _check(transaction, world, rules, place)
    warm(world, rules, transaction)
    if transaction.create:
        world.raise_nonce(transaction.caller)
    outcome = driver.run(message_of(transaction, transaction.gas))
    for account in world.destroyed:
        world.delete(account)
    return outcome


def warm(world: World, rules: RuleSet, transaction: Transaction) -> None:
    """What is warm from the start: caller, `to`, precompiles, coinbase, the delegation's target (ISA 8.3, 8.5)."""
    accounts = [transaction.caller, transaction.to, *precompiles_of(rules.index)]
    if rules.warm_coinbase:
        accounts.append(transaction.env.coinbase)
    target = delegate_of(world.code(transaction.to), rules)
    for account in accounts if target is None else [*accounts, target]:
        world.warm(account)


def message_of(transaction: Transaction, gas: int) -> Message:
    """The message that enters a transaction's frame."""
    create, to = transaction.create, transaction.to
    return Message(
        kind="create" if create else "call",
        sender=transaction.caller,
        caller=transaction.caller,
        address=to,
        code_address=to,
        value=transaction.value,
        data=transaction.code + transaction.data,
        gas=gas,
        bare=create and transaction.terms is None,
        creation=transaction.code,
    )


def _check(transaction: Transaction, world: World, rules: RuleSet, place: str) -> None:
    """What must hold before a frame is entered (ISA 6.3, 8.9)."""
    caller, to, value = transaction.caller, transaction.to, transaction.value
    if transaction.create:
        why = "it is a precompile" if to in precompiles_of(rules.index) else world.occupied(to)
        if why is not None:
            raise InputError("occupied", f"a create at {to:#042x}: {why}", f"{place}.to")
        if world.nonce(caller) == NONCE_MAX:
            raise InputError("nonce-max", "the caller's nonce is 2^64 - 1", f"{place}.caller")
    if world.balance(caller) < value:
        raise InputError("caller-cannot-pay", "the caller has less than the value", f"{place}.value")
    if caller != to and (world.balance(to) + value) >> 256:
        raise InputError("balance-overflow", "the balance of the account called would be 2^256 or more", f"{place}.value")
