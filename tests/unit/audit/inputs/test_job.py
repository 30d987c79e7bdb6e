"""Inputs and call files together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.inputs.job import open_job
from transpiler.settings import Settings
from zkvm.errors import InputError


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls.json"


def test_hex_with_calls(tmp_path: Path, calls: Path) -> None:
    (tmp_path / "stop.hex").write_text("0x00")
    calls.write_text(json.dumps({"fork": "Cancun", "calls": [{}]}))
    job = open_job(tmp_path / "stop.hex", Settings(), calls)
    assert job.fork == "Cancun"
    assert job.subject.runtime == b"\x00"
    assert job.request is not None
    assert job.request["state"][job.request["contract"]]["code"] == "0x00"
    assert open_job(tmp_path / "stop.hex", Settings(fork="London")).fork == "London"


def test_token_needs_its_constructor(contracts: Path, calls: Path) -> None:
    token = contracts / "tokens" / "Token.sol"
    calls.write_text(json.dumps({"calls": [{"data": "0x18160ddd"}]}))
    with pytest.raises(InputError) as caught:
        open_job(token, Settings(), calls)
    assert (caught.value.code, caught.value.exit_code) == ("immutables-not-set", 2)
    calls.write_text(json.dumps({"calls": [{"create": True, "data": "0x"}, {"data": "0x18160ddd"}]}))
    job = open_job(token, Settings(), calls)
    assert job.request is not None
    assert job.request["calls"][0]["code"].startswith("0x60")
