"""`sol2zk explain`, and that it knows every code that a person can meet."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.cli import run
from audit.differential.campaign import NEVER_CALLED, NEVER_CREATED
from audit.differential.functions import MEANING
from audit.explanations import EXPLANATIONS
from audit.report.sarif import RULES

ERRORS = {"InputError", "Unsupported", "CompileError", "Rejected"}


def codes(root: Path) -> Iterator[str]:
    """The codes of errors that are not our own bugs."""
    for package in ("zkvm", "transpiler", "audit"):
        for file in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                first = node.args[0]
                if name in {*ERRORS, "_refusals"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def test_every_code_is_explained(root: Path) -> None:
    assert set(codes(root)) - EXPLANATIONS.keys() == set()
    assert {"no-chip", "too-large", *RULES, *MEANING} <= EXPLANATIONS.keys()
    assert {NEVER_CREATED.code, NEVER_CALLED.code} <= EXPLANATIONS.keys()
    # what the entrance of the command line and the verifier in Rust say of themselves
    told = set(re.findall(r"error\[([\w-]+)\]", (root / "audit/cli/failure.py").read_text())) - {"unexpected"}
    verdict = (root / "zkvm/prover/crates/stark/src/verdict.rs").read_text()
    kinds = set(re.findall(r'Rejection::\w+.* => "(\w+)"', verdict))
    assert "usage" in told
    assert "expectation" in kinds
    assert (told | kinds | {"program-stuck"}) <= EXPLANATIONS.keys()


def test_every_explained_code_can_be_met(root: Path) -> None:
    """What was dropped is not explained for ever."""
    files = [each for package in ("zkvm", "transpiler", "audit") for each in (root / package).rglob("*.py")]
    files += [each for each in (root / "zkvm/prover").rglob("*.rs") if "target" not in each.parts]
    text = "\n".join(each.read_text() for each in files if each.name != "explanations.py")
    assert [code for code in EXPLANATIONS if f'"{code}"' not in text and f"[{code}]" not in text] == []


def test_explanations_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "immutables-not-set"]) == 0
    assert "constructor" in capsys.readouterr().out
    assert run(["explain", "no-chip", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "no-chip"
    assert run(["explain"]) == 0
    assert capsys.readouterr().out.count("\n") == len(EXPLANATIONS) + 1


def test_an_unknown_code_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "no-such-fil"]) == 2
    assert "no-such-file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "status"),
    [("explain >&-", 0), ("explain nosuch >&- 2>&-", 2), ("verify nosuch 2>&-", 2)],
)
def test_a_closed_output_changes_no_status(root: Path, command: str, status: int) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m audit.cli {command}'], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert "Traceback" not in done.stderr
