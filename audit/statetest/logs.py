"""The hash of a transaction's logs, as state tests state it."""

from __future__ import annotations

from collections.abc import Sequence

from zkvm.rlp import encode
from zkvm.word import keccak256


def logs_hash(logs: Sequence[tuple[bytes, Sequence[bytes], bytes]]) -> bytes:
    """keccak of the RLP of (address, topics, data) of each log."""
    return keccak256(encode([[address, list(topics), data] for address, topics, data in logs]))
