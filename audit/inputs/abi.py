"""Call data and storage slots by the rules of Solidity's ABI and layout."""

from __future__ import annotations

from typing import Any

from eth_abi.abi import encode

from zkvm.word import keccak256


def selector(signature: str) -> bytes:
    """The first four bytes of a function's hash."""
    return keccak256(signature.encode())[:4]


def types_of(signature: str) -> list[str]:
    """The argument types of a signature, tuples kept whole."""
    found, depth, current = [], 0, ""
    for letter in signature[signature.index("(") + 1 : -1]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(current)
            current = ""
        else:
            current += letter
    return [*found, current] if current else found


def calldata(signature: str, *arguments: Any) -> bytes:
    """A call's data."""
    return selector(signature) + encode(types_of(signature), arguments)


def mapping_slot(key: str, slot: int) -> int:
    """The storage slot of an address in a mapping."""
    return int.from_bytes(keccak256(bytes.fromhex(key[2:]).rjust(32, b"\0") + slot.to_bytes(32, "big")), "big")
