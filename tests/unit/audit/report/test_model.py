"""The report's model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.report.model import EQUIVALENT, FORMAT, INCOMPLETE, MISMATCHES, read_report, verdict_of
from zkvm.errors import InputError


@pytest.mark.parametrize(
    ("mismatches", "complete", "verdict"),
    [(0, True, EQUIVALENT), (0, False, INCOMPLETE), (1, True, MISMATCHES), (2, False, MISMATCHES)],
)
def test_the_verdict(mismatches: int, complete: bool, verdict: str) -> None:
    assert verdict_of(mismatches, complete) == verdict


def test_sums_stand_in_the_json(report: dict[str, Any]) -> None:
    assert report["format"] == FORMAT
    assert (report["proofs"][0]["rows"], report["proofs"][0]["cells"]) == (128, 256)
    assert json.loads(json.dumps(report)) == report


def test_a_report_is_read_again(report: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))
    assert read_report(path) == report


@pytest.mark.parametrize(
    ("text", "code"),
    [(None, "report-not-read"), ("{", "report-not-json"), ("[]", "report-malformed"), ("{}", "report-malformed")],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str | None, code: str) -> None:
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError) as error:
        read_report(path)
    assert error.value.code == code
