"""Control, registers, ends (ISA 2.2-2.4, 5.3). A handler gives the next identifier, or None for the one that follows."""

from __future__ import annotations

from zkvm.errors import InternalError
from zkvm.isa.table import BY_NAME
from zkvm.machine.frame import ArgumentsAsCode, Frame
from zkvm.program import Instruction
from zkvm.word import SIGN

_LABEL = BY_NAME["LABEL"].code


def region(frame: Frame, _at: Instruction) -> None:
    """T := clk: the wires of the region before are out of reach (ISA 2.2)."""
    frame.wires = {}


def move(frame: Frame, at: Instruction) -> None:
    """Wire c := a (ISA 2.4)."""
    frame.wires[at.c] = frame.read(at.a)


def get(frame: Frame, at: Instruction) -> None:
    """Register c, 0 before it is written."""
    frame.give(frame.registers.get(at.c, 0))


def set_(frame: Frame, at: Instruction) -> None:
    """Register c := a."""
    frame.registers[at.c] = frame.read(at.a)


def charge(_frame: Frame, _at: Instruction) -> None:
    """Nothing but its gas field (ISA 3.1)."""


def jmp(_frame: Frame, at: Instruction) -> int:
    """To c."""
    return at.c


def jmpr(frame: Frame, at: Instruction) -> int:
    """To the LABEL that a names (ISA 2.3)."""
    target = frame.read(at.a)
    if not 1 <= target <= frame.program.chained or frame.program.instructions[target - 1].op != _LABEL:
        raise InternalError("jump-to-no-label", f"JMPR to {target}, which is no LABEL", f"instruction {frame.pc}")
    return target


def jmpd(frame: Frame, at: Instruction) -> int:
    """To the jump table's entry for EVM pc a; 0 if there is none.

    Raises: ArgumentsAsCode for a place in the arguments of creation code (ISA 11.4).
    """
    target = frame.read(at.a)
    if frame.message.creates and len(frame.program.code) <= target < len(frame.code) and frame.gas_left >= 0:
        raise ArgumentsAsCode
    return frame.jumps.get(target, 0)


def bnz(frame: Frame, at: Instruction) -> int | None:
    """To c if a != 0."""
    return at.c if frame.read(at.a) else None


def bz(frame: Frame, at: Instruction) -> int | None:
    """To c if a = 0."""
    return None if frame.read(at.a) else at.c


def beq(frame: Frame, at: Instruction) -> int | None:
    """To c if a = b."""
    return at.c if frame.read(at.a) == frame.read(at.b) else None


def bne(frame: Frame, at: Instruction) -> int | None:
    """To c if a != b."""
    return at.c if frame.read(at.a) != frame.read(at.b) else None


def blt(frame: Frame, at: Instruction) -> int | None:
    """To c if a < b."""
    return at.c if frame.read(at.a) < frame.read(at.b) else None


def bge(frame: Frame, at: Instruction) -> int | None:
    """To c if a >= b."""
    return at.c if frame.read(at.a) >= frame.read(at.b) else None


def bslt(frame: Frame, at: Instruction) -> int | None:
    """To c if a < b, signed."""
    return at.c if frame.read(at.a) ^ SIGN < frame.read(at.b) ^ SIGN else None


def bsge(frame: Frame, at: Instruction) -> int | None:
    """To c if a >= b, signed."""
    return at.c if frame.read(at.a) ^ SIGN >= frame.read(at.b) ^ SIGN else None


def stop(frame: Frame, _at: Instruction) -> int:
    """Success without output."""
    frame.status = "success"
    return 0


def return_(frame: Frame, at: Instruction) -> int:
    """Success with memory a .. a + b."""
    frame.output = frame.load(frame.read(at.a), frame.read(at.b))
    frame.status = "success"
    return 0


def revert(frame: Frame, at: Instruction) -> int:
    """Revert with memory a .. a + b."""
    frame.output = frame.load(frame.read(at.a), frame.read(at.b))
    frame.status = "revert"
    return 0


def halt(_frame: Frame, _at: Instruction) -> int:
    """Exceptional halt (ISA 3.3)."""
    return 0
