"""The oracle's transactions, of every type and refused ones, against the execution-specs: fees, gas, refunds, logs, messages, state."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random

import pytest

from audit.differential import oracle
from audit.differential.trees.batches import batch
from audit.differential.trees.campaign import starved
from audit.differential.trees.judge import present
from audit.differential.trees.pool import pool
from tests.property.execution_specs import PACKAGES, available, nonempty
from tests.property.spec_messages import WithMessages, comparable

TREES = 24

pytestmark = pytest.mark.skipif(not available(), reason="the execution-specs are not installed")


@pytest.fixture(autouse=True)
def deep() -> Iterator[None]:
    """The execution-specs recurse once a frame."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(12_288)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.parametrize("fork", PACKAGES)
def test_revm_and_the_execution_specs_agree(fork: str) -> None:
    random = Random(f"specs/{fork}")
    shared = pool(fork, random)
    ran = 0
    for _ in range(TREES // 3):
        request = batch(shared, random, 3, bare=False)
        first = oracle.run(request)["calls"]
        request["calls"] = [starved(*pair, random) for pair in zip(request["calls"], first, strict=True)]
        theirs = oracle.run(request)
        ours = WithMessages(request).results()
        after = [each.pop("state") for each in ours]
        assert ours == comparable(theirs), request
        assert after[-1] == nonempty(present(theirs["state"])), request
        ran += sum(each["status"] != "refused" for each in ours)
    assert ran > TREES // 3
