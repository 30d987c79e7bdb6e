"""Storage and transient storage, their gas and refunds (ISA 3.5-3.7, 4.2)."""

from __future__ import annotations

from typing import Final

from zkvm.isa.rules import SSTORE_EIP1283, SSTORE_EIP2200, SSTORE_EIP2929, SSTORE_PLAIN, RuleSet
from zkvm.machine.frame import Frame
from zkvm.machine.world import Slot
from zkvm.program import Instruction

_WARM_SLOT: Final = 100
"""Price of a warm slot (EIP-2929), which of an SSTORE stands in no field."""
_TOUCH_AND_COLD: Final = {SSTORE_EIP1283: (200, 0), SSTORE_EIP2200: (800, 0), SSTORE_EIP2929: (_WARM_SLOT, 2100)}
"""Price of an SSTORE that changes nothing more; what EIP-2929 takes from the others, for it is charged as the cold surcharge."""


def sload(frame: Frame, at: Instruction) -> None:
    """Storage slot a; the warm price stands in the gas field."""
    slot = (frame.address, frame.read(at.a))
    if frame.world.warm_slot(slot):
        frame.gas += frame.rules.cold_slot
    frame.give(frame.world.slot(slot))


def sstore(frame: Frame, at: Instruction) -> int | None:
    """Storage slot a := b, all its gas dynamic; a static frame halts (ISA 9.3)."""
    rules, world = frame.rules, frame.world
    if frame.message.static or frame.gas_left <= rules.sstore_sentry:
        return 0
    slot, new = (frame.address, frame.read(at.a)), frame.read(at.b)
    current = world.slot(slot)
    original = world.original.setdefault(slot, current)
    if world.warm_slot(slot) and rules.sstore == SSTORE_EIP2929:
        frame.gas += rules.cold_slot + _WARM_SLOT
    gas, refund = sstore_price(rules, original, current, new)
    frame.gas += gas
    world.add_refund(refund)
    if new != current:
        world.set_slot(slot, new)
    return None


def sstore_price(rules: RuleSet, original: int, current: int, new: int) -> tuple[int, int]:
    """Gas of a warm SSTORE and what it adds to the refund counter.

    Source: Yellow Paper (before net metering), EIP-1283, EIP-2200, EIP-2929, EIP-3529.
    """
    clear = rules.clear_refund
    if rules.sstore == SSTORE_PLAIN:
        return (20000 if current == 0 and new != 0 else 5000), (clear if current != 0 and new == 0 else 0)
    touch, cold = _TOUCH_AND_COLD[rules.sstore]
    if current == new:
        return touch, 0
    if current == original:
        return (20000 if original == 0 else 5000 - cold), (clear if original != 0 and new == 0 else 0)
    refund = 0
    if original != 0:
        refund += clear if new == 0 else -clear if current == 0 else 0
    if new == original:
        refund += (20000 if original == 0 else 5000 - cold) - touch
    return touch, refund


def tload(frame: Frame, at: Instruction) -> None:
    """Transient slot a (EIP-1153)."""
    frame.give(frame.world.transient.get(_transient(frame, at), 0))


def tstore(frame: Frame, at: Instruction) -> int | None:
    """Transient slot a := b; a static frame halts (ISA 9.3)."""
    if frame.message.static:
        return 0
    frame.world.put(frame.world.transient, _transient(frame, at), frame.read(at.b))
    return None


def _transient(frame: Frame, at: Instruction) -> Slot:
    return frame.address, frame.read(at.a)
