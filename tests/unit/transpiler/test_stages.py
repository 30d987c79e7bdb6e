"""Every stage has a text, and the texts are numbered."""

from __future__ import annotations

import pytest

from transpiler.errors import InputError, InternalError
from transpiler.evm.assemble import assemble
from transpiler.pipeline import PASSES
from transpiler.ssa.text import parse
from transpiler.stages import NAMES, Recorder, Stage
from transpiler.translate import translate
from zkvm.isa.text import parse as parse_program

CODE = assemble("0 CALLDATALOAD @there JUMPI STOP there: 7 0 MSTORE 32 0 RETURN")


def recorded() -> Recorder:
    recorder = Recorder()
    translate(CODE, "Osaka", "runtime", watch=recorder.watch)
    return recorder


def test_numbers_and_labels() -> None:
    stages = recorded().stages
    assert [stage.number for stage in stages] == list(range(len(PASSES) + 5))
    assert stages[3].label == f"03-{PASSES[0].name}"
    assert {stage.name for stage in stages} == set(NAMES) - {"passes"}


def test_each_stage_prints() -> None:
    recorder = recorded()
    heads = {"listing": "code Osaka", "cfg": "cfg Osaka", "regions": "regions ", "program": ".program Osaka"}
    for stage in recorder.stages:
        assert stage.text.startswith(heads.get(stage.name, "function Osaka")), stage.label
        assert stage.text.endswith("\n")
    assert len(recorder.chosen("passes")) == len(PASSES)
    assert len(recorder.chosen("dead")) == [item.name for item in PASSES].count("dead")


def test_texts_are_read_back() -> None:
    recorder = recorded()
    assert parse(recorder.chosen("ssa")[0].text).code == CODE
    (program,) = recorder.chosen("program")
    assert parse_program(program.text) == program.value


def test_json() -> None:
    stages = recorded().stages
    assert stages[0].json()["instructions"][-1]["name"] == "RETURN"
    assert stages[1].json()["edges"]
    assert stages[2].json() == {"number": 2, "name": "ssa", "text": stages[2].text}


def test_unknown_stages() -> None:
    with pytest.raises(InputError):
        Recorder().chosen("nosuch")
    with pytest.raises(InternalError):
        _ = Stage(0, "what", 7).text
