"""Calls, creates and SELFDESTRUCT (ISA 5.4, 8.6, 8.7)."""

from __future__ import annotations

from zkvm.errors import Unsupported
from zkvm.machine.frame import Frame
from zkvm.machine.rules import NEW_ACCOUNT, SELFDESTRUCT_COLD
from zkvm.program import Instruction
from zkvm.word import ADDRESS_MASK

_CALLS = ("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")
_CREATES = ("CREATE", "CREATE2")


def call(_frame: Frame, at: Instruction) -> None:
    """Raises: Unsupported."""
    raise Unsupported("call", _CALLS[at.c])


def create(_frame: Frame, at: Instruction) -> None:
    """Raises: Unsupported."""
    raise Unsupported("create", _CREATES[at.c])


def selfdestruct(frame: Frame, at: Instruction) -> int:
    """Give all value to account a and end; delete this account where the rule set says so.

    Source: Yellow Paper, EIP-150, EIP-161, EIP-2929, EIP-3529, EIP-6780.
    """
    rules, world, transaction = frame.rules, frame.world, frame.transaction
    heir = frame.read(at.a) & ADDRESS_MASK
    balance = world.balance(frame.address)
    if rules.access and heir not in transaction.warm_accounts:
        transaction.warm_accounts.add(heir)
        frame.gas += SELFDESTRUCT_COLD
    if rules.new_account_gas and not world.exists(heir, rules.empty_is_absent) and (balance or not rules.empty_is_absent):
        frame.gas += NEW_ACCOUNT
    if frame.gas_left >= 0 and heir != frame.address and (world.balance(heir) + balance) >> 256:
        raise Unsupported("balance-limit", "a balance of 2^256 or more")
    destroyed = rules.destroy_always or frame.call.create
    world.move(frame.address, heir, balance)
    if destroyed:
        transaction.refund += rules.destroy_refund
        transaction.destroyed.append(frame.address)
        world.put(world.balances, frame.address, 0)
    frame.status = "success"
    return 0
