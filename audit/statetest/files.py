"""Reads test vectors from files of the Ethereum Foundation's formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit.statetest import frame_test, state_test
from audit.statetest.vectors import Unread, Vector
from zkvm.errors import InputError, Place, Sol2zkError


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
    place = Place(f"{path}: {name}")
    try:
        if "transaction" in test:
            return state_test.parse(str(path), name, test)
        return [frame_test.parse(str(path), name, test)]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise InputError("test-malformed", f"neither a VMTests test nor a state test: {error!r}", place) from error
    except Sol2zkError as error:
        raise type(error)(error.code, error.message, place, error.hint) from error
