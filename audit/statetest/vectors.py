"""Loads test vectors of the legacy VMTests format: one frame, hand-written code, Homestead rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zkvm.errors import InputError, Place, Sol2zkError, Unsupported
from zkvm.word import keccak256

FORK: Final[str] = "Homestead"

Account = tuple[int, int, bytes, tuple[tuple[int, int], ...]]
"""Balance, nonce, code, slots that are not 0 in order of key."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a run that succeeds leaves."""

    output: bytes
    gas_left: int
    logs_hash: bytes
    state: dict[int, Account]


@dataclass(frozen=True, slots=True)
class Vector:
    """One test: a request to the executors and what must come of it."""

    file: str
    name: str
    fork: str
    code: bytes
    request: dict[str, Any]
    expected: Expected | None
    """None: the run must fail."""
    made_up: int | None
    """The caller's address if it stands in the request's state only to pay."""


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
    """The tests of one file, in order of name.

    Raises: InputError for a file that cannot be read or is not of the format; Unsupported for other formats.
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
    return [_vector(path, name, test) for name, test in sorted(document.items())]


def _vector(path: Path, name: str, test: Any) -> Vector:
    place = Place(f"{path}: {name}")
    if isinstance(test, dict) and "transaction" in test:
        raise Unsupported("state-test", "tests of the GeneralStateTests format are not run yet", place)
    try:
        return _parse(path, name, test)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("test-malformed", f"not a VMTests test: {error!r}", place) from error


def _parse(path: Path, name: str, test: dict[str, Any]) -> Vector:
    run = {key: int(run_value, 16) for key, run_value in test["exec"].items() if key not in ("code", "data")}
    code = _bytes(test["exec"]["code"])
    state = {int(address, 16): _account(entry) for address, entry in test["pre"].items()}
    expected = None
    if "post" in test:
        post = {int(address, 16): _account(entry) for address, entry in test["post"].items()}
        expected = Expected(_bytes(test["out"]), int(test["gas"], 16), _bytes(test["logs"]), post)
    made_up = run["caller"] if run["caller"] not in state else None
    before = _before_value(state, run["caller"], run["address"], run["value"], code)
    call = {
        "create": False,
        "caller": _address(run["caller"]),
        "origin": _address(run["origin"]),
        "to": _address(run["address"]),
        "value": hex(run["value"]),
        "data": "0x" + _bytes(test["exec"]["data"]).hex(),
        "gas": hex(run["gas"]),
    }
    request = {
        "fork": FORK,
        "env": _environment(test["env"], run["gasPrice"]),
        "contract": _address(run["address"]),
        "state": {_address(address): _entry(account) for address, account in before.items()},
        "calls": [call],
    }
    return Vector(str(path), name, FORK, code, request, expected, made_up)


def _before_value(state: dict[int, Account], caller: int, address: int, value: int, code: bytes) -> dict[int, Account]:
    """The state from which moving the value leads to the test's: its frame begins after the value moved."""
    nothing: Account = (0, 0, b"", ())
    before = dict(state)
    balance, nonce, _, slots = before.get(address, nothing)
    if balance < value:
        raise Unsupported("value-not-held", "the account holds less than the value that it was sent")
    before[address] = (balance - value, nonce, code, slots)
    balance, nonce, its_code, slots = before.get(caller, nothing)
    before[caller] = (balance + value, nonce, its_code, slots)
    return before


def _environment(env: dict[str, str], gas_price: int) -> dict[str, Any]:
    """The request's environment; the hash of block n is keccak of n in decimal, as the test's filler had it."""
    number = int(env["currentNumber"], 16)
    near = range(max(0, number - 256), number)
    return {
        "number": hex(number),
        "timestamp": hex(int(env["currentTimestamp"], 16)),
        "coinbase": _address(int(env["currentCoinbase"], 16)),
        "prevrandao": "0x0",
        "difficulty": hex(int(env["currentDifficulty"], 16)),
        "gas_limit": hex(int(env["currentGasLimit"], 16)),
        "chain_id": "0x1",
        "base_fee": "0x0",
        "blob_base_fee": "0x0",
        "gas_price": hex(gas_price),
        "block_hashes": {hex(block): "0x" + keccak256(str(block).encode()).hex() for block in near},
        "blob_hashes": [],
    }


def parse_state(state: dict[str, Any]) -> dict[int, Account]:
    """A result's state in the form of a test's."""
    return {int(address, 16): _account(entry) for address, entry in state.items()}


def _account(entry: dict[str, Any]) -> Account:
    words = ((int(key, 16), int(word, 16)) for key, word in entry["storage"].items())
    slots = tuple(sorted((key, word) for key, word in words if word))
    return int(entry["balance"], 16), int(entry["nonce"], 16), _bytes(entry["code"]), slots


def _entry(account: Account) -> dict[str, Any]:
    balance, nonce, code, slots = account
    storage = {hex(key): hex(word) for key, word in slots}
    return {"balance": hex(balance), "nonce": hex(nonce), "code": "0x" + code.hex(), "storage": storage}


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _address(account: int) -> str:
    return f"{account:#042x}"
