"""Programs: what the transpiler gives and the machines run; their body (ISA 7.1) and digest (7.2)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final, Literal, NamedTuple

from zkvm.errors import InputError
from zkvm.isa.encode import ISA_DIGEST
from zkvm.isa.table import FORKS
from zkvm.word import keccak256

Kind = Literal["runtime", "creation"]
KINDS: Final[tuple[Kind, ...]] = ("runtime", "creation")
MAGIC: Final[bytes] = b"SZKP"
VERSION: Final[int] = 1

_HEADER: Final = struct.Struct("<4sH32sBB32sIIIII")
_INSTRUCTION: Final = struct.Struct("<HIIII")
_JUMP: Final = struct.Struct("<II")


class Instruction(NamedTuple):
    """One instruction; its identifier is its index in the program + 1 (ISA 1.3)."""

    op: int
    a: int = 0
    b: int = 0
    c: int = 0
    gas: int = 0


@dataclass(frozen=True)
class Program:
    """The translation of one code object under one rule set (ISA 1.2)."""

    fork: str
    kind: Kind
    code: bytes
    code_hash: bytes
    instructions: tuple[Instruction, ...]
    """Identifier i + 1 at index i."""
    chained: int
    """C: identifiers 1..C are chained."""
    constants: tuple[int, ...]
    """Strictly increasing; identifiers N+1..N+K."""
    jump_table: tuple[tuple[int, int], ...]
    """(EVM pc, identifier), pcs strictly increasing."""

    @cached_property
    def body(self) -> bytes:
        """The encoding of ISA 7.1."""
        try:
            header = _HEADER.pack(
                MAGIC, VERSION, ISA_DIGEST, FORKS.index(self.fork), KINDS.index(self.kind), self.code_hash,
                len(self.code), self.chained, len(self.instructions), len(self.constants), len(self.jump_table),
            )  # fmt: skip
            instructions = struct.pack("<" + "HIIII" * len(self.instructions), *chain.from_iterable(self.instructions))
            constants = b"".join(word.to_bytes(32, "big") for word in self.constants)
            jumps = b"".join(_JUMP.pack(*entry) for entry in self.jump_table)
        except (ValueError, OverflowError, struct.error) as error:
            raise InputError("program-not-encodable", f"the program does not fit its encoding: {error}") from error
        return header + instructions + constants + self.code + jumps

    def encode(self) -> bytes:
        """The body; see `body`."""
        return self.body

    @cached_property
    def digest(self) -> bytes:
        """keccak256 of the body (ISA 7.2)."""
        return keccak256(self.body)

    @classmethod
    def decode(cls, body: bytes) -> Program:
        """The program that a body encodes.

        Raises: InputError if the body is not exactly one encoded program of this ISA; the lint (ISA 7.5) is not run.
        """
        if len(body) < _HEADER.size:
            raise _bad("it is shorter than its header")
        magic, version, isa, fork, kind, code_hash, code_size, chained, count, constants, jumps = _HEADER.unpack_from(body)
        if magic != MAGIC or version != VERSION:
            raise _bad("it is not a program body of version 1")
        if isa != ISA_DIGEST:
            raise InputError("program-other-isa", "the program was made for another instruction set", hint="translate it again")
        if fork >= len(FORKS) or kind >= len(KINDS) or chained > count:
            raise _bad("its header is out of range")
        sizes = (count * _INSTRUCTION.size, constants * 32, code_size, jumps * _JUMP.size)
        if len(body) != _HEADER.size + sum(sizes):
            raise _bad(f"it has {len(body)} bytes, its header says {_HEADER.size + sum(sizes)}")
        ends = [_HEADER.size]
        for size in sizes:
            ends.append(ends[-1] + size)
        view = memoryview(body)
        words = bytes(view[ends[1] : ends[2]])
        return cls(
            FORKS[fork],
            KINDS[kind],
            bytes(view[ends[2] : ends[3]]),
            code_hash,
            tuple(map(Instruction._make, _INSTRUCTION.iter_unpack(view[ends[0] : ends[1]]))),
            chained,
            tuple(int.from_bytes(words[at : at + 32], "big") for at in range(0, len(words), 32)),
            tuple((pc, identifier) for pc, identifier in _JUMP.iter_unpack(view[ends[3] : ends[4]])),
        )


def build_program(
    fork: str,
    kind: Kind,
    code: bytes,
    instructions: Iterable[Instruction],
    chained: int,
    constants: Iterable[int] = (),
    jump_table: Iterable[tuple[int, int]] = (),
) -> Program:
    """A program whose code hash is that of its code."""
    return Program(fork, kind, code, keccak256(code), tuple(instructions), chained, tuple(constants), tuple(jump_table))


def _bad(reason: str) -> InputError:
    return InputError("program-malformed", f"the program body is malformed: {reason}")
