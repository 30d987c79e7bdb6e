"""SELFDESTRUCT by rule set (ISA 8.6, 8.7, 9.8)."""

from __future__ import annotations

from zkvm.machine.frame import Frame
from zkvm.program import Instruction
from zkvm.word import ADDRESS_MASK


def selfdestruct(frame: Frame, at: Instruction) -> int:
    """Give all value to account a and end; this account is deleted with the transaction where the rule set says so.

    Source: Yellow Paper, EIP-150, EIP-161, EIP-2929, EIP-3529, EIP-6780.
    """
    rules, world, own = frame.rules, frame.world, frame.address
    if frame.message.static:
        return 0
    heir = frame.read(at.a) & ADDRESS_MASK
    balance = world.balance(own)
    if world.warm(heir):
        frame.gas += rules.cold_beneficiary
    if not world.exists(heir, rules) and (balance or not rules.empty_is_absent):
        frame.gas += rules.destruct_new_account
    if frame.gas_left < 0:
        return 0
    world.move(own, heir, balance)
    if own in world.created or not rules.destruct_created_only:
        if own not in world.destroyed:
            world.add_refund(rules.destruct_refund)
            world.put(world.destroyed, own, True)
        world.put(world.balances, own, 0)
    frame.status = "success"
    return 0
