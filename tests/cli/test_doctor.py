"""`sol2zk doctor`."""

from __future__ import annotations

import json

import pytest

from audit.cli import run


def test_the_pinned_compilers_are_what_they_should_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) in (0, 2)
    report = json.loads(capsys.readouterr().out)
    findings = {each["what"]: each["ok"] for each in report["findings"]}
    assert findings["node"]
    assert findings["python"]
    assert all(ok for what, ok in findings.items() if what.startswith("solc"))
