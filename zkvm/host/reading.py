"""Reads canonical JSON: hex in lower case, quantities without leading zeros, every mistake named by its place in the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from zkvm.errors import InputError, Place
from zkvm.word import to_bytes

QUANTITY: Final = re.compile(r"0x(?:0|[1-9a-f][0-9a-f]*)")
ADDRESS_BYTES: Final = 20
HASH_DIGITS: Final = len("0x") + 64


@dataclass(slots=True)
class Value:
    """A JSON value and where it stands: below `parent`, as its member or element `key`; the document itself has no parent.

    Shape: the place is put together only where a mistake is told, since results are read for every sequence of a campaign.
    """

    json: Any
    code: str
    """Of the error that a mistake in it is: whose document this is."""
    parent: Value | None = None
    key: str | int = ""

    @property
    def place(self) -> str:
        """Where it stands: `state.0x01.balance`, `calls[2].gas`."""
        if self.parent is None:
            return ""
        above = self.parent.place
        if isinstance(self.key, int):
            return f"{above}[{self.key}]"
        return f"{above}.{self.key}" if above else self.key

    def fail(self, what: str) -> NoReturn:
        """Raise an InputError that names the place."""
        raise InputError(self.code, what, Place(self.place or "the document"))

    def members(self, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Value]:
        """The members of an object that has all of the first, perhaps some of the second, and no others.

        Raises: InputError.
        """
        if not isinstance(self.json, dict):
            self.fail("this is no object")
        for name in needed:
            if name not in self.json:
                self.fail(f"there is no member {name!r}")
        for name in self.json:
            if name not in needed and name not in optional:
                self.fail(f"there is no such member as {name!r}")
        code = self.code
        return {name: Value(value, code, self, name) for name, value in self.json.items()}

    def items(self) -> Iterator[tuple[Value, Value]]:
        """Keys and values of an object whose keys are hex.

        Raises: InputError.
        """
        if not isinstance(self.json, dict):
            self.fail("this is no object")
        for key, value in self.json.items():
            yield Value(key, self.code, self, key), Value(value, self.code, self, key)

    def elements(self) -> Iterator[Value]:
        """The elements of an array.

        Raises: InputError.
        """
        if not isinstance(self.json, list):
            self.fail("this is no array")
        for number, each in enumerate(self.json):
            yield Value(each, self.code, self, number)

    def quantity(self, bits: int = 256) -> int:
        """A number in hex, below 2^bits.

        Raises: InputError.
        """
        if not isinstance(self.json, str) or not QUANTITY.fullmatch(self.json):
            self.fail("this is no number in hex, 0x-prefixed, in lower case and without leading zeros")
        if int(self.json, 16) >> bits:
            self.fail(f"this is not below 2^{bits}")
        return int(self.json, 16)

    def data(self, size_bytes: int | None = None) -> bytes:
        """Bytes in hex, so many if a number is given.

        Raises: InputError.
        """
        data = _bytes(self.json)
        if data is None:
            self.fail("these are no bytes in hex, 0x-prefixed and in lower case")
        if size_bytes is not None and len(data) != size_bytes:
            self.fail(f"these are {len(data)} bytes, not {size_bytes}")
        return data

    def hash(self) -> bytes:
        """A hash: 32 bytes in hex, or the same as a quantity.

        Raises: InputError.
        """
        if isinstance(self.json, str) and len(self.json) == HASH_DIGITS:
            return self.data()
        return to_bytes(self.quantity())

    def address(self) -> str:
        """An address in its canonical form: 20 bytes in hex.

        Raises: InputError.
        """
        return "0x" + self.data(ADDRESS_BYTES).hex()

    def integer(self) -> int:
        """A JSON number, whole and not negative.

        Raises: InputError.
        """
        if type(self.json) is not int or self.json < 0:
            self.fail("this is no whole number")
        return self.json

    def flag(self) -> bool:
        """A boolean.

        Raises: InputError.
        """
        if not isinstance(self.json, bool):
            self.fail("this is neither true nor false")
        return self.json

    def text(self, among: tuple[str, ...] = ()) -> str:
        """A string, one of those given if any are.

        Raises: InputError.
        """
        if not isinstance(self.json, str) or (among and self.json not in among):
            self.fail(f"this is none of {', '.join(among)}" if among else "this is no string")
        return self.json


def _bytes(text: Any) -> bytes | None:
    """The bytes of canonical hex; writing them again is the check, which is faster than a pattern on long code."""
    if not isinstance(text, str) or not text.startswith("0x"):
        return None
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        return None
    return data if data.hex() == text[2:] else None


def hex_data(data: bytes) -> str:
    """Bytes as JSON has them."""
    return "0x" + data.hex()


def address_text(account: int) -> str:
    """An account's address as JSON has it: 20 bytes in hex."""
    return f"{account:#042x}"


def account_of(address: str) -> int:
    """The account of an address, as a number: the other way round."""
    return int(address, 16)
