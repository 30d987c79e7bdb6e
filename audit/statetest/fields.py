"""The fields of test files: hex text as numbers, bytes, addresses and accounts, and back to requests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from zkvm.word import keccak256

Account = tuple[int, int, bytes, tuple[tuple[int, int], ...]]
"""Balance, nonce, code, slots that are not 0 in order of key."""


def read_bytes(text: str) -> bytes:
    """The bytes of a hex text, with or without 0x."""
    return bytes.fromhex(text.removeprefix("0x"))


def read_account(entry: Mapping[str, Any]) -> Account:
    """An account of a test's or a result's state."""
    words = ((int(key, 16), int(word, 16)) for key, word in entry["storage"].items())
    slots = tuple(sorted((key, word) for key, word in words if word))
    return int(entry["balance"], 16), int(entry["nonce"], 16), read_bytes(entry["code"]), slots


def read_state(state: Mapping[str, Any]) -> dict[int, Account]:
    """The accounts of a test's or a result's state by address."""
    return {int(address, 16): read_account(entry) for address, entry in state.items()}


def state_entry(account: Account) -> dict[str, Any]:
    """An account as a request holds it (ISA 8.1)."""
    balance, nonce, code, slots = account
    storage = {hex(key): hex(word) for key, word in slots}
    return {"balance": hex(balance), "nonce": hex(nonce), "code": "0x" + code.hex(), "storage": storage}


def state_entries(state: Mapping[int, Account]) -> dict[str, Any]:
    """A state as a request holds it (ISA 8.1)."""
    return {address_text(address): state_entry(account) for address, account in state.items()}


def address_text(account: int) -> str:
    """An address as 20 bytes of hex."""
    return f"{account:#042x}"


def block_hashes(number: int) -> dict[str, str]:
    """The hashes of the 256 blocks before one: of block n keccak of n in decimal, as the tests' filler had it."""
    return {hex(block): _block_hash(block) for block in range(max(0, number - 256), number)}


@lru_cache(4096)
def _block_hash(block: int) -> str:
    return "0x" + keccak256(str(block).encode()).hex()
