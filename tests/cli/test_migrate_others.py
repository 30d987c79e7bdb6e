"""`migrate` with call files that create other contracts: nothing of these is shown as the contract's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from audit.differential.interface import CONSTRUCTOR, OTHER
from audit.flows.builder import FOLDER
from audit.inputs.job import open_job
from transpiler.settings import Settings
from zkvm import proof
from zkvm.word import keccak256

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")

TWO: Final = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

contract A {
    uint256 public first;
    uint256 public second;

    constructor(uint256 start) {
        require(start != 0, "start");
        first = start;
        for (uint256 i = 0; i < 3; i++) second += start * i;
    }
}

contract B {
    uint256 public kept = 1;

    function keep(uint256 value) external {
        kept = value;
    }
}
"""
OF_A: Final = {"create": True, "contract": "A", "data": "0x" + f"{7:064x}"}
OF_B: Final = {"create": True}
KEEP: Final = {"data": "0x" + keccak256(b"keep(uint256)").hex()[:8] + f"{5:064x}"}


def migrated(source: Path, name: str, calls: Path, folder: Path) -> tuple[int, dict[str, Any]]:
    """The exit status and the report of a migration of given calls and a single generated sequence."""
    words = ["--contract", name, "--calls", str(calls), "--sequences", "1", "--stage-timeout", "1", "--offline"]
    status = run(["migrate", str(source), *words, "--output", str(folder)])
    return status, json.loads((folder / "report.json").read_text())


@pytest.mark.long
@pytest.mark.parametrize(
    ("calls", "labels"),
    [([OF_A], [OTHER]), ([OF_A, OF_B, KEEP], [OTHER, CONSTRUCTOR, "keep(uint256)"])],
    ids=["only another", "another first"],
)
def test_a_create_of_another_contract_is_not_the_constructor(
    tmp_path: Path, calls: list[dict[str, Any]], labels: list[str]
) -> None:
    """A call file of contract B whose first create runs contract A's constructor."""
    source, file = tmp_path / "Two.sol", tmp_path / "two.calls.json"
    source.write_text(TWO)
    file.write_text(json.dumps({"calls": calls}))
    status, report = migrated(source, "B", file, tmp_path / "out")
    assert status in (0, 4)
    given = [each for each in report["proofs"] if not each["name"].startswith("failures-")]
    assert [each["name"] for each in given] == ["calls"]
    assert [call["function"] for call in given[0]["calls"]] == labels
    assert [each["outside"] for each in report["differential"]["coverage"]] == [[], []]
    assert report["findings"] == []


def test_a_refused_transaction_is_why_a_run_is_not_proven(tmp_path: Path) -> None:
    """Also where nothing else is called: that no call meets code is then not the reason."""
    code, file = tmp_path / "stop.hex", tmp_path / "calls.json"
    code.write_text("0x00")
    refused = {"transaction": {"nonce": "0x5", "gas_limit": "0x15208", "gas_price": "0x10"}}
    for calls, index in (([refused], 0), ([{}, refused], 1)):
        file.write_text(json.dumps({"env": {"base_fee": "0x1"}, "calls": calls}))
        status = run(["migrate", str(code), "--calls", str(file), "--sequences", "1", "--output", str(tmp_path / "out")])
        report = json.loads((tmp_path / "out" / "report.json").read_text())
        why = {each["what"]: each["why"] for each in report["not_proven"]}
        assert status == 4
        assert why["the run 'calls'"] == f"the rule set refuses the transaction: nonce-too-high (call {index} of the run)"


@pytest.mark.long
@pytest.mark.parametrize(
    ("source", "name", "flow"), [("Vault.sol", "Vault", "erc4626"), ("TimelockCouncil.sol", "TimelockCouncil", "council")]
)
def test_a_flow_of_several_contracts_ends_with_a_report(tmp_path: Path, source: str, name: str, flow: str) -> None:
    """The first runtime code that such a flow meets is another contract's; branches are looked up in the contract's own."""
    status, report = migrated(FOLDER / source, name, FOLDER / f"{flow}.calls.json", tmp_path)
    assert status in (0, 4)
    assert report["findings"] == []
    assert [each["outside"] for each in report["differential"]["coverage"]] == [[], []]
    assert {each["kind"] for each in report["failures"]} == {"creation", "runtime"}
    own = open_job(FOLDER / source, Settings(contract=name, offline=True)).contract.objects
    sizes = {each.kind: len(each.code) for each in own}
    assert {each["kind"]: each["code_bytes"] for each in report["subject"]["codes"]} == sizes, (
        "the report's codes are the contract's"
    )
