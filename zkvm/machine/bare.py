"""Bare messages: a transaction without fees, nonce check or intrinsic gas (ISA 8.3, 8.9)."""

from __future__ import annotations

from zkvm.errors import InputError
from zkvm.host.reading import account_of, address_text
from zkvm.host.request import Call
from zkvm.isa.rules import precompiles_of
from zkvm.machine.driver import NONCE_MAX, Driver
from zkvm.machine.frame import Context
from zkvm.machine.message import Message, Outcome, create_address
from zkvm.machine.world import World, delegate_of


def run_bare(call: Call, driver: Driver, place: str) -> Outcome:
    """The outcome of a bare message; the world is as after it.

    Raises: InputError for what the EVM would enter no frame for, Unsupported, MissingCode.
    """
    world = driver.context.world
    message = message_of(call, call.limit, world)
    _check(message, driver.context, place)
    warm(message, driver.context)
    if call.create:
        world.raise_nonce(message.sender)
    outcome = driver.run(message)
    for account in world.destroyed:
        world.delete(account)
    return outcome


def warm(message: Message, context: Context) -> None:
    """What is warm from the start: caller, `to`, precompiles, coinbase, the delegation's target (ISA 8.3, 8.5)."""
    rules, world = context.rules, context.world
    accounts = [message.sender, message.address, *precompiles_of(rules.index)]
    if rules.warm_coinbase:
        accounts.append(account_of(context.env.coinbase))
    target = delegate_of(world.code(message.address), rules)
    for account in accounts if target is None else [*accounts, target]:
        world.warm(account)


def message_of(call: Call, gas: int, world: World) -> Message:
    """The message that enters a transaction's frame. A create that has no `to` is where the sender's nonce says, before it moves."""
    sender = account_of(call.caller)
    to = create_address(sender, world.nonce(sender)) if call.to is None else account_of(call.to)
    return Message(
        kind="create" if call.create else "call",
        sender=sender,
        caller=sender,
        address=to,
        code_address=to,
        value=call.value,
        data=call.code + call.data,
        gas=gas,
        bare=call.create and call.transaction is None,
        creation=call.code,
    )


def _check(message: Message, context: Context, place: str) -> None:
    """What must hold before a frame is entered (ISA 6.3, 8.9)."""
    world, sender, to, value = context.world, message.sender, message.address, message.value
    if message.creates:
        why = "it is a precompile" if to in precompiles_of(context.rules.index) else world.occupied(to)
        if why is not None:
            raise InputError("occupied", f"a create at {address_text(to)}: {why}", f"{place}.to")
        if world.nonce(sender) == NONCE_MAX:
            raise InputError("nonce-max", "the caller's nonce is 2^64 - 1", f"{place}.caller")
    if world.balance(sender) < value:
        raise InputError("caller-cannot-pay", "the caller has less than the value", f"{place}.value")
    if sender != to and (world.balance(to) + value) >> 256:
        raise InputError("balance-overflow", "the balance of the account called would be 2^256 or more", f"{place}.value")
