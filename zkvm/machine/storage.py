"""Storage and transient storage, their gas and refunds (ISA 3.5-3.7, 4.2)."""

from __future__ import annotations

from zkvm.machine.frame import Frame
from zkvm.machine.rules import SLOAD_COLD_SURCHARGE, SSTORE_SENTRY, Rules
from zkvm.machine.world import Slot
from zkvm.program import Instruction


def sload(frame: Frame, at: Instruction) -> None:
    """Storage slot a; the warm price stands in the gas field."""
    slot = (frame.address, frame.read(at.a))
    if _cold(frame, slot):
        frame.gas += SLOAD_COLD_SURCHARGE
    frame.give(frame.world.slots.get(slot, 0))


def sstore(frame: Frame, at: Instruction) -> int | None:
    """Storage slot a := b, all its gas dynamic."""
    if frame.rules.sentry and frame.gas_left <= SSTORE_SENTRY:
        return 0
    slot, new = (frame.address, frame.read(at.a)), frame.read(at.b)
    current = frame.world.slots.get(slot, 0)
    original = frame.transaction.original.setdefault(slot, current)
    if _cold(frame, slot):
        frame.gas += SLOAD_COLD_SURCHARGE + 100
    gas, refund = sstore_price(frame.rules, original, current, new)
    frame.gas += gas
    frame.transaction.refund += refund
    if new != current:
        frame.world.put(frame.world.slots, slot, new)
    return None


def sstore_price(rules: Rules, original: int, current: int, new: int) -> tuple[int, int]:
    """Gas of a warm SSTORE and what it adds to the refund counter.

    Source: Yellow Paper (before net metering), EIP-1283, EIP-2200, EIP-2929, EIP-3529.
    """
    clear = rules.clear_refund
    if rules.storage == "plain":
        return (20000 if current == 0 and new != 0 else 5000), (clear if current != 0 and new == 0 else 0)
    touch, cold = {"eip1283": (200, 0), "eip2200": (800, 0), "eip2929": (100, 2100)}[rules.storage]
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


def _cold(frame: Frame, slot: Slot) -> bool:
    """Whether this is the call's first access to the slot; it is warm from now on (EIP-2929)."""
    if not frame.rules.access or slot in frame.transaction.warm_slots:
        return False
    frame.transaction.warm_slots.add(slot)
    return True


def tload(frame: Frame, at: Instruction) -> None:
    """Transient slot a (EIP-1153)."""
    frame.give(frame.transaction.transient.get((frame.address, frame.read(at.a)), 0))


def tstore(frame: Frame, at: Instruction) -> None:
    """Transient slot a := b."""
    frame.world.put(frame.transaction.transient, (frame.address, frame.read(at.a)), frame.read(at.b))
