"""Runs one frame until it ends or asks for a message (ISA 2.1, 3.3)."""

from __future__ import annotations

from collections.abc import Callable

from zkvm.errors import Unsupported
from zkvm.machine.dispatch import HANDLERS
from zkvm.machine.frame import Frame
from zkvm.machine.message import Message

Observer = Callable[[int, int], None]
"""Told of each chained instruction of a transaction's own frame as it runs: index of the transaction, identifier."""


class Steps:
    """Counts the chained instructions of a transaction, at most `limit`, and knows the one that runs."""

    def __init__(self, index: int, limit: int | None = None, observe: Observer | None = None) -> None:
        self.index = index
        self.count = 0
        self.pc = 0
        """Identifier of the instruction that runs; 0 before the first (ISA 8.4)."""
        self._limit = limit
        self._observe = observe

    def step(self, frame: Frame) -> None:
        """Count an instruction.

        Raises: Unsupported beyond the limit.
        """
        self.count += 1
        self.pc = frame.pc
        if self._observe is not None and frame.message.depth == 0:
            self._observe(self.index, frame.pc)
        if self._limit is not None and self.count > self._limit:
            raise Unsupported("step-limit", f"more than {self._limit} steps")


def advance(frame: Frame, steps: Steps) -> Message | None:
    """Run chained instructions: the message that one asks for, or None when the frame has ended.

    Shape: no recursion: the driver runs the message and resumes the frame.
    """
    instructions = frame.program.instructions
    pc = frame.pc
    while pc:
        at = instructions[pc - 1]
        frame.pc = pc
        frame.gas += at.gas
        steps.step(frame)
        if frame.gas > frame.budget:
            break
        following = HANDLERS[at.op](frame, at)
        if following is None:
            pc += 1
        elif isinstance(following, Message):
            return following
        else:
            pc = following
    if frame.gas_left < 0:
        frame.status = "halt"
    if frame.status == "halt":
        frame.output = b""
    return None
