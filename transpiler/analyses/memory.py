"""Addresses as base + offset, and when two ranges of memory or two storage keys certainly differ.

An address is (base, offset): a value plus a constant, mod 2^256; base None for constants. Two ranges of one base compare by their offsets;
of two bases nothing is known. Sound because equal bases are one value: a value is the same word wherever it is in scope.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from transpiler.ssa.ir import Function, Inst, Value
from transpiler.ssa.ops import OPS
from zkvm.isa.table import MemoryRange
from zkvm.word import MASK

WORD: Final = 32
REACH: Final = 1 << 32
"""Memory ends here (ISA 3.4)."""


class Address(NamedTuple):
    """`base` + `offset` mod 2^256."""

    base: Value | None
    offset: int


class Range(NamedTuple):
    """`length` bytes from `start`; length None is unknown."""

    start: Address
    length: int | None


class Addresses:
    """The addresses of a function's values."""

    def __init__(self, function: Function) -> None:
        self.constants = function.constants
        self.sums = {
            inst.result: inst
            for block in function.blocks.values()
            for inst in block.insts
            if inst.op in ("ADD", "SUB") and inst.result is not None
        }
        self.known: dict[Value, Address] = {}

    def address(self, value: Value) -> Address:
        """The value as an address."""
        found = self.known.get(value)
        if found is None:
            found = self.known[value] = self._find(value)
        return found

    def _find(self, value: Value) -> Address:
        offset = 0
        while True:
            number = self.constants.get(value)
            if number is not None:
                return Address(None, (offset + number) & MASK)
            inst = self.sums.get(value)
            if inst is None:
                return Address(value, offset)
            args = inst.args
            first, second = self.constants.get(args[0]), self.constants.get(args[1])
            if inst.op == "SUB":
                if second is None:
                    return Address(value, offset)
                value, offset = args[0], (offset - second) & MASK
            elif first is not None:
                value, offset = args[1], (offset + first) & MASK
            elif second is not None:
                value, offset = args[0], (offset + second) & MASK
            else:
                return Address(value, offset)

    def range(self, offset: Value, length: Value) -> Range:
        """The range of memory."""
        return Range(self.address(offset), self.constants.get(length))

    def ranged(self, memory: Iterable[MemoryRange], args: tuple[Value, ...], kinds: str) -> Range | None:
        """The range of memory that is touched in one of these ways (`kind` of the ISA table); None for nothing."""
        for kind, offset, length, size_bytes in memory:
            if kind in kinds:
                return Range(self.address(args[offset]), size_bytes) if length is None else self.range(args[offset], args[length])
        return None

    def written(self, inst: Inst) -> Range | None:
        """What the instruction may write of memory; None for nothing."""
        return self.ranged(OPS[inst.op].memory, inst.args, "wp")

    def replaced(self, inst: Inst) -> Range | None:
        """What the instruction certainly writes of memory: a call may write less than its output range."""
        return self.ranged(OPS[inst.op].memory, inst.args, "w")

    def read(self, inst: Inst) -> Range | None:
        """What the instruction reads of memory; None for nothing."""
        return self.ranged(OPS[inst.op].memory, inst.args, "r")


def disjoint(written: Range, address: Address) -> bool:
    """Whether the range and the word at the address certainly have no byte in common."""
    if written.length == 0:
        return True
    if written.length is None or written.start.base != address.base:
        return False
    distance = (address.offset - written.start.offset) & MASK
    return distance >= written.length and distance <= MASK + 1 - WORD
