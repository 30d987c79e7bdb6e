"""RLP encoding (Source: Yellow Paper, appendix B), for the hash of logs."""

from __future__ import annotations

from collections.abc import Sequence

from zkvm.word import keccak256

Item = bytes | Sequence["Item"]


def encode(item: Item) -> bytes:
    """The encoding of bytes or of a list of items."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _head(0x80, len(item)) + item
    body = b"".join(map(encode, item))
    return _head(0xC0, len(body)) + body


def _head(base: int, size: int) -> bytes:
    if size < 56:
        return bytes([base + size])
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(length)]) + length


def logs_hash(logs: Sequence[tuple[bytes, Sequence[bytes], bytes]]) -> bytes:
    """keccak of the RLP of (address, topics, data) of each log."""
    return keccak256(encode([[address, list(topics), data] for address, topics, data in logs]))
