"""Batches."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.trees.batches import batch
from audit.differential.trees.pool import pool
from zkvm.errors import InputError
from zkvm.isa.table import FORKS

TREES = 60


def results(fork: str) -> list[dict[str, Any]]:
    shared, random = pool(fork, Random(f"{fork}/1")), Random(f"{fork}/2")
    found: list[dict[str, Any]] = []
    while len(found) < TREES:
        try:
            found += oracle.run(batch(shared, random, 3))["calls"]
        except InputError:
            continue
    return found


def test_the_same_seed_gives_the_same_batch() -> None:
    shared = pool("Osaka", Random(1))
    assert batch(shared, Random(2), 3) == batch(shared, Random(2), 3)


@pytest.mark.parametrize("fork", FORKS)
def test_trees_are_deep_and_end_in_every_way(fork: str) -> None:
    calls = results(fork)
    ends = Counter(call["status"] for call in calls)
    messages = [message for call in calls for message in call["messages"] if len(call["messages"]) < 1000]
    assert len(messages) >= 2.5 * len(calls)
    assert ends["success"] >= len(calls) // 4
    assert ends["halt"] > 0
    assert max(message["depth"] for message in messages) >= 3
    assert {"call", "create"} <= {message["kind"] for message in messages}


@pytest.mark.long
def test_all_kinds_of_messages_types_and_refusals_come_up() -> None:
    kinds: set[str] = set()
    types: set[str] = set()
    reasons: set[str] = set()
    shared, random = pool("Osaka", Random(1)), Random(2)
    for number in range(600):
        request = batch(shared, random, 3, bare=number % 3 == 0)
        try:
            calls = oracle.run(request)["calls"]
        except InputError:
            continue
        kinds |= {message["kind"] for call in calls for message in call["messages"]}
        types |= {name for call in request["calls"] for name in call.get("transaction", {"bare": 0})}
        reasons |= {call["reason"] for call in calls if "reason" in call}
    assert kinds == {"call", "callcode", "delegatecall", "staticcall", "create", "create2"}
    assert types >= {"bare", "gas_price", "access_list", "max_fee_per_gas", "blob_hashes", "authorizations", "type"}
    assert reasons >= {"nonce-too-high", "intrinsic-gas", "sender-has-code", "nonce-max", "blob-fee"}
