"""Test vectors: a request to the executors and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.statetest.fields import Account
from zkvm.errors import Sol2zkError


@dataclass(frozen=True, slots=True)
class Fails:
    """The frame must fail."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """What a frame that succeeds leaves."""

    output: bytes
    gas_left: int
    logs_hash: bytes
    state: dict[int, Account]
    made_up: int | None
    """The caller's address if it stands in the request's state only to pay."""


@dataclass(frozen=True, slots=True)
class Transacts:
    """What a transaction leaves."""

    state_root: bytes
    logs_hash: bytes
    exception: str | None
    """The exception's name, or several joined by `|`: the transaction must be refused for one of them."""
    malformed: str | None = None
    """The field that no transaction can hold: its bytes are refused before anything runs."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Which of a state test's data, gas limits and values an entry takes."""

    data: int
    gas: int
    value: int


@dataclass(frozen=True, slots=True)
class Vector:
    """One test: a request to the executors and what must come of it."""

    file: str
    name: str
    fork: str
    request: dict[str, Any]
    expected: Fails | Leaves | Transacts
    indexes: Indexes | None = None
    """None: a test of one frame."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder whose tests cannot be read."""

    path: Path
    error: Sol2zkError
