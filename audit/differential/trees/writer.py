"""Writes code: mnemonics, pushes, labels, data behind the code, and the spans that a shrinker may cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from transpiler.evm.opcodes import BY_NAME
from zkvm.isa.table import FORKS

_LABEL_BYTES: Final = 2
_PUSH0: Final = "PUSH0"


@dataclass(frozen=True, slots=True)
class Code:
    """Code with the spans of its actions: each leaves the stack as it found it, so it may be filled with JUMPDESTs."""

    data: bytes
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Writer:
    """Code under way, for one rule set."""

    fork: str
    _parts: list[bytes | str] = field(default_factory=list)
    _size: int = 0
    _labels: dict[str, int] = field(default_factory=dict)
    _blobs: list[tuple[str, bytes]] = field(default_factory=list)
    _spans: list[tuple[int, int]] = field(default_factory=list)
    _names: int = 0

    @property
    def here(self) -> int:
        """The offset of what is written next."""
        return self._size

    def has(self, name: str) -> bool:
        """Whether the rule set has an opcode."""
        return BY_NAME[name].since <= FORKS.index(self.fork)

    def op(self, text: str) -> None:
        """Write mnemonics, and numbers as pushes."""
        for token in text.split():
            if token[0].isdigit():
                self.push(int(token, 0))
            else:
                self._append(bytes([BY_NAME[token].code]))

    def push(self, value: int, width: int = 0) -> None:
        """Write the shortest push of a word, or one of `width` bytes."""
        if value == 0 and width == 0 and self.has(_PUSH0):
            self._append(bytes([BY_NAME[_PUSH0].code]))
            return
        width = max(width, (value.bit_length() + 7) // 8, 1)
        self._append(bytes([0x5F + width]) + value.to_bytes(width, "big"))

    def name(self) -> str:
        """A name that no label has."""
        self._names += 1
        return f".{self._names}"

    def label(self, name: str) -> None:
        """A JUMPDEST of that name."""
        self._labels[name] = self._size
        self._append(b"\x5b")

    def push_label(self, name: str) -> None:
        """The place of a label or of data."""
        self._append(bytes([0x5F + _LABEL_BYTES]))
        self._parts.append(name)
        self._size += _LABEL_BYTES

    def push_data(self, data: bytes) -> None:
        """The place of data, which is put behind the code."""
        name = self.name()
        self._blobs.append((name, data))
        self.push_label(name)

    def span(self, start: int) -> None:
        """What was written since `start` is one action."""
        self._spans.append((start, self._size))

    def code(self) -> Code:
        """The code, its data behind it."""
        self._append(b"\xfe")
        for name, data in self._blobs:
            self._labels[name] = self._size
            self._append(data)
        parts = (part if isinstance(part, bytes) else self._labels[part].to_bytes(_LABEL_BYTES, "big") for part in self._parts)
        return Code(b"".join(parts), tuple(self._spans))

    def _append(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
