"""The campaign: blocks of trees, each block with a rule set and a pool of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

from audit.differential import oracle
from audit.differential.execution import Library
from audit.differential.trees import scene
from audit.differential.trees.batches import batch
from audit.differential.trees.judge import Difference, count, difference
from audit.differential.trees.machines import Failed, Name, Runner, runner
from audit.differential.trees.pool import Pool, pool
from audit.differential.trees.reduce import reduce
from transpiler.store import Store
from zkvm.errors import InputError, Unsupported
from zkvm.isa.table import FORKS

BLOCK_TREES: Final = 50
"""Trees that share a pool at most."""
BATCH_TREES: Final = 4
REPORTED: Final = 3
"""Mismatches of a block that are shrunk and reported; the others are alike more often than not."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A request on which a machine and revm differ, as small as it was made."""

    fork: str
    machine: Name
    difference: Difference
    request: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The JSON form; `request` can be run again as it is."""
        return {
            "format": "sol2zk-tree/1", "fork": self.fork, "machine": self.machine, **self.difference.as_json(), "request": self.request,
        }  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What a block came to: a tree is a transaction, of which one that is refused has no message.

    Shape: `messages` are those compared, on one machine; `cut` those of revm that a machine did not enter, as it need not.
    """

    trees: int = 0
    messages: int = 0
    cut: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a campaign: what it holds depends on nothing but these."""

    seed: int
    number: int
    fork: str
    trees: int


def blocks(seed: int, count: int, fork: str | None) -> list[Block]:
    """The blocks of a campaign, the rule sets in turn."""
    forks = FORKS if fork is None else (fork,)
    size = min(max(-(-count // len(forks)), 1), BLOCK_TREES)
    found: list[Block] = []
    while count > 0:
        found.append(Block(seed, len(found), forks[len(found) % len(forks)], min(size, count)))
        count -= size
    return found


def run_all(parts: list[Block], machines: tuple[Name, ...], jobs: int) -> Iterator[Outcome]:
    """The outcome of each block, in order."""
    job = partial(run_block, machines=machines)
    if jobs <= 1:
        yield from map(job, parts)
        return
    with ProcessPoolExecutor(jobs) as executor:
        yield from executor.map(job, parts)


def run_block(block: Block, machines: tuple[Name, ...]) -> Outcome:
    """Generate and compare the trees of a block."""
    random = Random(f"{block.seed}/{block.number}/{block.fork}")  # noqa: S311 - a campaign must be repeatable
    shared = pool(block.fork, random)
    library = Library(store=Store(None))  # of codes that no other run meets nothing is kept on the disk
    runners = {name: runner(name, library) for name in machines}
    outcome = Outcome()
    while outcome.trees < block.trees:
        trees = min(random.randrange(1, BATCH_TREES + 1), block.trees - outcome.trees)
        request, expected = _settled(shared, random, trees)
        outcome.trees += trees
        counts: list[tuple[int, int]] = []
        for name, run in runners.items():
            found, counted = compare(request, run, expected)
            counts.append(counted)
            if found is not None:
                outcome.mismatches.append(_mismatch(shared, name, run, request, found, len(outcome.mismatches) < REPORTED))
        outcome.messages += min(compared for compared, _ in counts)
        outcome.cut += max(cut for _, cut in counts)
    return outcome


def _settled(shared: Pool, random: Random, count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A batch with some of its gas drawn near what a first run used, and revm's result of it."""
    while True:
        request = batch(shared, random, count)
        try:
            first = oracle.run(request)
            request = {
                **request,
                "calls": [starved(*pair, random) for pair in zip(request["calls"], first["calls"], strict=True)],
            }
            return request, oracle.run(request)
        except (InputError, Unsupported):
            continue  # a bare create where something is, or a value that is gone: no request


def starved(call: dict[str, Any], result: dict[str, Any], random: Random) -> dict[str, Any]:
    """A transaction with less gas than it wants, with exactly that, or as it was."""
    limit = int(call["transaction"]["gas_limit"] if "transaction" in call else call["gas"], 16)
    used = limit - int(result["gas_left"], 16)
    choice = random.random()
    if choice > 0.45 or used > 2**32 or result["status"] == "refused":
        return call
    gas = random.randrange(min(21_000, used), used + 1) if choice < 0.3 else used + random.choice((-2, -1, 0, 0, 1, used // 63))
    if "transaction" in call:
        return {**call, "transaction": {**call["transaction"], "gas_limit": hex(max(gas, 0))}}
    return {**call, "gas": hex(max(gas, 0))}


def compare(request: dict[str, Any], run: Runner, expected: dict[str, Any]) -> tuple[Difference | None, tuple[int, int]]:
    """The first difference of a machine from revm, and what was counted; a machine without a result differs, too."""
    try:
        result = run(request)
    except Failed as error:
        return Difference(len(request["calls"]) - 1, "error", "", str(error), "a result"), (0, 0)
    return difference(result, expected), count(result, expected)


def _mismatch(shared: Pool, name: Name, run: Runner, request: dict[str, Any], found: Difference, shrink: bool) -> Mismatch:
    def judge(candidate: dict[str, Any]) -> Difference | None:
        try:
            return compare(candidate, run, oracle.run(candidate))[0]
        except (InputError, Unsupported):
            return None

    if shrink:
        codes = {scene.text(address): code for address, code in shared.codes.items()}
        request, found = reduce(request, found, judge, codes)
    return Mismatch(shared.fork, name, found, request)
