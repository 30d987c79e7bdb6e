"""Random code through the translator and the machines gives what the execution-specs give, under every rule set that they have."""

from __future__ import annotations

import sys
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.unit.zkvm.machine.tree import translator
from transpiler.translate import translate
from zkvm import machine, proof

from . import execution_specs, spec_transactions
from .bytecode import random_code
from .programs import CALLER, CONTRACT, OTHER, random_request
from .transactions import random_transactions

SEEDS = 20
COINBASE = 0xC01B0001

pytestmark = pytest.mark.skipif(not execution_specs.available(), reason="ethereum-execution is not installed")


def case(seed: int, fork: str) -> tuple[bytes, dict[str, Any]]:
    """Code and a request with one call to it."""
    random = Random(f"{fork} {seed}")
    code = random_code(random, fork, (int(CONTRACT, 16), int(CALLER, 16), int(OTHER, 16), COINBASE, 1, 9, 0x777))
    request = random_request(random, fork, "runtime")
    request["calls"] = request["calls"][:1]
    request["state"][CONTRACT]["code"] = "0x" + code.hex()
    return code, request


@pytest.mark.parametrize("fork", execution_specs.PACKAGES)
def test_as_the_execution_specs(fork: str) -> None:
    for seed in range(SEEDS):
        code, request = case(seed, fork)
        if not code:
            continue
        expected = execution_specs.Frame(request).run()
        program = translate(code, fork, "runtime").program
        for run in (machine.execute, proof.execute) if proof.available() else (machine.execute,):
            result = run(request, [program])
            if result["unsupported"]:
                continue
            call = result["calls"][0]
            del call["steps"]
            call["state"] = execution_specs.nonempty(result["state"])
            assert call == expected, f"{fork}, seed {seed}, code 0x{code.hex()}"


def agree(seed: int, fork: str) -> Counter[str]:
    """The statuses of a seed's transactions, which the Python machine and the execution-specs agree on."""
    request = random_transactions(seed, fork)
    expected = spec_transactions.Transactions(request).results()
    result = machine.execute(request, [], translate=translator(fork))
    assert (result["unsupported"], result["missing_code"]) == (None, None)
    assert execution_specs.nonempty(result["state"]) == expected[-1]["state"], f"{fork}, seed {seed}"
    for call, theirs in zip(result["calls"], expected, strict=True):
        del theirs["state"]
        ours = {name: sorted(call[name]) if name == "destroyed" else call[name] for name in theirs}
        assert ours == theirs, f"{fork}, seed {seed}"
    return Counter(call["status"] for call in result["calls"])


@pytest.mark.parametrize("fork", execution_specs.PACKAGES)
def test_transactions_as_the_execution_specs(fork: str) -> None:
    statuses = sum((agree(seed, fork) for seed in range(SEEDS)), Counter[str]())
    assert min(statuses[status] for status in ("success", "halt", "refused")) > 0, statuses


@pytest.mark.slow
@pytest.mark.parametrize("fork", ["Prague", "Osaka"])
def test_a_thousand_transactions_as_the_execution_specs(fork: str) -> None:
    statuses: Counter[str] = Counter()
    seed = SEEDS
    while statuses.total() - statuses["refused"] < 1000:
        statuses += agree(seed, fork)
        seed += 1
    assert min(statuses[status] for status in ("success", "revert", "halt", "refused")) > 50, statuses


def test_the_recursion_limit_stays() -> None:
    limit = sys.getrecursionlimit()
    execution_specs.Frame(case(0, "Osaka")[1]).run()
    assert sys.getrecursionlimit() == limit
