"""Faults change what they say and nothing else, and the result still passes the lint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.differential.faults import FAULTS, Fault, fault_of
from transpiler.evm.assemble import assemble
from transpiler.translate import translate
from zkvm.errors import InputError
from zkvm.isa.table import BY_CODE
from zkvm.lint import lint
from zkvm.program import Program

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


def arguments(program: Program) -> list[int]:
    return [each.a for each in program.instructions if BY_CODE[each.op].name == "ARG"]


def called(name: str) -> tuple[list[int], list[int]]:
    """The operands of the ARGs before the only call, with the fault and without."""
    program = translate(assemble("0 0 0 0 7 CALLER GAS CALL STOP"), "Osaka", "runtime").program
    changed = next(each for each in FAULTS if each.name == name).inject(program)
    lint(changed)
    return arguments(changed), arguments(program)


def test_a_call_loses_its_value() -> None:
    changed, genuine = called("value-dropped")
    assert changed == [*genuine[:2], genuine[3], *genuine[3:]], "the value is the word of the offset, 0"
    assert changed != genuine


def test_a_call_goes_elsewhere() -> None:
    changed, genuine = called("wrong-callee")
    assert changed == [genuine[0], genuine[0], *genuine[2:]]
    assert changed != genuine


def test_only_calls_that_carry_value_lose_it() -> None:
    program = translate(
        assemble("1 2 3 4 CALLER GAS DELEGATECALL 0 0 0 0 CALLER GAS STATICCALL STOP"), "Osaka", "runtime"
    ).program
    fault = next(each for each in FAULTS if each.name == "value-dropped")
    assert fault.sites(program) == []
    creating = translate(assemble("0 0 9 CREATE STOP"), "Osaka", "runtime").program
    assert len(fault.sites(creating)) == 1
