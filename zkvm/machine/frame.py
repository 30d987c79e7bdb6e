"""The state of one frame (ISA 2.1, 5.1) and what its instructions share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zkvm.errors import InternalError, Unsupported
from zkvm.host.environment import Environment
from zkvm.host.result import Status
from zkvm.isa.rules import RuleSet
from zkvm.machine.message import Message
from zkvm.machine.pages import Pages
from zkvm.machine.pure import PURE
from zkvm.machine.world import World
from zkvm.program import Program

MEMORY_BYTES: Final = 1 << 32
"""Beyond, MGROW goes to 0 (ISA 3.4)."""
MEMORY_HELD: Final = 1 << 30
"""Bytes of memory that a machine holds at most (ISA 8.4)."""


class ArgumentsAsCode(Exception):
    """Creation code that runs off its end, or jumps behind it, into its arguments: the message begins anew (ISA 9.6, 11.4)."""


def memory_gas(words: int) -> int:
    """M(w) (ISA 3.2)."""
    return 3 * words + words * words // 512


@dataclass(frozen=True, slots=True)
class Context:
    """What all frames of a transaction share."""

    rules: RuleSet
    env: Environment
    """With the transaction's own gas price and blobs (ISA 8.10)."""
    origin: int
    world: World


class Frame:
    """A running frame."""

    def __init__(self, program: Program, message: Message, context: Context, mark: int) -> None:
        self.program = program
        self.message = message
        self.env = context.env
        self.rules = context.rules
        self.origin = context.origin
        self.world = context.world
        self.mark = mark
        """Where the journal stood before the message did anything."""
        self.address = message.address
        self.code = message.data if message.creates else program.code
        """What CODECOPY reads: own code and constructor arguments."""
        self.data = b"" if message.creates else message.data
        self.return_data = b""
        self.pc = 1
        self.gas = 0
        """g: charged so far, memory growth apart."""
        self.words = 0
        """w: active memory in words."""
        self.budget = message.gas
        """Gas given less M(w)."""
        self.memory = Pages()
        self.registers: dict[int, int] = {}
        self.stack: dict[int, int] = {}
        self.height = 0
        self.topics: list[int] = []
        self.arguments: list[int] = []
        self.wires: dict[int, int] = {}
        self.status: Status = "halt"
        self.output = b""
        self.jumps = dict(program.jump_table)
        self._count = len(program.instructions)

    @property
    def gas_left(self) -> int:
        """Negative means out of gas (ISA 3.2, 3.3)."""
        return self.budget - self.gas

    def read(self, identifier: int) -> int:
        """The word of a wire or constant; pure instructions run when they are needed (ISA 2.5)."""
        word = self.wires.get(identifier)
        if word is not None:
            return word
        if identifier > self._count:
            return self.program.constants[identifier - self._count - 1]
        return self._evaluate(identifier)

    def give(self, word: int) -> None:
        """The result of the current instruction: wire (T, pc)."""
        self.wires[self.pc] = word

    def _evaluate(self, identifier: int) -> int:
        """Run a pure instruction after those that it needs, each once in a region instance."""
        wires, constants, count = self.wires, self.program.constants, self._count
        pending = [identifier]
        while pending:
            current = pending[-1]
            at = self.program.instructions[current - 1]
            pure = PURE.get(at.op)
            if pure is None:
                raise InternalError("wire-missing", f"the wire {current} was not given in this region", f"instruction {self.pc}")
            words = []
            for operand in (at.a, at.b, at.c)[: pure[0]]:
                word = constants[operand - count - 1] if operand > count else wires.get(operand)
                if word is None:
                    pending.append(operand)
                    break
                words.append(word)
            else:
                wires[current] = pure[1](*words)
                pending.pop()
        return wires[identifier]

    def grow(self, offset: int, size: int) -> bool:
        """Extend the active memory (ISA 3.4); False if the range is beyond 2^32.

        Raises: Unsupported for memory that gas pays for and no machine has (ISA 8.4).
        """
        if size == 0:
            return True
        end = offset + size
        if end > MEMORY_BYTES:
            if self.message.gas - self.gas >= memory_gas(MEMORY_BYTES // 32 + 1):
                raise Unsupported("memory-limit", "more than 2^32 bytes of memory")
            return False
        words = (end + 31) // 32
        if words > self.words:
            self.words = words
            self.budget = self.message.gas - memory_gas(words)
            if self.gas_left >= 0 and 32 * words > MEMORY_HELD:
                raise Unsupported("memory-limit", "more than 2^30 bytes of memory")
        return True

    def load(self, offset: int, size: int) -> bytes:
        """Memory bytes of a range that MGROW covered."""
        self._covered(offset, size)
        return self.memory.read(offset, size) if size else b""

    def store(self, offset: int, data: bytes) -> None:
        """Set memory bytes in a range that MGROW covered."""
        self._covered(offset, len(data))
        self.memory.write(offset, data)

    def _covered(self, offset: int, size: int) -> None:
        if size and offset + size > 32 * self.words:
            raise InternalError("memory-not-covered", "a memory access has no MGROW before it", f"instruction {self.pc}")
