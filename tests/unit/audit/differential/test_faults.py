"""Faults change what they say and nothing else, and the result still passes the lint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.differential.faults import FAULTS, Fault, fault_of
from transpiler.translate import translate
from zkvm.errors import InputError
from zkvm.isa.table import BY_CODE
from zkvm.lint import lint

CODE = bytes.fromhex("5f35601c3560078111601757 5f5ffd5b 0360015401600155 60205f5260205ff3".replace(" ", ""))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.name)
def test_a_faulty_program_is_still_a_program(fault: Fault) -> None:
    program = translate(CODE, "Osaka", fault.kind).program
    changed = fault.inject(program)
    lint(changed)
    different = [
        number for number, (old, new) in enumerate(zip(program.instructions, changed.instructions, strict=True), 1) if old != new
    ]
    assert different == fault.sites(program)
    if different:
        assert replace(fault, site=0).sites(program) == different[:1]


def test_names_are_unique_and_found() -> None:
    assert len({each.name for each in FAULTS}) == len(FAULTS)
    for each in FAULTS:
        assert fault_of(each.as_json()) == each
    with pytest.raises(InputError, match="no fault"):
        fault_of({"name": "none"})
    with pytest.raises(InputError, match="no site"):
        fault_of({"name": FAULTS[0].name, "site": -1})


def test_operands_are_swapped() -> None:
    program = translate(bytes.fromhex("5f35602035035f5260205ff3"), "Osaka", "runtime").program
    changed = FAULTS[0].inject(program)
    sub = next(number for number, each in enumerate(program.instructions) if BY_CODE[each.op].name == "SUB")
    assert (changed.instructions[sub].a, changed.instructions[sub].b) == (
        program.instructions[sub].b,
        program.instructions[sub].a,
    )
