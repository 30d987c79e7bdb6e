"""Requests to the executors, checked (ISA 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zkvm.machine.fields import data, entries, flag, get, items, malformed, number
from zkvm.machine.terms import Terms, parse_terms
from zkvm.machine.world import World

_NUMBERS: Final[tuple[tuple[str, int], ...]] = (
    ("number", 256), ("timestamp", 256), ("coinbase", 160), ("prevrandao", 256), ("difficulty", 256), ("gas_limit", 256),
    ("chain_id", 256), ("base_fee", 256), ("blob_base_fee", 256), ("gas_price", 256),
)  # fmt: skip
_MEMBERS: Final = frozenset(name for name, _ in _NUMBERS) | {"block_hashes", "blob_hashes"}


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
class Transaction:
    """An entry of a batch: a bare message, or with `terms` one shaped like a signed transaction (ISA 8)."""

    create: bool
    caller: int
    origin: int
    to: int
    """Of a create with terms 0: sender and nonce say where."""
    value: int
    data: bytes
    gas: int
    """Of a bare message; with terms 0."""
    code: bytes
    """Creation code of a create, else empty."""
    env: Environment
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What an executor is asked to run."""

    fork: str
    calls: tuple[Transaction, ...]
    messages: bool
    """Whether results list messages (ISA 8.11)."""


def parse_request(document: Any) -> tuple[Request, World]:
    """The request and the state that it starts from.

    Raises: InputError naming the member that is missing or wrong.
    """
    root = entries(document, "request")
    fork = get(root, "fork", "request")
    if not isinstance(fork, str):
        raise malformed("fork", "is not a string")
    env = entries(get(root, "env", "request"), "env")
    _environment(env, "env")
    calls = items(get(root, "calls", "request"), "calls")
    parsed = tuple(_transaction(entries(call, f"calls[{at}]"), env, f"calls[{at}]") for at, call in enumerate(calls))
    messages = flag(root.get("messages", False), "messages")
    return Request(fork, parsed, messages), _world(get(root, "state", "request"))


def _environment(env: dict[str, Any], where: str) -> Environment:
    numbers = {name: number(get(env, name, where), f"{where}.{name}", bits) for name, bits in _NUMBERS}
    hashes = entries(get(env, "block_hashes", where), f"{where}.block_hashes")
    blobs = items(get(env, "blob_hashes", where), f"{where}.blob_hashes")
    return Environment(
        **numbers,
        block_hashes={
            number(key, f"{where}.block_hashes"): number(value, f"{where}.block_hashes") for key, value in hashes.items()
        },
        blob_hashes=tuple(number(value, f"{where}.blob_hashes") for value in blobs),
    )


def _transaction(call: dict[str, Any], env: dict[str, Any], where: str) -> Transaction:
    create = flag(get(call, "create", where), f"{where}.create")
    terms = None
    if "transaction" in call:
        terms = parse_terms(entries(call["transaction"], f"{where}.transaction"), f"{where}.transaction")
    own = entries(call.get("env", {}), f"{where}.env")
    if unknown := sorted(own.keys() - _MEMBERS):
        raise malformed(f"{where}.env.{unknown[0]}", "is no member of the environment")
    return Transaction(
        create=create,
        caller=number(get(call, "caller", where), f"{where}.caller", 160),
        origin=number(get(call, "caller" if terms else "origin", where), f"{where}.origin", 160),
        to=0 if create and terms else number(get(call, "to", where), f"{where}.to", 160),
        value=number(get(call, "value", where), f"{where}.value"),
        data=data(get(call, "data", where), f"{where}.data"),
        gas=0 if terms else number(get(call, "gas", where), f"{where}.gas", 63),
        code=data(get(call, "code", where), f"{where}.code") if create else b"",
        env=_environment({**env, **own}, f"{where}.env"),
        terms=terms,
    )


def _world(state: Any) -> World:
    world = World()
    for key, value in entries(state, "state").items():
        where = f"state.{key}"
        account, entry = number(key, where, 160), entries(value, where)
        world.existing[account] = True
        world.balances[account] = number(get(entry, "balance", where), f"{where}.balance")
        world.nonces[account] = number(get(entry, "nonce", where), f"{where}.nonce", 64)
        world.codes[account] = data(get(entry, "code", where), f"{where}.code")
        for slot, word in entries(get(entry, "storage", where), f"{where}.storage").items():
            key_of_slot = number(slot, f"{where}.storage")
            world.set_slot((account, key_of_slot), number(word, f"{where}.storage.{slot}"))
    return world
