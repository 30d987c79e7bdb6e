"""Bytes to instructions: a linear sweep that loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from transpiler.evm.opcodes import Opcode, table


class Instruction(NamedTuple):
    """One instruction. `value` is the word of a PUSH (zero-padded at the end of the code), else 0; `size` counts bytes."""

    pc: int
    opcode: Opcode
    value: int
    size: int


@dataclass(frozen=True, slots=True)
class Code:
    """A disassembled code object under one rule set.

    Shape: `instructions` in order of pc; `at[pc]` is the index of the instruction at pc; `jumpdests` are the valid targets.
    """

    data: bytes
    fork: str
    instructions: tuple[Instruction, ...]
    at: dict[int, int]
    jumpdests: frozenset[int]


def disassemble(data: bytes, fork: str) -> Code:
    """All instructions of `data`, data sections included; bytes without meaning under `fork` are its undefined opcodes.

    Source: Yellow Paper 9.4.3 (JUMPDEST validity).
    """
    rows = table(fork)
    instructions: list[Instruction] = []
    at: dict[int, int] = {}
    jumpdests: list[int] = []
    size_bytes = len(data)
    pc = 0
    while pc < size_bytes:
        row = rows[data[pc]]
        immediate = row.immediate
        at[pc] = len(instructions)
        if immediate:
            raw = data[pc + 1 : pc + 1 + immediate]
            size = 1 + len(raw)
            value = int.from_bytes(raw, "big") << (8 * (immediate - len(raw)))
            instructions.append(Instruction(pc, row, value, size))
            pc += size
            continue
        if row.code == 0x5B:
            jumpdests.append(pc)
        instructions.append(Instruction(pc, row, 0, 1))
        pc += 1
    return Code(data, fork, tuple(instructions), at, frozenset(jumpdests))
