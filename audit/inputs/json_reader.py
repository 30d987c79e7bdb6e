"""Reading JSON of a stated shape: each value knows its pointer, so that an error can say where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from transpiler.solc.json_input import parse_json
from zkvm.errors import InputError, Place

MAX_FILE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and the pointer (RFC 6901) at which it stands in a file."""

    value: Any
    file: str
    pointer: str = ""

    def fail(self, message: str, hint: str | None = None) -> NoReturn:
        """Raise an input error at this place."""
        raise InputError("calls-malformed", message, Place(f"{self.file}#{self.pointer or '/'}"), hint)

    def members(self, known: Sequence[str]) -> dict[str, Node]:
        """The members of an object that has no others than these.

        Raises: InputError if it is none, or has others.
        """
        found = dict(self.items())
        for key, node in found.items():
            if key not in known:
                node.fail(f"there is no member {key!r} here", f"they are {', '.join(known)}")
        return found

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object.

        Raises: InputError if it is none.
        """
        if not isinstance(self.value, dict):
            self.fail(f"this should be an object, not {_kind(self.value)}")
        for key, value in self.value.items():
            escaped = key.replace("~", "~0").replace("/", "~1")
            yield key, Node(value, self.file, f"{self.pointer}/{escaped}")

    def elements(self) -> Iterator[Node]:
        """The elements of an array.

        Raises: InputError if it is none.
        """
        if not isinstance(self.value, list):
            self.fail(f"this should be an array, not {_kind(self.value)}")
        for index, value in enumerate(self.value):
            yield Node(value, self.file, f"{self.pointer}/{index}")

    def flag(self) -> bool:
        """A truth value."""
        if not isinstance(self.value, bool):
            self.fail(f"this should be true or false, not {_kind(self.value)}")
        return self.value

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            self.fail(f"this should be a string, not {_kind(self.value)}")
        return self.value

    def quantity(self, bits: int = 256) -> int:
        """A number, as 0x-hex, of at most so many bits."""
        number = int(self._digits("a number"), 16)
        if number >> bits:
            self.fail(f"this number has more than {bits} bits")
        return number

    def data(self, size: int | None = None) -> bytes:
        """Bytes, as 0x-hex, of any size or exactly so many."""
        digits = self._digits("bytes", empty=True)
        if len(digits) % 2:
            self.fail("an odd number of hexadecimal digits does not make whole bytes")
        found = bytes.fromhex(digits)
        if size is not None and len(found) != size:
            self.fail(f"this should have {size} bytes, not {len(found)}")
        return found

    def _digits(self, what: str, empty: bool = False) -> str:
        text = self.value
        if not isinstance(text, str) or not text.startswith("0x"):
            self.fail(f"this should be {what} as 0x-hex, not {_kind(text)}", 'write it in quotes, like "0x2a"')
        digits = text[2:]
        if (not digits and not empty) or any(each not in "0123456789abcdefABCDEF" for each in digits):
            self.fail(f"{_shown(text)} is not {what} as 0x-hex")
        return digits


def read_node(path: Path | str) -> Node:
    """The root of a JSON file.

    Raises: InputError if it cannot be read or is not JSON.
    """
    return Node(parse_json(Path(path), MAX_FILE_BYTES, unique=True), str(path))


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return f"the value {_shown(json.dumps(value))}"
        case str():
            return f"the string {_shown(value)}"
        case list():
            return "an array"
        case _:
            return "an object"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
