"""The Python machine and the Rust executor give the same result, to the last field."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from zkvm import machine, proof
from zkvm.isa.text import format_program, parse
from zkvm.lint import lint
from zkvm.program import Program

from .programs import random_case

SEEDS = 400


def test_random_programs_are_valid_and_varied() -> None:
    statuses: Counter[str] = Counter()
    for seed in range(SEEDS):
        program, request = random_case(seed)
        lint(program)
        assert parse(format_program(program)) == program
        assert Program.decode(program.body) == program
        result = machine.execute({**request, "messages": True}, [program])
        assert result["missing_code"] is None
        statuses.update(call["status"] for call in result["calls"])
        messages = [message for call in result["calls"] for message in call["messages"] if message["depth"]]
        statuses.update(f"nested {message['status']}" for message in messages)
    kinds = ("success", "revert", "halt", "nested success", "nested halt", "nested refused")
    assert all(statuses[kind] > SEEDS // 100 for kind in kinds), statuses


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_the_machines_agree() -> None:
    for seed in range(2 * SEEDS):
        program, request = random_case(seed)
        request["messages"] = True
        python, rust = (_comparable(run(request, [program])) for run in (machine.execute, proof.execute))
        assert python == rust, f"seed {seed}"


def _comparable(result: dict[str, Any]) -> dict[str, Any]:
    """A result without the steps where a frame halted, for out of gas may be noticed at any step up to the next observation (ISA 3.3)."""
    for call in result["calls"]:
        if any(message["status"] == "halt" for message in call["messages"]):
            del call["steps"]
    return result
