"""RLP encoding (Source: Yellow Paper, appendix B)."""

from __future__ import annotations

from collections.abc import Sequence

Item = bytes | Sequence["Item"]


def quantity(number: int) -> bytes:
    """The big-endian bytes of a number without leading zeros, none for 0: its form in RLP."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode(item: Item) -> bytes:
    """The encoding of bytes or of a list of items."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _head(0x80, len(item)) + item
    body = b"".join(map(encode, item))
    return _head(0xC0, len(body)) + body


def _head(base: int, size_bytes: int) -> bytes:
    if size_bytes < 56:
        return bytes([base + size_bytes])
    length = quantity(size_bytes)
    return bytes([base + 55 + len(length)]) + length
