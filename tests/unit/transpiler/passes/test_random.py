"""The whole pipeline on random code and on the control-flow programs: verified after each pass, and the same behaviour."""

from __future__ import annotations

import random

import pytest

from tests.unit.transpiler.cfg.programs import PROGRAMS, RUN
from tests.unit.transpiler.ssa.inputs import compare, random_code
from transpiler.evm.assemble import assemble
from transpiler.pipeline import lift, lift_traced
from transpiler.ssa.text import parse, write


@pytest.mark.parametrize("seed", range(80))
def test_random_code(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for fork in ("Osaka", "Istanbul"):
        lifted = lift_traced(random_code(rng), fork, "runtime", checked=True)
        compare(lifted.function, 5, seed)
        text = write(lifted.function)
        assert write(parse(text)) == text


@pytest.mark.parametrize("name", RUN)
def test_programs(name: str) -> None:
    lifted = lift_traced(assemble(PROGRAMS[name]), "Osaka", "runtime", checked=True)
    compare(lifted.function, 20, 3)


def test_deterministic() -> None:
    code = random_code(random.Random(5))
    assert write(lift(code, "Osaka", "creation")) == write(lift(code, "Osaka", "creation"))
