"""The lint of the verifier, in Rust, and the one of the translator, in Python, refuse the same programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from zkvm import proof
from zkvm.errors import InputError
from zkvm.isa.table import ROWS
from zkvm.lint import LintError, lint
from zkvm.program import Program

from .programs import random_case

SEEDS = 60
MUTATIONS = 40


def mutated(random: Random, program: Program) -> Program:
    """The program with one or two fields changed, often to something that would almost do."""
    instructions = list(program.instructions)
    for _ in range(random.randrange(1, 3)):
        index = random.randrange(len(instructions))
        field = random.choice(("op", "a", "b", "c", "gas"))
        value: int = getattr(instructions[index], field)
        near = [value + 1, abs(value - 1), 0, random.randrange(len(instructions) + len(program.constants) + 3), 1 << 16, 1 << 20]
        word = random.choice([row.code for row in ROWS]) if field == "op" else random.choice(near) % (1 << 32)
        instructions[index] = instructions[index]._replace(**{field: word})
    if random.random() < 0.2:
        other = random.randrange(len(instructions))
        instructions[index], instructions[other] = instructions[other], instructions[index]
    return replace(program, instructions=tuple(instructions))


def verdict(program: Program) -> str:
    """The rule that a program breaks, or ok."""
    try:
        lint(program)
    except LintError as error:
        return error.rule
    return "ok"


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_the_lints_agree() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SEEDS):
        program, _ = random_case(seed)
        random = Random(seed)
        for _ in range(MUTATIONS):
            bent = mutated(random, program)
            rule, other = verdict(bent), proof.lint(bent)
            seen[rule] += 1
            assert (rule == "ok") == (other is None), f"seed {seed}: {rule} in Python, {other} in Rust"
    assert seen["ok"] > SEEDS
    assert len(seen) > 15, seen


def test_what_cannot_be_encoded_has_no_verdict() -> None:
    program, _ = random_case(0)
    with pytest.raises(InputError):
        _ = replace(program, constants=(1 << 256,)).body
