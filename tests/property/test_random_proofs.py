"""Random code under every rule set is proven, and the receipt says what the run gave; what cannot be proven is typed."""

from __future__ import annotations

from random import Random

import pytest

from transpiler.translate import translate
from zkvm import proof
from zkvm.isa.table import FORKS

from .bytecode import random_code
from .programs import CALLER, CONTRACT, OTHER, random_request

SEEDS = 24

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


@pytest.mark.parametrize("fork", FORKS)
def test_a_run_is_proven_or_typed(fork: str) -> None:
    proven = 0
    for seed in range(SEEDS):
        random = Random(f"proof {fork} {seed}")
        code = random_code(random, fork, (int(CONTRACT, 16), int(CALLER, 16), int(OTHER, 16), 1, 9, 0x777))
        request = random_request(random, fork, "runtime")
        request["state"][CONTRACT]["code"] = "0x" + code.hex()
        where = f"{fork}, seed {seed}, code 0x{code.hex()}"
        made = proof.prove(request, [translate(code, fork, "runtime").program] if code else [], "fast")
        if made.receipt is None:
            assert made.obstacle.code != "unknown", where
            continue
        proven += 1
        verdict = proof.verify(made.receipt, proof.Expectations(request=request, code_known=True, creation_known=True))
        assert verdict["valid"], f"{verdict['reason']}: {where}"
        for claimed, ran in zip(verdict["calls"], (each.as_json() for each in made.result.calls), strict=True):
            assert {key: claimed[key] for key in ("status", "return_data", "logs", "gas_left")} == {
                key: ran[key] for key in ("status", "return_data", "logs", "gas_left")
            }, where
    assert proven > 0
