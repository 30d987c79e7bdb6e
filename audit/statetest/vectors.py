"""Test vectors: a request to the executors and what must come of it; read from files of the Ethereum Foundation's formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.statetest.fields import Account
from zkvm.errors import InputError, Place, Sol2zkError


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


def load(path: Path) -> Iterator[list[Vector] | Unread]:
    """The tests of a file, or of each file below a folder in order of path; or why there are none."""
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    if not files:
        yield Unread(path, InputError("no-tests", "there is no .json file below", Place(str(path))))
    for file in files:
        try:
            yield load_file(file)
        except Sol2zkError as error:
            yield Unread(file, error)


def load_file(path: Path) -> list[Vector]:
    """The tests of one file, in order of name; of a state test its entries, in the file's order.

    Raises: InputError for a file that cannot be read or is of no known format.
    """
    place = Place(str(path))
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError("file-not-read", f"cannot read: {error.strerror or error}", place) from error
    except (ValueError, RecursionError) as error:
        raise InputError("test-malformed", f"not JSON: {error}", place) from error
    if not isinstance(document, dict):
        raise InputError("test-malformed", "not an object of tests", place)
    return [vector for name, test in sorted(document.items()) for vector in _vectors(path, name, test)]


def _vectors(path: Path, name: str, test: Any) -> list[Vector]:
    from audit.statetest import frame_test, state_test

    place = Place(f"{path}: {name}")
    try:
        if "transaction" in test:
            return state_test.parse(str(path), name, test)
        return [frame_test.parse(str(path), name, test)]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise InputError("test-malformed", f"neither a VMTests test nor a state test: {error!r}", place) from error
    except Sol2zkError as error:
        raise type(error)(error.code, error.message, place, error.hint) from error
