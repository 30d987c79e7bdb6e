"""Accounts and storage, with a journal that undoes (ISA 5.2, 8.6, 8.7)."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, TypeVar

from zkvm.word import keccak256

K = TypeVar("K")
V = TypeVar("V")
Slot = tuple[int, int]
"""(account, key)."""


class World:
    """The state of all accounts; every change goes through `put`."""

    def __init__(self) -> None:
        self.balances: dict[int, int] = {}
        self.nonces: dict[int, int] = {}
        self.codes: dict[int, bytes] = {}
        self.slots: dict[Slot, int] = {}
        self.existing: dict[int, bool] = {}
        self._journal: list[tuple[MutableMapping[Any, Any], Any, Any]] = []
        self._hashes: dict[bytes, bytes] = {b"": keccak256(b"")}

    def put(self, mapping: MutableMapping[K, V], key: K, value: V) -> None:
        """Set an entry so that `undo` can take it back."""
        self._journal.append((mapping, key, mapping.get(key)))
        mapping[key] = value

    def mark(self) -> int:
        """A point that `undo` returns to."""
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Take back every change since the mark, the newest first."""
        while len(self._journal) > mark:
            mapping, key, old = self._journal.pop()
            if old is None:
                del mapping[key]
            else:
                mapping[key] = old

    def forget(self) -> None:
        """Make every change final."""
        self._journal.clear()

    def balance(self, account: int) -> int:
        """Balance, 0 for an account that does not exist."""
        return self.balances.get(account, 0)

    def code(self, account: int) -> bytes:
        """Code, empty for an account that does not exist."""
        return self.codes.get(account, b"")

    def code_hash(self, code: bytes) -> bytes:
        """keccak256 of a code, remembered."""
        found = self._hashes.get(code)
        if found is None:
            found = self._hashes[code] = keccak256(code)
        return found

    def empty(self, account: int) -> bool:
        """Whether balance, nonce and code are nothing (EIP-161)."""
        return not (self.balances.get(account) or self.nonces.get(account) or self.codes.get(account))

    def exists(self, account: int, empty_is_absent: bool) -> bool:
        """ISA 8.7."""
        return not self.empty(account) if empty_is_absent else self.existing.get(account, False)

    def credit(self, account: int, value: int) -> None:
        """Add to a balance; the account exists from now on."""
        self.put(self.balances, account, self.balance(account) + value)
        self.put(self.existing, account, True)

    def move(self, source: int, target: int, value: int) -> None:
        """Move value between accounts; the source has it."""
        self.put(self.balances, source, self.balance(source) - value)
        self.credit(target, value)

    def delete(self, account: int) -> None:
        """ISA 8.6."""
        self.put(self.balances, account, 0)
        self.put(self.nonces, account, 0)
        self.put(self.codes, account, b"")
        self.put(self.existing, account, False)
        for slot in [slot for slot in self.slots if slot[0] == account]:
            self.put(self.slots, slot, 0)
