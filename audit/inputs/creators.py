"""Where creates put their accounts: the address that caller and nonce give, with nonces counted along a call file."""

from __future__ import annotations

from collections.abc import Mapping

from audit.inputs.json_reader import Node
from zkvm.host.transaction import Transaction
from zkvm.rlp import encode, quantity
from zkvm.word import keccak256


def created_address(caller: str, nonce: int) -> str:
    """The account that a create of a caller with that nonce makes (Source: Yellow Paper, section 7)."""
    return "0x" + keccak256(encode([bytes.fromhex(caller[2:]), quantity(nonce)]))[12:].hex()


class Creators:
    """Nonces of callers along a call file: a bare create and each transaction add one (ISA 8.3, 8.10)."""

    def __init__(self, state: Mapping[str, Node]) -> None:
        self._nonces: dict[str, int] = {}
        for key, node in state.items():
            if isinstance(node.value, dict) and "nonce" in node.value:
                self._nonces[key.lower()] = dict(node.items())["nonce"].quantity(64)

    def next(self, caller: object, create: bool, transaction: Transaction | None) -> int:
        """The caller's nonce as an entry finds it; counted on from there."""
        key = str(caller).lower()
        nonce = self._nonces.get(key, 0) if transaction is None else transaction.nonce
        if create or transaction is not None:
            self._nonces[key] = nonce + 1
        return nonce
