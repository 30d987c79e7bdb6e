"""`bench` and `statetest`: the shapes that other programs read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.cli import run
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")
KEYS = {
    "workload", "profile", "hashes", "proven_bits", "execute_s", "revm_s", "setup_s", "prove_s", "verify_s", "receipt_bytes", "rows", "cells",
    "interactions", "peak_bytes", "transpile_s",
}  # fmt: skip


def test_a_workload_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "transfer", "weth", "--runs", "1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["workload"] for row in rows] == ["transfer", "weth"]
    for row in rows:
        assert row.keys() >= KEYS
        assert all(row[key] is not None for key in KEYS)
        assert row["proven_bits"] >= 100
        assert sum(row["cells"].values()) > 0


def test_an_unknown_workload_is_a_usage_error() -> None:
    assert run(["bench", "nosuch"]) == 2


def test_vmtests_pass_and_some_are_proven(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / "conformance" / "VMTests" / "vmBitwiseLogicOperation"
    paths = [str(path) for path in sorted(folder.glob("*.json"))[:6]]
    assert run(["statetest", *paths, "--prove", "--json"]) in (0, 1)
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all(row.keys() >= {"file", "name", "fork", "pass", "error", "proven", "cells", "seconds"} for row in rows)
    assert any(row["proven"] for row in rows)


def test_what_does_not_apply_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "transpile-largest", "--runs", "1", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row.keys() >= KEYS
    assert row["transpile_s"] > 0
    assert {row[name] for name in ("prove_s", "verify_s", "revm_s", "receipt_bytes", "proven_bits")} == {None}


def test_execution_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "swap100", "--runs", "1", "--execute-only", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row.keys() >= KEYS
    assert row["execute_s"] > 0
    assert row["revm_s"] > 0
    assert {row[name] for name in ("prove_s", "verify_s", "receipt_bytes", "proven_bits", "profile")} == {None}
