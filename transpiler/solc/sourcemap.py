"""Source maps of solc: from the compressed list to places by program counter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from transpiler.solc.artifact import Source


class Location(NamedTuple):
    """Where an instruction comes from.

    Units: bytes of the source's UTF-8; file is the index of a source, -1 for code that the compiler wrote itself.
    """

    file: int
    start: int
    length: int
    jump: str


class LineColumn(NamedTuple):
    """A position as editors count it, both from 1; the column in bytes."""

    line: int
    column: int


def decompress(compressed: str) -> tuple[Location, ...]:
    """One location for each instruction, in order; empty fields repeat the previous one's.

    Raises: ValueError if a field is not a number.
    """
    if not compressed:
        return ()
    fields = ["0", "0", "-1", "-"]
    locations = []
    for entry in compressed.split(";"):
        for index, text in enumerate(entry.split(":")[:4]):
            if text:
                fields[index] = text
        locations.append(Location(int(fields[2]), int(fields[0]), int(fields[1]), fields[3]))
    return tuple(locations)


def instruction_starts(code: bytes) -> tuple[int, ...]:
    """The program counters of a linear walk over the code."""
    starts, pc = [], 0
    while pc < len(code):
        starts.append(pc)
        opcode = code[pc]
        pc += opcode - 0x5E if 0x60 <= opcode <= 0x7F else 1
    return tuple(starts)


def by_pc(code: bytes, compressed: str) -> dict[int, Location]:
    """The location of each instruction that the map covers, by program counter; empty if the map is malformed."""
    try:
        locations = decompress(compressed)
    except ValueError:
        return {}
    return dict(zip(instruction_starts(code), locations, strict=False))


def source_triples(code: bytes, compressed: str) -> dict[int, tuple[int, int, int]]:
    """(file, start, length) by program counter, for instructions that come from a source (`source_map` of ISA 7.3)."""
    return {
        pc: (each.file, each.start, each.length)
        for pc, each in by_pc(code, compressed).items()
        if each.file >= 0 <= each.start and each.length >= 0
    }


class LineIndex:
    """Lines of a source by byte offset."""

    def __init__(self, content: str) -> None:
        self._data = content.encode()
        self._starts = [0, *(at + 1 for at, byte in enumerate(self._data) if byte == 0x0A)]

    def position(self, offset: int) -> LineColumn:
        """Line and column of a byte offset."""
        line = bisect_right(self._starts, offset)
        return LineColumn(line, offset - self._starts[line - 1] + 1)

    def text(self, line: int) -> str:
        """The text of a line (from 1)."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self._data)
        return self._data[start:end].decode(errors="replace").rstrip("\r")


def describe(location: Location, sources: Sequence[Source], indexes: Mapping[int, LineIndex] | None = None) -> str | None:
    """`file:line:column` of a location, or None where its source is not known."""
    if not 0 <= location.file < len(sources):
        return None
    source = sources[location.file]
    if source.content is None:
        return source.name or None
    index = (indexes or {}).get(location.file) or LineIndex(source.content)
    position = index.position(location.start)
    return f"{source.name}:{position.line}:{position.column}"
