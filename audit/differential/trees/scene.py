"""Who takes part: the addresses that code and transactions name, and keys that sign authorizations."""

from __future__ import annotations

from random import Random
from typing import Final

from audit.differential.trees.secp256k1 import Key
from zkvm.isa.rules import precompiles_of, rules_of
from zkvm.word import ADDRESS_MASK, keccak256

CONTRACTS: Final[tuple[int, ...]] = tuple(0xC0DE0000 + number for number in range(1, 7))
"""Where generated contracts stand."""
DIVERS: Final[tuple[int, ...]] = (0xD1FE0001, 0xD1FE0002)
"""Contracts that call or create themselves as deep as it goes."""
SENDERS: Final[tuple[Key, ...]] = tuple(Key(0x5EED0 + number) for number in range(1, 4))
"""Accounts with keys and plenty of balance; the last begins delegated where a rule set knows that."""
LAST: Final = 0x1A57
"""An account whose nonce cannot move."""
POOR: Final = 0xF00D
"""An account with next to nothing."""
DELEGATED: Final[tuple[int, ...]] = (0xDE1E0001, 0xDE1E0002, 0xDE1E0003, 0xDE1E0004)
"""Accounts that delegate: to a contract, to another of them, to a precompile, to themselves."""
NOBODY: Final[tuple[int, ...]] = (0xABCDEF01, 0xABCDEF02)
"""Accounts that do not exist."""
EMPTY: Final = 0xE0E0E0
"""An account that the state lists as empty."""
COINBASE: Final = 0xC01B0001
PRECOMPILES: Final[tuple[int, ...]] = (*range(1, 0x12), 0x100)


def precompile(fork: str, random: Random) -> int:
    """An address of a precompile: mostly one that the rule set has."""
    active = precompiles_of(rules_of(fork).index)
    return random.choice(sorted(active) if random.random() < 0.85 else PRECOMPILES)


def text(address: int) -> str:
    """An address as requests write it."""
    return f"0x{address & ADDRESS_MASK:040x}"


def created(creator: int, nonce: int) -> int:
    """The address that CREATE gives."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    encoded = number if nonce and nonce < 0x80 else bytes([0x80 + len(number)]) + number
    body = b"\x94" + creator.to_bytes(20, "big") + encoded
    return int.from_bytes(keccak256(bytes([0xC0 + len(body)]) + body)[12:], "big")
