"""Requests to the executors, checked (ISA 8.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zkvm.errors import InputError
from zkvm.machine.world import World

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]+")
_NUMBERS: Final[tuple[tuple[str, int], ...]] = (
    ("number", 256), ("timestamp", 256), ("coinbase", 160), ("prevrandao", 256), ("difficulty", 256), ("gas_limit", 256),
    ("chain_id", 256), ("base_fee", 256), ("blob_base_fee", 256), ("gas_price", 256),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Environment:
    """Block and transaction values (ISA 6.2)."""

    number: int
    timestamp: int
    coinbase: int
    prevrandao: int
    difficulty: int
    gas_limit: int
    chain_id: int
    base_fee: int
    blob_base_fee: int
    gas_price: int
    block_hashes: Mapping[int, int]
    blob_hashes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One call or create: its own transaction."""

    create: bool
    caller: int
    origin: int
    to: int
    value: int
    data: bytes
    gas: int
    code: bytes
    """Creation code of a create, else empty."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an executor is asked to run."""

    fork: str
    env: Environment
    calls: tuple[Call, ...]


def parse_request(document: Any) -> tuple[Request, World]:
    """The request and the state that it starts from.

    Raises: InputError naming the field that is missing or wrong.
    """
    root = _object(document, "request")
    fork = _get(root, "fork", "request")
    if not isinstance(fork, str):
        raise _bad("fork", "is not a string")
    calls = _get(root, "calls", "request")
    if not isinstance(calls, list):
        raise _bad("calls", "is not an array")
    parsed = tuple(_call(_object(call, f"calls[{index}]"), f"calls[{index}]") for index, call in enumerate(calls))
    env = _environment(_object(_get(root, "env", "request"), "env"))
    return Request(fork, env, parsed), _world(_get(root, "state", "request"))


def number(value: Any, where: str, bits: int = 256) -> int:
    """A 0x-hex quantity below 2^bits."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise _bad(where, "is not a 0x-hex number")
    result = int(value, 16)
    if result >> bits:
        raise _bad(where, f"is not below 2^{bits}")
    return result


def data(value: Any, where: str) -> bytes:
    """0x-hex bytes."""
    if not isinstance(value, str) or not value.startswith("0x"):
        raise _bad(where, "is not a 0x-hex string")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise _bad(where, "is not hex bytes") from None


def _environment(env: dict[str, Any]) -> Environment:
    numbers = {name: number(_get(env, name, "env"), f"env.{name}", bits) for name, bits in _NUMBERS}
    hashes = _object(_get(env, "block_hashes", "env"), "env.block_hashes")
    blobs = _get(env, "blob_hashes", "env")
    if not isinstance(blobs, list):
        raise _bad("env.blob_hashes", "is not an array")
    return Environment(
        **numbers,
        block_hashes={number(key, "env.block_hashes"): number(value, "env.block_hashes") for key, value in hashes.items()},
        blob_hashes=tuple(number(value, "env.blob_hashes") for value in blobs),
    )


def _call(call: dict[str, Any], where: str) -> Call:
    create = _get(call, "create", where)
    if not isinstance(create, bool):
        raise _bad(f"{where}.create", "is not a boolean")
    return Call(
        create=create,
        caller=number(_get(call, "caller", where), f"{where}.caller", 160),
        origin=number(_get(call, "origin", where), f"{where}.origin", 160),
        to=number(_get(call, "to", where), f"{where}.to", 160),
        value=number(_get(call, "value", where), f"{where}.value"),
        data=data(_get(call, "data", where), f"{where}.data"),
        gas=number(_get(call, "gas", where), f"{where}.gas", 63),
        code=data(_get(call, "code", where), f"{where}.code") if create else b"",
    )


def _world(state: Any) -> World:
    world = World()
    for key, value in _object(state, "state").items():
        where = f"state.{key}"
        account, entry = number(key, where, 160), _object(value, where)
        world.existing[account] = True
        world.balances[account] = number(_get(entry, "balance", where), f"{where}.balance")
        world.nonces[account] = number(_get(entry, "nonce", where), f"{where}.nonce", 64)
        world.codes[account] = data(_get(entry, "code", where), f"{where}.code")
        for slot, word in _object(_get(entry, "storage", where), f"{where}.storage").items():
            world.slots[account, number(slot, f"{where}.storage")] = number(word, f"{where}.storage.{slot}")
    return world


def _get(entry: dict[str, Any], name: str, where: str) -> Any:
    if name not in entry:
        raise _bad(f"{where}.{name}", "is missing")
    return entry[name]


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(where, "is not an object")
    return value


def _bad(where: str, what: str) -> InputError:
    return InputError("request-malformed", f"{where} {what}")
