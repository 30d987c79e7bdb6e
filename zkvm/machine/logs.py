"""Logs (ISA 3.6, 5.2)."""

from __future__ import annotations

from zkvm.host.reading import address_text
from zkvm.host.result import Log
from zkvm.isa.rules import LOG_BYTE_GAS
from zkvm.machine.frame import Frame
from zkvm.program import Instruction
from zkvm.word import to_bytes


def topic(frame: Frame, at: Instruction) -> None:
    """The next topic of the LOG that follows."""
    frame.topics.append(frame.read(at.a))


def log(frame: Frame, at: Instruction) -> int | None:
    """Log of memory a .. a + b with the c topics just before, 8 gas per byte; a static frame halts (ISA 9.3)."""
    if frame.message.static:
        return 0
    size = frame.read(at.b)
    frame.gas += LOG_BYTE_GAS * size
    topics = tuple(to_bytes(topic) for topic in frame.topics)
    frame.world.log(Log(address_text(frame.address), topics, frame.load(frame.read(at.a), size)))
    frame.topics.clear()
    return None
