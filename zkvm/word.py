"""Words: 256-bit integers as Python ints, their bytes and their hash (ISA 1.1)."""

from __future__ import annotations

from typing import Final

from Crypto.Hash import keccak as _keccak

MODULUS: Final[int] = 1 << 256
MASK: Final[int] = MODULUS - 1
SIGN: Final[int] = 1 << 255
ADDRESS_MASK: Final[int] = (1 << 160) - 1


def keccak256(data: bytes) -> bytes:
    """The Keccak-256 hash of `data`: 32 bytes."""
    return _keccak.new(digest_bits=256, data=data).digest()


def signed(word: int) -> int:
    """The word read as a two's complement number."""
    return word - MODULUS if word & SIGN else word


def to_bytes(word: int) -> bytes:
    """The 32 big-endian bytes of a word."""
    return word.to_bytes(32, "big")


def from_bytes(data: bytes) -> int:
    """The number that big-endian bytes spell; 0 for none."""
    return int.from_bytes(data, "big")
