"""Shrinking keeps the mismatch and drops what it does not need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.differential.compare import Mismatch
from audit.differential.shrink import shrink
from zkvm.host.environment import Environment


def call(data: str, value: str = "0x0") -> dict[str, Any]:
    return {"create": False, "caller": "0x1", "origin": "0x2", "to": "0x3", "value": value, "data": data, "gas": "0x10"}


def judge(request: Mapping[str, Any]) -> Mismatch | None:
    """A fault that shows when a call with selector 01020304 and a first word over 255 follows one with value."""
    paid = False
    for index, each in enumerate(request["calls"]):
        data = bytes.fromhex(each["data"][2:])
        if paid and data[:4] == b"\1\2\3\4" and int.from_bytes(data[4:36], "big") > 255:
            return Mismatch(index, "status", "", "halt", "success", "f")
        paid = paid or each["value"] != "0x0"
    return None


def test_the_smallest_request_is_found() -> None:
    noise = [call("0x" + "aa" * 4) for _ in range(6)]
    long = call("0x01020304" + f"{1 << 200:064x}" + f"{77:064x}" + "ff" * 5)
    request = {
        "env": {**Environment().as_json(), "number": "0x5"},
        "calls": [*noise, call("0x", "0x1"), *noise, long, *noise],
    }
    found = judge(request)
    assert found is not None
    small, mismatch = shrink(request, found, judge)
    assert mismatch.call == 1
    assert [each["value"] for each in small["calls"]] == ["0x1", "0x0"]
    last = bytes.fromhex(small["calls"][1]["data"][2:])
    assert 255 < int.from_bytes(last[4:36], "big") < 512
    assert last[36:] in (b"", bytes(32))
    assert small["env"] == Environment().as_json()


def test_a_budget_is_kept() -> None:
    runs = 0

    def counting(request: Mapping[str, Any]) -> Mismatch | None:
        nonlocal runs
        runs += 1
        return judge(request)

    request = {"env": {}, "calls": [call("0x", "0x1"), call("0x01020304" + "ff" * 32)]}
    shrink(request, Mismatch(1, "status", "", "halt", "success", "f"), counting, budget=3)
    assert runs == 3
