"""Requests get smaller and still differ."""

from __future__ import annotations

from random import Random
from typing import Any

from audit.differential import oracle
from audit.differential.trees import scene
from audit.differential.trees.batches import batch
from audit.differential.trees.judge import Difference
from audit.differential.trees.pool import pool
from audit.differential.trees.reduce import reduce
from zkvm.errors import InputError


def logs(request: dict[str, Any]) -> Difference | None:
    """A fault that shows wherever something is logged."""
    try:
        calls = oracle.run(request)["calls"]
    except InputError:
        return None
    for number, call in enumerate(calls):
        if call["logs"]:
            return Difference(number, "logs", "", "none", "some")
    return None


def test_what_does_not_matter_goes() -> None:
    shared = pool("Osaka", Random(1))
    random = Random(1)
    request: dict[str, Any] = {}
    found = None
    while found is None:
        request = batch(shared, random, 4)
        found = logs(request)
    codes = {scene.text(address): code for address, code in shared.codes.items()}
    small, last = reduce(request, found, logs, codes)
    assert logs(small) == last
    assert (len(small["calls"]), last.transaction) == (1, 0)
    assert len(small["state"]) < 6 < len(request["state"])
    assert str(small).count("5b5b5b") > str(request).count("5b5b5b")


def test_the_budget_holds() -> None:
    runs = 0

    def judge(request: dict[str, Any]) -> Difference | None:
        nonlocal runs
        runs += 1
        return None

    request = batch(pool("Osaka", Random(1)), Random(1), 4)
    found = Difference(3, "logs", "", "", "")
    assert reduce(request, found, judge, {}, budget=7) == (request, found)
    assert runs == 7
