"""`migrate` and `report`: the whole job on the token, and a report that hostile names cannot break."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.cli import run
from audit.report.model import EQUIVALENT, INCOMPLETE
from audit.report.write import write
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
    assert [proof["name"] for proof in report["proofs"]] == ["constructor", "calls"]
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
