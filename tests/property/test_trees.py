"""Call trees and transactions over hostile accounts: the Python machine gives what revm gives, under every rule set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from audit.differential import oracle
from tests.unit.zkvm.machine.tree import comparable, translator
from zkvm import machine, proof
from zkvm.errors import Unsupported
from zkvm.isa.table import FORKS

from .transactions import random_transactions
from .trees import random_tree

SEEDS = 25

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


@pytest.mark.parametrize("make", [random_tree, random_transactions])
@pytest.mark.parametrize("fork", FORKS)
def test_as_revm(fork: str, make: Callable[[int, str], dict[str, Any]]) -> None:
    nested: Counter[str] = Counter()
    for seed in range(SEEDS):
        request = {**make(seed, fork), "messages": True}
        try:
            expected = oracle.run(request)
        except Unsupported as error:
            assert (fork, error.code) == ("Constantinople", "oracle-not-covered")  # noqa: PT017 - the only one allowed
            continue
        result = machine.execute(request, [], translate=translator(fork))
        assert (result["unsupported"], result["missing_code"]) == (None, None)
        assert comparable(result) == comparable(expected), f"{fork}, seed {seed}"
        nested.update(message["status"] for call in result["calls"] for message in call["messages"] if message["depth"])
    assert fork == "Constantinople" or min(nested[status] for status in ("success", "halt")) > 3, nested


@pytest.mark.parametrize("make", [random_tree, random_transactions])
@pytest.mark.parametrize("fork", FORKS)
def test_the_machines_agree(fork: str, make: Callable[[int, str], dict[str, Any]]) -> None:
    """Whole results: the same programs run, so also messages below one that halts are the same; steps as ISA 3.3 leaves them."""
    for seed in range(SEEDS, SEEDS + 10):
        request = {**make(seed, fork), "messages": True}
        results = [run(request, [], translate=translator(fork)) for run in (machine.execute, proof.execute)]
        for call in (call for result in results for call in result["calls"]):
            if any(message["status"] == "halt" for message in call["messages"]):
                del call["steps"]
        assert results[0] == results[1], f"{fork}, seed {seed}"
