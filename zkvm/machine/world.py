"""The state of all accounts and of the transaction, with one journal that undoes (ISA 5.2, 8.3, 8.6, 8.7, 9.4)."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final, TypeVar

from zkvm.errors import Unsupported
from zkvm.host.result import Log
from zkvm.isa.rules import RuleSet
from zkvm.word import keccak256

K = TypeVar("K")
V = TypeVar("V")
Slot = tuple[int, int]
"""(account, key)."""

RIPEMD160: Final = 3
"""The precompile whose touch outlives a failure (see `World.touch`)."""
_DESIGNATOR: Final = b"\xef\x01\x00"


class World:
    """Accounts, and the marks of the transaction that runs; every change of either goes through the journal.

    Shape: no frame owns an account's storage: all frames read and write the same slots.
    """

    def __init__(self) -> None:
        self.balances: dict[int, int] = {}
        self.nonces: dict[int, int] = {}
        self.codes: dict[int, bytes] = {}
        self.existing: dict[int, bool] = {}
        """Accounts that the request lists, or that were touched or created since; False once deleted (ISA 8.7)."""
        self.outlived: set[int] = set()
        """Accounts whose touch a failure did not undo: they are listed, though they do not exist (ISA 8.2)."""
        self._storage: dict[int, dict[int, int]] = {}
        self._journal: list[tuple[MutableMapping[Any, Any], Any, Any]] = []
        self._hashes: dict[bytes, bytes] = {b"": keccak256(b"")}
        self.begin()

    def begin(self) -> None:
        """Make every change final and begin a transaction (ISA 8.3)."""
        self._journal.clear()
        self._outlived_before = set(self.outlived)
        self.warm_accounts: dict[int, bool] = {}
        self.warm_slots: dict[Slot, bool] = {}
        self.original: dict[Slot, int] = {}
        """Words of slots before the transaction, of those that it wrote."""
        self.transient: dict[Slot, int] = {}
        self.created: dict[int, bool] = {}
        self.destroyed: dict[int, bool] = {}
        """In the order in which they were destroyed; results sort them."""
        self.touched: dict[int, bool] = {}
        self._logs: dict[int, Log] = {}
        self._refund: dict[None, int] = {None: 0}

    # The journal.

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

    def abandon(self) -> None:
        """Take back the transaction whole, as if it had not begun (ISA 8.4)."""
        self.undo(0)
        self.outlived = self._outlived_before

    # Logs and refund.

    @property
    def logs(self) -> tuple[Log, ...]:
        """The transaction's logs that no failure undid."""
        return tuple(self._logs.values())

    def log(self, entry: Log) -> None:
        """Append a log."""
        self.put(self._logs, len(self._logs), entry)

    @property
    def refund(self) -> int:
        """The refund counter (ISA 3.7)."""
        return self._refund[None]

    def add_refund(self, gas: int) -> None:
        """Add to the refund counter; the sum may fall."""
        if gas:
            self.put(self._refund, None, self.refund + gas)

    # Reads.

    def balance(self, account: int) -> int:
        """Balance, 0 for an account that does not exist."""
        return self.balances.get(account, 0)

    def nonce(self, account: int) -> int:
        """Nonce, 0 for an account that does not exist."""
        return self.nonces.get(account, 0)

    def code(self, account: int) -> bytes:
        """Code, empty for an account that does not exist."""
        return self.codes.get(account, b"")

    def code_hash(self, code: bytes) -> bytes:
        """keccak256 of a code, remembered."""
        found = self._hashes.get(code)
        if found is None:
            found = self._hashes[code] = keccak256(code)
        return found

    def slot(self, slot: Slot) -> int:
        """The word of a slot, 0 before it is written."""
        return self._storage.get(slot[0], {}).get(slot[1], 0)

    def slots(self, account: int) -> dict[int, int]:
        """The slots of an account that are not 0, in order."""
        return {key: word for key, word in sorted(self._storage.get(account, {}).items()) if word}

    def set_slot(self, slot: Slot, word: int) -> None:
        """Set a slot."""
        self.put(self._storage.setdefault(slot[0], {}), slot[1], word)

    def empty(self, account: int) -> bool:
        """Whether balance, nonce and code are nothing (EIP-161)."""
        return not (self.balances.get(account) or self.nonces.get(account) or self.codes.get(account))

    def exists(self, account: int, rules: RuleSet) -> bool:
        """ISA 8.7."""
        return self.existing.get(account, False) and not (rules.empty_is_absent and self.empty(account))

    def occupied(self, account: int) -> str | None:
        """What stands in the way of a create at an address, or None (EIP-684, EIP-7610; ISA 8.9, 9.5)."""
        if self.nonce(account):
            return "its nonce is not 0"
        if self.code(account):
            return "it has code"
        if any(self._storage.get(account, {}).values()):
            return "it has storage"
        return None

    # Changes.

    def warm(self, account: int) -> bool:
        """Make an account warm; True if it was cold (EIP-2929)."""
        return self._set_mark(self.warm_accounts, account)

    def warm_slot(self, slot: Slot) -> bool:
        """Make a slot warm; True if it was cold."""
        return self._set_mark(self.warm_slots, slot)

    def _set_mark(self, marks: dict[K, bool], key: K) -> bool:
        if key in marks:
            return False
        self.put(marks, key, True)
        return True

    def touch(self, account: int) -> None:
        """An account exists from now on; if it ends the transaction empty it is deleted (EIP-161).

        The touch of 0x03 outlives the failure of its frame: so it went in block 2675119, and so all clients keep it.
        """
        self.put(self.existing, account, True)
        if account == RIPEMD160:
            self.touched[account] = True
            self.outlived.add(account)
        else:
            self._set_mark(self.touched, account)

    def credit(self, account: int, value: int) -> None:
        """Add to a balance; 0 touches, too.

        Raises: Unsupported for a balance of 2^256 or more (ISA 8.4).
        """
        total = self.balance(account) + value
        if total >> 256:
            raise Unsupported("balance-limit", "a balance of 2^256 or more")
        self.put(self.balances, account, total)
        self.touch(account)

    def debit(self, account: int, value: int) -> None:
        """Take from a balance that has it."""
        self.put(self.balances, account, self.balance(account) - value)

    def move(self, source: int, target: int, value: int) -> None:
        """Move value between accounts; the source has it."""
        self.debit(source, value)
        self.credit(target, value)

    def raise_nonce(self, account: int) -> None:
        """Nonce + 1."""
        self.put(self.nonces, account, self.nonce(account) + 1)
        self.touch(account)

    def delete(self, account: int) -> None:
        """ISA 8.6."""
        self.put(self.balances, account, 0)
        self.put(self.nonces, account, 0)
        self.put(self.codes, account, b"")
        self.put(self.existing, account, False)
        for key in self.slots(account):
            self.set_slot((account, key), 0)


def delegate_of(code: bytes, rules: RuleSet) -> int | None:
    """The account to which a code delegates, if it does (EIP-7702; ISA 8.5)."""
    designates = rules.delegation and len(code) == 23 and code.startswith(_DESIGNATOR)
    return int.from_bytes(code[3:], "big") if designates else None


def designator(account: int) -> bytes:
    """The code that delegates to an account."""
    return _DESIGNATOR + account.to_bytes(20, "big")
