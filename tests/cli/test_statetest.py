"""`sol2zk statetest` as other programs drive it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from audit.statetest import runner
from tests.unit.audit.statetest import cases
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

ADDRESS: Final = "0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6"
CALLER: Final = "0xcd1722f3947def4cf144679da39c4c32bdc35681"
NO_LOGS: Final = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
FIELDS: Final = {"file", "name", "indexes", "fork", "pass", "error", "proven", "cells", "seconds"}


def case(gas: str = "0x013874", code: str = "0x600260010160005500") -> dict[str, Any]:
    """ADD(1, 2) stored in slot 0, in the legacy format: 100000 gas, 20012 of it used."""
    account = {"balance": "0x0de0b6b3a7640000", "code": code, "nonce": "0x00"}
    return {
        "callcreates": [],
        "env": {
            "currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentDifficulty": "0x0100",
            "currentGasLimit": "0x0f4240", "currentNumber": "0x00", "currentTimestamp": "0x01",
        },
        "exec": {
            "address": ADDRESS, "caller": CALLER, "code": code, "data": "0x", "gas": "0x0186a0",
            "gasPrice": "0x5af3107a4000", "origin": CALLER, "value": "0x0de0b6b3a7640000",
        },
        "gas": gas, "logs": NO_LOGS, "out": "0x",
        "post": {ADDRESS: {**account, "storage": {"0x00": "0x03"}}},
        "pre": {ADDRESS: {**account, "storage": {}}},
    }  # fmt: skip


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps({"good": case()}))
    return folder


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("machine", ["rust", "python", "both"])
def test_a_test_passes(vectors: Path, machine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statetest", str(vectors), "--machine", machine, "--json"]) == 0
    (row,) = rows(capsys)
    assert set(row) == FIELDS
    assert (row["name"], row["fork"], row["pass"], row["error"], row["proven"]) == ("good", "Homestead", True, None, None)


def test_another_gas_fails(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (vectors / "bad.json").write_text(json.dumps({"bad": case("0x013875")}))
    assert run(["statetest", str(vectors), "--jobs", "2", "--json"]) == 1
    bad, good = rows(capsys)
    assert (bad["pass"], good["pass"]) == (False, True)
    assert "gas" in bad["error"]
    assert run(["statetest", str(vectors)]) == 1
    assert "1 passed, 1 failed" in capsys.readouterr().out


def test_runs_are_proven(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statetest", str(vectors / "good.json"), "--prove", "--json"]) == 0
    (row,) = rows(capsys)
    assert (row["pass"], row["proven"]) == (True, True)
    assert row["cells"] > 0


def test_what_is_no_test_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert run(["statetest", str(tmp_path / "broken.json"), "--json"]) == 2
    assert run(["statetest", str(tmp_path / "nosuch")]) == 2
    assert run(["statetest"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_what_has_no_proof_yet_passes_and_is_incomplete(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "0x600260010a60005500"  # EXP instead of ADD: 1 to the power of 2, and 20 gas for the exponent's byte instead of 3
    test = case("0x013863", code)
    test["post"][ADDRESS]["storage"] = {"0x00": "0x01"}
    (vectors / "power.json").write_text(json.dumps({"power": test}))
    status = run(["statetest", str(vectors), "--prove", "--json"])
    good, power = rows(capsys)
    assert good["proven"] is True
    assert power["pass"] is True, power["error"]
    assert power["proven"] is (status == 0)
    assert status in (0, 4)
    assert status == 0 or "EXP" in power["error"]


def test_what_cannot_be_read_keeps_a_row_and_the_others_run(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (vectors / "bad.json").write_text("[")
    assert run(["statetest", str(vectors), str(vectors / "none.json"), "--json"]) == 2
    told = capsys.readouterr()
    found = {Path(row["file"]).name: row for row in json.loads(told.out)}
    assert {name: row["pass"] for name, row in found.items()} == {"good.json": True, "bad.json": False, "none.json": False}
    assert "[test-malformed]" in found["bad.json"]["error"]
    assert told.err.count("error[") == 2


@pytest.fixture
def state_tests(tmp_path: Path) -> Path:
    folder = tmp_path / "states"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps({"one": cases.case()}))
    return folder


@pytest.mark.parametrize("machine", ["rust", "python", "both"])
def test_state_tests_pass(state_tests: Path, machine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statetest", str(state_tests), "--machine", machine, "--jobs", "2", "--json"]) == 0
    found = rows(capsys)
    assert [(set(row), row["name"], row["fork"], row["pass"], row["error"]) for row in found] == [
        (FIELDS, "one", "Cancun", True, None)
    ] * 2
    assert [row["indexes"] for row in found] == [{"data": 0, "gas": 0, "value": 0}, {"data": 0, "gas": 0, "value": 1}]


@pytest.mark.parametrize("member", ["hash", "logs", "expectException"])
def test_a_bent_state_test_fails(state_tests: Path, member: str, capsys: pytest.CaptureFixture[str]) -> None:
    test = cases.case()
    for entry in test["post"]["Cancun"]:
        entry[member] = (
            cases.FUNDS.replace("FUNDS", "")
            if member == "expectException"
            else entry[member][:-1] + "f" * (entry[member][-1] != "f")
        )
    (state_tests / "one.json").write_text(json.dumps({"one": test}))
    assert run(["statetest", str(state_tests), "--json"]) == 1
    assert [row["pass"] for row in rows(capsys)] == [False, False]


def test_what_the_python_machine_does_not_finish_is_told(
    state_tests: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "PYTHON_STEPS", 3)
    assert run(["statetest", str(state_tests), "--machine", "python", "--json"]) == 4
    long, refused = rows(capsys)
    assert (long["pass"], refused["pass"]) == (None, True)
    assert long["error"].startswith("skipped: more than")
    assert run(["statetest", str(state_tests), "--machine", "python"]) == 4
    assert "1 passed, 0 failed, 1 skipped" in capsys.readouterr().out
    assert run(["statetest", str(state_tests), "--machine", "both", "--json"]) == 0
    long, refused = rows(capsys)
    assert (long["pass"], refused["error"]) == (True, None)
    assert long["error"].startswith("the Python machine did not run")


def test_a_refused_transaction_leaves_nothing_to_prove(state_tests: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["statetest", str(state_tests), "--prove", "--json"])
    first, second = rows(capsys)
    assert (first["pass"], second["pass"], second["proven"]) == (True, True, None)
    assert first["proven"] is (status == 0)
    assert status in (0, 4)


def test_receipts_are_kept(vectors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kept"
    assert run(["statetest", str(vectors), "--receipts", str(kept)]) == 2
    assert run(["statetest", str(vectors), "--prove", "--receipts", str(kept)]) == 0
    (receipt,) = kept.glob("*.receipt")
    capsys.readouterr()
    assert run(["verify", str(receipt), "--json"]) == 0


def test_a_sample_is_spread(state_tests: Path, vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statetest", str(state_tests), str(vectors), "--sample", "2", "--json"]) == 0
    assert [Path(row["file"]).name for row in rows(capsys)] == ["one.json", "good.json"]
