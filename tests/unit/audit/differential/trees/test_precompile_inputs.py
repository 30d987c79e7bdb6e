"""Inputs that are meant to be right are."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.trees import scene
from audit.differential.trees.batches import environment
from audit.differential.trees.precompile_inputs import draw, right


def called(address: int, data: bytes) -> dict[str, Any]:
    call = {
        "create": False, "caller": scene.text(scene.POOR), "origin": scene.text(scene.POOR), "to": scene.text(address), "value": "0x0",
        "data": "0x" + data.hex(), "gas": hex(10**6),
    }  # fmt: skip
    request = {"fork": "Osaka", "env": environment(Random(1)), "contract": scene.text(1), "state": {}, "calls": [call]}
    result: dict[str, Any] = oracle.run(request)["calls"][0]
    return result


@pytest.mark.parametrize("address", scene.PRECOMPILES)
def test_right_inputs_are_accepted(address: int) -> None:
    for data in right(address) or (b"abc",):
        result = called(address, data)
        assert result["status"] == "success"
        assert result["return_data"] != "0x"


def test_the_signed_digest_gives_its_signer() -> None:
    (data,) = right(1)
    assert int(called(1, data)["return_data"], 16) == scene.SENDERS[0].address


def test_some_inputs_are_wrong() -> None:
    random = Random(3)
    ends = {called(6, draw(6, random))["status"] for _ in range(60)}
    assert ends == {"success", "halt"}
