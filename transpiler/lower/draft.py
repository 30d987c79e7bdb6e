"""Programs in the making: rows that refer to each other directly; identifiers are given at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zkvm.isa.table import BY_CODE, BY_NAME
from zkvm.program import Instruction

CODES: Final[dict[str, int]] = {name: row.code for name, row in BY_NAME.items()}
GAS_FIELD_MAX: Final[int] = (1 << 16) - 1
U32: Final[int] = (1 << 32) - 1
_CHARGE: Final[int] = CODES["CHARGE"]
_EXTRA: Final[frozenset[int]] = frozenset({CODES["TOPIC"], CODES["ARG"]})
_JUMPS: Final[frozenset[int]] = frozenset(code for code, row in BY_CODE.items() if row.operands[2] == "t")


class Word:
    """A constant of the pool: a number, or the identifier of a LABEL row."""

    __slots__ = ("id", "value")

    def __init__(self, value: int | Row) -> None:
        self.value = value
        self.id = 0


class Row:
    """One instruction; an operand is another row, a constant, or an immediate."""

    __slots__ = ("a", "b", "c", "charges", "gas", "id", "op", "pc")

    def __init__(self, op: int, a: Operand = 0, b: Operand = 0, c: Operand = 0, gas: int = 0, pc: int = 0) -> None:
        self.op = op
        self.a = a
        self.b = b
        self.c = c
        self.gas = gas
        self.pc = pc
        self.id = 0
        self.charges = 0
        """Number of CHARGE rows just before this one that belong to it: a jump goes to the first of them."""


Operand = Row | Word | int
Result = Row | Word


@dataclass(frozen=True, slots=True)
class Finished:
    """A draft with identifiers: what a program is made of, and (identifier, EVM pc) of each instruction."""

    instructions: tuple[Instruction, ...]
    chained: int
    constants: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]


class Draft:
    """Chained rows in layout order, pure rows in an order in which each reads earlier ones, and the pool."""

    def __init__(self) -> None:
        self.chained: list[Row] = []
        self.out = self.chained
        """Where `add` appends."""
        self.pure: list[Row] = []
        self._words: dict[int, Word] = {}
        self._labels: dict[int, Word] = {}

    def word(self, value: int) -> Word:
        """The constant `value`."""
        found = self._words.get(value)
        if found is None:
            found = self._words[value] = Word(value)
        return found

    def label(self, row: Row) -> Word:
        """The constant that holds the identifier of a LABEL row."""
        found = self._labels.get(id(row))
        if found is None:
            found = self._labels[id(row)] = Word(row)
        return found

    def add(self, name: str, a: Operand = 0, b: Operand = 0, c: Operand = 0, gas: int = 0, pc: int = 0) -> Row:
        """Appends a chained row to `out`."""
        row = Row(CODES[name], a, b, c, gas, pc)
        self.out.append(row)
        return row

    def add_pure(self, name: str, pc: int, *operands: Result) -> Row:
        """Appends a pure row or a PHI; its operands exist already."""
        fields: list[Operand] = [*operands, 0, 0, 0]
        row = Row(CODES[name], fields[0], fields[1], fields[2], 0, pc)
        self.pure.append(row)
        return row

    def finish(self) -> Finished:
        """Gives identifiers (ISA 1.2) and splits gas fields that are too large (ISA 7.5)."""
        rows = _split_gas(self.chained)
        chained = len(rows)
        rows += _used(rows, self.pure)
        for index, row in enumerate(rows, 1):
            row.id = index
        constants = _number_words(rows)
        instructions = tuple(_encode(row) for row in rows)
        return Finished(instructions, chained, constants, tuple((row.id, row.pc) for row in rows))


def _used(chained: list[Row], pure: list[Row]) -> list[Row]:
    """The pure rows that some chained row needs; their `id` is a mark for now."""
    for row in chained:
        for operand in (row.a, row.b, row.c):
            if isinstance(operand, Row):
                operand.id = 1
    kept = []
    for row in reversed(pure):
        if row.id:
            kept.append(row)
            for operand in (row.a, row.b, row.c):
                if isinstance(operand, Row):
                    operand.id = 1
    kept.reverse()
    return kept


def _number_words(rows: list[Row]) -> tuple[int, ...]:
    """Gives the words that rows read their identifiers; the pool in order."""
    words = {id(operand): operand for row in rows for operand in (row.a, row.b, row.c) if isinstance(operand, Word)}
    values = [word.value if isinstance(word.value, int) else word.value.id for word in words.values()]
    constants = tuple(sorted(set(values)))
    place = {value: len(rows) + 1 + index for index, value in enumerate(constants)}
    for word, value in zip(words.values(), values, strict=True):
        word.id = place[value]
    return constants


def _split_gas(rows: list[Row]) -> list[Row]:
    """The rows, with CHARGE rows before those whose gas does not fit (before their TOPICs and ARGs)."""
    if all(row.gas <= GAS_FIELD_MAX for row in rows):
        return list(rows)
    result: list[Row] = []
    for row in rows:
        if row.gas > GAS_FIELD_MAX:
            at = len(result)
            while at and result[at - 1].op in _EXTRA:
                at -= 1
            parts, row.gas = divmod(row.gas, GAS_FIELD_MAX)
            result[at:at] = [Row(_CHARGE, gas=GAS_FIELD_MAX, pc=row.pc) for _ in range(parts)]
            first = result[at + parts] if at + parts < len(result) else row
            first.charges += parts
        result.append(row)
    return result


def _encode(row: Row) -> Instruction:
    a, b, c = row.a, row.b, row.c
    return Instruction(
        row.op,
        a if isinstance(a, int) else a.id,
        b & U32 if isinstance(b, int) else b.id,
        c & U32 if isinstance(c, int) else c.id - c.charges if isinstance(c, Row) and row.op in _JUMPS else c.id,
        row.gas,
    )
