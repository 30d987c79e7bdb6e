"""A pool: the contracts of one rule set that many batches share, and the accounts around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from audit.differential.trees import scene
from audit.differential.trees.contracts import contract, diver
from audit.differential.trees.init_codes import init_code
from audit.differential.trees.writer import Code
from zkvm.isa.table import FORKS

Json = dict[str, Any]


def since(fork: str, name: str) -> bool:
    """Whether a rule set is `name` or a later one."""
    return FORKS.index(fork) >= FORKS.index(name)


@dataclass(frozen=True, slots=True)
class Pool:
    """Codes by address, and init codes for transactions that create."""

    fork: str
    codes: Mapping[int, Code]
    init_codes: tuple[bytes, ...]
    diving: bytes
    """Init code that creates itself."""


def pool(fork: str, random: Random) -> Pool:
    """A new pool."""
    codes = {address: contract(fork, random) for address in scene.CONTRACTS}
    codes |= {address: diver(fork, random, creating=False) for address in scene.DIVERS}
    return Pool(fork, codes, tuple(init_code(fork, random) for _ in range(6)), diver(fork, random, creating=True).data)


def account(balance: int = 0, nonce: int = 0, code: bytes = b"", storage: Mapping[int, int] | None = None) -> Json:
    """An account of a request."""
    slots = {hex(key): hex(value) for key, value in (storage or {}).items() if value}
    return {"balance": hex(balance), "nonce": hex(nonce), "code": "0x" + code.hex(), "storage": slots}


def state(of: Pool, random: Random) -> dict[str, Json]:
    """The accounts before a batch."""
    found: dict[int, Json] = {}
    for address, code in of.codes.items():
        storage = {key: random.choice((0, 0, 1, 2, random.getrandbits(256))) for key in range(4)}
        found[address] = account(random.choice((0, 5, 10**6, 10**18)), random.choice((1, 1, 1, 7, 2**64 - 1)), code.data, storage)
    for key in scene.SENDERS:
        found[key.address] = account(10**24, random.choice((0, 0, 1, 127, 128, 255, 256)))
    found[scene.POOR] = account(random.choice((1, 3, 25_000)), 0)
    found[scene.LAST] = account(10**24, 2**64 - 1)
    if random.random() < 0.7:
        found[scene.EMPTY] = account()
    if random.random() < 0.3:
        found[random.choice(scene.PRECOMPILES)] = account(3)
    for address in random.sample(scene.CONTRACTS, 2):
        found[scene.created(address, int(found[address]["nonce"], 16))] = _in_the_way(random)
    if since(of.fork, "Prague"):
        for address, target in zip(scene.DELEGATED, _targets(random), strict=True):
            found[address] = account(1000, random.choice((0, 1)), delegation(target))
        if random.random() < 0.5:
            last = found[scene.SENDERS[-1].address]
            last["code"] = "0x" + delegation(random.choice(scene.CONTRACTS)).hex()
    return {scene.text(address): stated for address, stated in sorted(found.items())}


def delegation(target: int) -> bytes:
    """The code of an account that delegates (EIP-7702)."""
    return b"\xef\x01\x00" + target.to_bytes(20, "big")


def _targets(random: Random) -> tuple[int, ...]:
    return (random.choice(scene.CONTRACTS), scene.DELEGATED[0], random.choice(scene.PRECOMPILES[:5]), scene.DELEGATED[3])


def _in_the_way(random: Random) -> Json:
    """An account where a contract will create: it collides, or only has a balance."""
    choice = random.randrange(4)
    if choice == 0:
        return account(1, 1)
    if choice == 1:
        return account(1, 0, b"\x00")
    if choice == 2:
        return account(1, 0, b"", {0: 1})
    return account(9)
