"""The command's exit status and forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from audit.cli import run
from audit.differential import oracle
from audit.differential.trees import campaign


def bent(request: Mapping[str, Any]) -> dict[str, Any]:
    result = oracle.run(request)
    for call in result["calls"]:
        call["gas_left"] = "0xbad"
    return result


def test_agreement_is_exit_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(campaign, "runner", lambda name, library: oracle.run)
    assert run(["fuzz-trees", "--seed", "3", "--count", "15", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["seed"], document["trees"], document["mismatches"]) == (3, 15, [])
    assert document["messages"] > 15


def test_a_difference_is_exit_1_and_a_vector(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(campaign, "runner", lambda name, library: bent)
    arguments = [
        "fuzz-trees",
        "--count",
        "2",
        "--fork",
        "osaka",
        "--machine",
        "python",
        "--output",
        str(tmp_path / "out"),
        "--json",
    ]
    assert run(arguments) == 1
    document = json.loads(capsys.readouterr().out)
    vectors = sorted((tmp_path / "out").iterdir())
    assert len(vectors) == len(document["mismatches"]) > 0
    assert json.loads(vectors[0].read_text()) == document["mismatches"][0]
    assert document["mismatches"][0]["fork"] == "Osaka"


def test_people_get_a_line_for_each(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(campaign, "runner", lambda name, library: bent)
    assert run(["fuzz-trees", "--count", "1", "--fork", "London"]) == 1
    assert "1 trees" in capsys.readouterr().out
