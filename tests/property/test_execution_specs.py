"""Random code through the translator and the machines gives what the execution-specs give, under every rule set that they have."""

from __future__ import annotations

import sys
from random import Random
from typing import Any

import pytest

from transpiler.translate import translate
from zkvm import machine, proof

from . import execution_specs
from .bytecode import random_code
from .programs import CALLER, CONTRACT, OTHER, random_request

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


def test_the_recursion_limit_stays() -> None:
    limit = sys.getrecursionlimit()
    execution_specs.Frame(case(0, "Osaka")[1]).run()
    assert sys.getrecursionlimit() == limit
