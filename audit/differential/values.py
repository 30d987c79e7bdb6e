"""Values of ABI types, drawn from a dictionary that grows with what runs show."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from transpiler.evm.disassemble import disassemble

WORD: Final = 1 << 256
POOL: Final = 256
SMALL: Final = 5
"""Dynamic arrays and strings are mostly shorter than this."""
WIDTHS: Final = (8, 16, 32, 64, 96, 128, 160, 255, 256)
"""Widths in bits of the types and limits that code checks most."""
_ARRAY: Final = re.compile(r"^(.*)\[(\d*)\]$")


@dataclass(slots=True)
class Dictionary:
    """Words worth trying: constants of the code with their neighbours, powers of two, actors, and words seen in runs."""

    constants: tuple[int, ...]
    actors: tuple[str, ...]
    seen: deque[int] = field(default_factory=lambda: deque(maxlen=POOL))

    def note(self, words: Iterable[int]) -> None:
        """Keep words that a run showed."""
        self.seen.extend(words)

    def word(self, random: Random) -> int:
        """Any word."""
        choice = random.random()
        if choice < 0.25:
            return random.randrange(1 << random.choice((1, 4, 8, 16)))
        if choice < 0.45 and self.seen:
            return (random.choice(self.seen) + random.choice((0, 0, 0, 1, -1))) % WORD
        if choice < 0.60 and self.constants:
            return (random.choice(self.constants) + random.choice((0, 0, 1, -1))) % WORD
        if choice < 0.70:
            return int(random.choice(self.actors), 16)
        if choice < 0.90:
            width = random.choice(WIDTHS) if random.random() < 0.5 else random.randrange(257)
            return ((1 << width) + random.choice((0, 1, -1))) % WORD
        return random.getrandbits(256)

    def bent(self, value: int, random: Random) -> int:
        """Another value of a word that is known: one of the dictionary, the largest, or one with another byte or bit."""
        choice = random.random()
        if choice < 0.25:
            return self.word(random)
        if choice < 0.45:
            return WORD - 1 - random.choice((0, 0, 1, random.getrandbits(64)))
        if choice < 0.65:
            return value ^ 1
        if choice < 0.85:
            at = 8 * random.randrange(32)
            return value & ~(0xFF << at) | random.getrandbits(8) << at
        return value ^ 1 << random.randrange(256)

    def address(self, random: Random) -> int:
        """An address: mostly an actor."""
        choice = random.random()
        if choice < 0.80:
            return int(random.choice(self.actors), 16)
        if choice < 0.88:
            return 0
        return self.word(random) % (1 << 160)


def constants_of(codes: Iterable[bytes], fork: str) -> tuple[int, ...]:
    """The words that PUSHes of the codes hold, in order, each once."""
    found: dict[int, None] = {}
    for code in codes:
        for each in disassemble(code, fork).instructions:
            if each.opcode.immediate:
                found[each.value] = None
    return tuple(found)


def type_of(parameter: Mapping[str, Any]) -> str:
    """The canonical type of an ABI parameter, tuples spelled out."""
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(type_of(each) for each in parameter.get("components", ())) + ")" + kind.removeprefix("tuple")


def types_of(parameters: Sequence[Mapping[str, Any]]) -> list[str]:
    """The canonical types of parameters."""
    return [type_of(each) for each in parameters]


def draw(kind: str, dictionary: Dictionary, random: Random) -> Any:
    """A value of a canonical type, as eth-abi takes it."""
    if (array := _ARRAY.match(kind)) is not None:
        length = int(array[2]) if array[2] else _length(random)
        return [draw(array[1], dictionary, random) for _ in range(length)]
    if kind.startswith("("):
        return tuple(draw(each, dictionary, random) for each in split_tuple(kind))
    if kind == "address":
        return "0x" + dictionary.address(random).to_bytes(20, "big").hex()
    if kind == "bool":
        return random.random() < 0.5
    if kind in ("bytes", "string"):
        text = bytes(random.choice(b"abcdefgh 0123") for _ in range(_length(random, longest=70)))
        return text if kind == "bytes" else text.decode()
    if kind.startswith("bytes"):
        size = int(kind[5:])
        return dictionary.word(random).to_bytes(32, "big")[:size]
    if kind == "function":
        return dictionary.word(random).to_bytes(32, "big")[:24]
    return _number(kind, dictionary.word(random))


def least(kind: str, address: str) -> Any:
    """The smallest value of a canonical type: 0, nothing in arrays and strings; addresses are the one given."""
    if (array := _ARRAY.match(kind)) is not None:
        return [least(array[1], address) for _ in range(int(array[2] or 0))]
    if kind.startswith("("):
        return tuple(least(each, address) for each in split_tuple(kind))
    if kind == "address":
        return address
    if kind.startswith("bytes") or kind == "function":
        return bytes(int(kind.removeprefix("bytes") or 0) if kind != "function" else 24)
    return "" if kind == "string" else kind != "bool" and 0


def _number(kind: str, word: int) -> int:
    signed = kind.startswith("int")
    bits = int(kind.removeprefix("u").removeprefix("int") or 256)
    value = word % (1 << bits)
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def _length(random: Random, longest: int = 12) -> int:
    return random.randrange(SMALL) if random.random() < 0.8 else random.randrange(longest)


def split_tuple(kind: str) -> list[str]:
    """The members of a tuple type."""
    members, depth, start = [], 0, 1
    for at, sign in enumerate(kind):
        depth += (sign == "(") - (sign == ")")
        if (sign == "," and depth == 1) or (sign == ")" and depth == 0):
            if at > start:
                members.append(kind[start:at])
            start = at + 1
    return members
