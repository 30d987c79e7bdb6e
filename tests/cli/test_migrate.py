"""`migrate` and `report`: the whole job on the token, and a report that hostile names cannot break."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.cli import run
from audit.differential.execution import Library
from audit.differential.faults import FAULTS, faulty
from audit.migration import flow
from audit.report.model import EQUIVALENT, INCOMPLETE, MISMATCHES
from audit.report.write import write
from tests.stopping import selected, stopping
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")
HOSTILE = "<img src=x onerror=alert(1)>\u202e\x1b[31m"


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("demo")
    status = run(["migrate", str(root / "contracts/tokens/Token.sol"), "--demo", "--sequences", "60", "--output", str(base)])
    assert status == 0
    return base


def test_the_demonstration_leaves_report_and_valid_receipts(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    assert report["verdict"] == EQUIVALENT
    names = [proof["name"] for proof in report["proofs"]]
    assert names[:2] == ["constructor", "calls"]
    assert len(names) > 2
    assert all(name.startswith("failures-") for name in names[2:])
    assert min(proof["proven_bits"] for proof in report["proofs"]) >= 100
    statuses = [call["status"] for call in report["proofs"][1]["calls"]]
    assert "revert" in statuses
    assert "success" in statuses
    assert len(report["demonstration"]) == 2
    assert "ERC20.sol" in report["demonstration"][0]["detail"]
    for receipt in (folder / "receipts").iterdir():
        assert run(["verify", str(receipt)]) == 0
    assert {path.name for path in folder.glob("report.*")} == {"report.json", "report.html", "report.md", "report.sarif"}
    assert run(["replay", str(next((folder / "vectors").iterdir()))]) == 1


def test_the_verify_commands_of_the_report_work(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    for each in report["proofs"]:
        assert run(each["verify_command"].split()[1:]) == 0


def test_hostile_names_stay_text(folder: Path, tmp_path: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    report["subject"]["contract"] = HOSTILE
    report["subject"]["file"] = HOSTILE
    report["not_proven"] = [{"what": HOSTILE, "why": HOSTILE}]
    write(report, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "<img" not in (tmp_path / "report.md").read_text()


def test_a_report_is_written_again(folder: Path, tmp_path: Path) -> None:
    assert run(["report", str(folder / "report.json"), "-o", str(tmp_path)]) == 0
    assert (tmp_path / "report.html").read_text() == (folder / "report.html").read_text()
    assert run(["report", str(tmp_path / "none.json")]) == 2


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [5]])
def test_a_report_with_a_broken_member_is_refused(folder: Path, tmp_path: Path, value: Any) -> None:
    honest = json.loads((folder / "report.json").read_text())
    for name in honest:
        (tmp_path / "bent.json").write_text(json.dumps({**honest, name: value}))
        status = run(["report", str(tmp_path / "bent.json"), "-o", str(tmp_path / "out")])
        assert status == 2 or (status == 0 and name != "format"), name
    (tmp_path / "deep.json").write_text("[" * 200_000)
    assert run(["report", str(tmp_path / "deep.json")]) == 2
    del honest["differential"]
    (tmp_path / "bent.json").write_text(json.dumps(honest))
    assert run(["report", str(tmp_path / "bent.json"), "-o", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()


def test_sarif_declares_every_rule(folder: Path) -> None:
    document = json.loads((folder / "report.sarif").read_text())
    assert document["version"] == "2.1.0"
    rules = {rule["id"] for rule in document["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in document["runs"][0]["results"]} <= rules


def test_what_is_left_out_is_incomplete(tmp_path: Path) -> None:
    code = tmp_path / "call.hex"
    code.write_text("0x5f5f5f5f5f335af100")
    status = run(["migrate", str(code), "--sequences", "5", "--output", str(tmp_path / "out")])
    assert status == 4
    assert json.loads((tmp_path / "out" / "report.json").read_text())["verdict"] == INCOMPLETE


def test_a_function_that_never_succeeded_in_a_compared_call_is_not_green(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """OpenZeppelin's TimelockController, with runs that stop at a call of `execute`."""
    monkeypatch.setattr(flow, "Library", lambda: Library(executor=stopping(selected("134008d3"))))
    timelock = packages / "@openzeppelin/contracts/governance/TimelockController.sol"
    assert run(["migrate", str(timelock), "--offline", "--sequences", "60", "--output", str(tmp_path)]) == 4
    told = capsys.readouterr().out
    execute = "execute(address,uint256,bytes,bytes32,bytes32)"
    assert told.startswith("INCOMPLETE: TimelockController")
    assert f"{execute}: no compared call of it succeeded; stopped at CALL (call)" in told.partition("  left out")[2]
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["verdict"], report["findings"]) == (INCOMPLETE, [])
    functions = {each["name"]: each for each in report["differential"]["functions"]}
    assert len(functions) == 30
    assert (functions[execute]["status"], functions[execute]["missing"], functions[execute]["proven"]) == ("blocked", True, None)
    assert execute not in report["differential"]["outcomes"]
    assert execute not in {each["function"] for each in report["functions"]}
    done = sum(each["proven"] == "success" for each in functions.values())
    assert done == sum(each["successes"] > 0 for each in functions.values()) < 30
    assert f"{done} of 30 proven by a call that succeeds" in told
    assert any(execute in each for each in report["limits"])
    for form in ("html", "md", "sarif"):
        assert execute in (tmp_path / f"report.{form}").read_text()
    rules = {each["ruleId"] for each in json.loads((tmp_path / "report.sarif").read_text())["runs"][0]["results"]}
    assert "sol2zk/never-succeeded" in rules


def test_calls_without_a_proof_are_left_out_and_named(contracts: Path, tmp_path: Path) -> None:
    assert run(["migrate", str(contracts / "tokens/WETH9.sol"), "--offline", "--sequences", "60", "--output", str(tmp_path)]) == 4
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["verdict"] == INCOMPLETE
    assert report["findings"] == []
    assert {each["name"].partition("-")[0] for each in report["proofs"]} == {"constructor", "calls", "failures"}
    unproven = {each["what"] for each in report["not_proven"]}
    silent = {each["name"] for each in report["differential"]["functions"] if each["missing"]}
    assert "withdraw(uint256)" in unproven | silent
    assert "deposit()" not in unproven
    proven = {each["function"] for each in report["functions"] if each["rows"] is not None}
    assert {"deposit()", "transfer(address,uint256)"} <= proven
    assert not proven & {each["what"] for each in report["not_proven"] if "BALANCE" in each["why"]}


def test_the_cost_of_each_function_and_the_kill_rate_are_told(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    costs = {each["function"]: each for each in report["functions"]}
    assert {"constructor", "transfer(address,uint256)", "mint(address,uint256)", "totalSupply()"} <= costs.keys()
    assert all(each["cells"] > each["rows"] > 0 and each["why"] is None for each in costs.values())
    assert len(report["seeded_faults"]) >= 10
    assert all(each["found"] and each["replays"] for each in report["seeded_faults"])


def test_bad_input_has_its_status(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sol"
    broken.write_text("contract A { function f( }")
    out = tmp_path / "out"
    assert run(["migrate", str(broken), "--offline", "--output", str(out)]) == 3
    assert run(["migrate", str(tmp_path / "none.sol"), "--output", str(out)]) == 2
    assert run(["migrate", str(tmp_path), "--output", str(out)]) == 2
    assert not out.exists()
    code = tmp_path / "stop.hex"
    code.write_text("0x00")
    assert run(["migrate", str(code), "--profile", "test", "--output", str(out)]) == 2
    (tmp_path / "file").write_text("")
    assert run(["migrate", str(code), "--sequences", "2", "--output", str(tmp_path / "file")]) == 2


def test_a_wrong_translator_is_found_and_told(contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = next(each for each in FAULTS if each.name == "mapping-key-swapped")
    monkeypatch.setattr(flow, "Library", lambda: faulty(Library(), fault))
    token = contracts / "tokens/Token.sol"
    assert run(["migrate", str(token), "--offline", "--sequences", "60", "--output", str(tmp_path)]) == 1
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["verdict"] == MISMATCHES
    found = report["findings"][0]
    assert found["source"].startswith("@openzeppelin/")
    assert found["replay"] == f"sol2zk replay {found['vector']}"
    assert run(["replay", found["vector"]]) == 0, "the real translator does not show it"
    assert found["line"] in (tmp_path / "report.md").read_text()
    results = json.loads((tmp_path / "report.sarif").read_text())["runs"][0]["results"]
    assert "error" in {each["level"] for each in results}


def test_what_an_earlier_run_left_is_gone(tmp_path: Path) -> None:
    code, out = tmp_path / "stop.hex", tmp_path / "out"
    code.write_text("0x00")
    (out / "receipts").mkdir(parents=True)
    (out / "receipts" / "constructor.receipt").write_bytes(b"stale")
    (out / "notes.txt").write_text("kept")
    assert run(["migrate", str(code), "--sequences", "2", "--output", str(out)]) == 0
    assert [each.name for each in (out / "receipts").iterdir()] == ["calls.receipt"]
    assert (out / "notes.txt").read_text() == "kept"


def test_a_hostile_artefact_goes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its contract's name is markup, leads out of the folder, and turns the writing direction."""
    name = "../../<img src=x onerror=alert(1)>\u202e\x1b[31m"
    evm = {
        "bytecode": {"object": "600a600c600039600a6000f3" + "602a60005260206000f3"},
        "deployedBytecode": {"object": "602a60005260206000f3"},
    }
    abi = [{"type": "function", "name": "<script>alert(1)</script>", "inputs": [], "outputs": [], "stateMutability": "view"}]
    artefact = tmp_path / "out.json"
    artefact.write_text(
        json.dumps({"contracts": {"<b>.sol": {name: {"abi": abi, "evm": evm}}}, "sources": {"<b>.sol": {"id": 0}}})
    )
    inside = tmp_path / "a" / "b" / "c"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert run(["migrate", str(artefact), "--sequences", "5"]) == 0
    (folder,) = (inside / "build").iterdir()
    assert {each.name for each in inside.iterdir()} == {"build"}
    for form in ("html", "md", "json", "sarif"):
        text = (folder / f"report.{form}").read_text()
        assert not {"\u202e", "\x1b"} & set(text)
        if form in ("html", "md"):
            assert "<img" not in text
            assert "<script>" not in text
