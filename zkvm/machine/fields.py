"""Reads members of a request, checked (ISA 8.1)."""

from __future__ import annotations

import re
from typing import Any, Final

from zkvm.errors import InputError

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]+")


def number(value: Any, where: str, bits: int = 256) -> int:
    """A 0x-hex quantity below 2^bits."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise malformed(where, "is not a 0x-hex number")
    result = int(value, 16)
    if result >> bits:
        raise malformed(where, f"is not below 2^{bits}")
    return result


def data(value: Any, where: str) -> bytes:
    """0x-hex bytes."""
    if not isinstance(value, str) or not value.startswith("0x"):
        raise malformed(where, "is not a 0x-hex string")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise malformed(where, "is not hex bytes") from None


def flag(value: Any, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise malformed(where, "is not a boolean")
    return value


def get(entry: dict[str, Any], name: str, where: str) -> Any:
    """A member that must be there."""
    if name not in entry:
        raise malformed(f"{where}.{name}", "is missing")
    return entry[name]


def entries(value: Any, where: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise malformed(where, "is not an object")
    return value


def items(value: Any, where: str) -> list[Any]:
    """An array."""
    if not isinstance(value, list):
        raise malformed(where, "is not an array")
    return value


def malformed(where: str, what: str) -> InputError:
    """The error for a member that is missing or wrong."""
    return InputError("request-malformed", f"{where} {what}")
