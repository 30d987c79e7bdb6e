"""Logs (ISA 3.6, 5.2)."""

from __future__ import annotations

from zkvm.machine.frame import Frame, Log
from zkvm.program import Instruction


def topic(frame: Frame, at: Instruction) -> None:
    """The next topic of the LOG that follows."""
    frame.topics.append(frame.read(at.a))


def log(frame: Frame, at: Instruction) -> None:
    """Log of memory a .. a + b with the c topics just before, 8 gas per byte."""
    size = frame.read(at.b)
    frame.gas += 8 * size
    frame.transaction.logs.append(Log(frame.address, tuple(frame.topics), frame.load(frame.read(at.a), size)))
    frame.topics.clear()
