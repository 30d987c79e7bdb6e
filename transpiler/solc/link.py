"""Filling the places of libraries' addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transpiler.errors import InputError
from transpiler.solc.artifact import CodeObject, Contract


def parse_library(text: str) -> tuple[str, str]:
    """The library and address that `Name=0x...` or `file.sol:Name=0x...` states.

    Raises: InputError if the text has another form.
    """
    name, equals, address = text.partition("=")
    digits = address.strip().lower()
    if not equals or not name.strip() or not digits.startswith("0x") or len(digits) != 42:
        raise InputError(
            "library-malformed", f"{text!r} does not name a library and its address", hint="write Name=0x and 40 digits"
        )
    try:
        bytes.fromhex(digits[2:])
    except ValueError as error:
        raise InputError("library-malformed", f"{address!r} is not an address", hint="write Name=0x and 40 digits") from error
    return name.strip(), digits


def link(contract: Contract, libraries: Sequence[tuple[str, str]]) -> Contract:
    """The contract with the addresses of these libraries in its code; others stay placeholders."""
    if not libraries:
        return contract
    return replace(contract, creation=_link(contract.creation, libraries), runtime=_link(contract.runtime, libraries))


def _link(code: CodeObject | None, libraries: Sequence[tuple[str, str]]) -> CodeObject | None:
    if code is None or not code.unlinked:
        return code
    data, kept = bytearray(code.code), []
    for each in code.placeholders:
        address = (
            next((address for name, address in libraries if _names(name, each.name)), None) if each.kind == "library" else None
        )
        if address is None:
            kept.append(each)
        else:
            data[each.start : each.start + each.length] = bytes.fromhex(address[2:])
    return CodeObject(code.kind, bytes(data), code.source_map, tuple(kept))


def _names(given: str, placeholder: str) -> bool:
    return placeholder == given or placeholder.rpartition(":")[2] == given
