"""The generic tier: an EVM stack of its own for code whose jumps did not resolve (ISA 11)."""

from __future__ import annotations

from zkvm.errors import InternalError
from zkvm.machine.frame import Frame
from zkvm.program import Instruction


def signed32(value: int) -> int:
    """An immediate read as a signed 32-bit number."""
    return value - (1 << 32) if value >> 31 else value


def schk(frame: Frame, at: Instruction) -> int | None:
    """On if the stack has at least b slots and room for c more of 1024, else to 0."""
    return None if frame.height >= at.b and frame.height + signed32(at.c) <= 1024 else 0


def sld(frame: Frame, at: Instruction) -> None:
    """Stack slot at depth c."""
    frame.give(frame.stack.get(_slot(frame, at), 0))


def sst(frame: Frame, at: Instruction) -> None:
    """Stack slot at depth c := a."""
    frame.stack[_slot(frame, at)] = frame.read(at.a)


def sadj(frame: Frame, at: Instruction) -> None:
    """Height += c."""
    frame.height += signed32(at.c)


def _slot(frame: Frame, at: Instruction) -> int:
    slot = frame.height - 1 - signed32(at.c)
    if slot < 0:
        raise InternalError("stack-not-checked", "a stack access has no SCHK before it", f"instruction {frame.pc}")
    return slot
