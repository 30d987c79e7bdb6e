"""Contracts that a call file names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.inputs.job import Job, open_job
from transpiler.settings import Settings
from zkvm.errors import InputError


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls.json"


def created(job: Job) -> list[str]:
    """The code that each create of the request runs."""
    assert job.request is not None
    return [call["code"] for call in job.request["calls"] if call["create"]]


def naming(calls: Path, *names: str) -> Path:
    """A call file that creates contracts by their names."""
    calls.write_text(json.dumps({"calls": [{"create": True, "contract": name} for name in names]}))
    return calls


def test_a_name_of_the_input_is_the_input_as_it_was_compiled(tmp_path: Path) -> None:
    """The compiler that a person chose for the input is that of the contract in the call file, too, but of no other file.

    Seen from the call file the input has another name than in its project.
    """
    calls = tmp_path / "flows" / "calls.json"
    calls.parent.mkdir()
    for name in "AB":
        (tmp_path / f"{name}.sol").write_text(
            f"pragma solidity ^0.8.10; contract {name} {{ function f() external pure returns (uint) {{ return 7; }} }}"
        )
    naming(calls, "../A.sol:A", "../B.sol:B")
    usual = open_job(tmp_path / "A.sol", Settings(offline=True), calls)
    other = open_job(tmp_path / "A.sol", Settings(offline=True, solc="0.8.10"), calls)
    for job in (usual, other):
        assert job.subject.creation is not None
        assert created(job)[0] == "0x" + job.subject.creation.hex()
    assert created(usual)[0] != created(other)[0]
    assert created(usual)[1] == created(other)[1]


def test_a_file_beside_the_call_file_has_the_code_of_the_file_by_its_own_path(contracts: Path, calls: Path) -> None:
    """The name of a source unit is in its code's metadata: `flows/../tokens/WETH9.sol` is `tokens/WETH9.sol`."""
    direct = open_job(contracts / "tokens" / "WETH9.sol", Settings(offline=True))
    assert direct.subject.creation is not None
    named = open_job(contracts / "basic" / "Counter.sol", Settings(offline=True), contracts / "flows" / "uniswap-v2.calls.json")
    assert created(named)[1] == "0x" + direct.subject.creation.hex()


def test_a_contract_that_the_input_imports_is_found_by_the_input_s_file(tmp_path: Path, calls: Path) -> None:
    (tmp_path / "B.sol").write_text("pragma solidity ^0.8.10; contract B { uint public b = 1; }")
    (tmp_path / "A.sol").write_text('pragma solidity ^0.8.10; import "./B.sol"; contract A {}')
    job = open_job(tmp_path / "A.sol", Settings(offline=True), naming(calls, "A.sol:B", "B.sol:B"))
    assert len(set(created(job))) == 1


def test_a_name_that_leads_nowhere_has_a_place(tmp_path: Path, calls: Path) -> None:
    (tmp_path / "A.sol").write_text("pragma solidity ^0.8.10; contract A {}")
    with pytest.raises(InputError) as caught:
        open_job(tmp_path / "A.sol", Settings(offline=True), naming(calls, "A.sol:A", "C.sol:C"))
    assert caught.value.code == "no-such-contract"
    assert "#/calls/1/contract" in str(caught.value.place)
