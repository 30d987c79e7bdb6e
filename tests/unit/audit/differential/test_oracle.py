"""The oracle's wrapper: typed errors, traces, time."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.coverage import collect
from audit.differential.interface import interface_of
from audit.differential.subject import Target
from audit.inputs.calls import Call, CallFile
from audit.inputs.request import Subject, build_request
from transpiler.solc.artifact import CodeObject
from zkvm import proof
from zkvm.errors import InputError, Unsupported

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def request(code: str, fork: str = "Osaka", **call: Any) -> dict[str, Any]:
    return build_request(CallFile((Call(**call),), fork), Subject("code", bytes.fromhex(code), None))


def test_a_frame_has_all_its_gas() -> None:
    result = oracle.run(request("5f5000", gas=1000))
    assert result["calls"][0]["gas_left"] == hex(1000 - 4)
    assert "trace" not in result


def test_a_trace_says_where_the_run_went() -> None:
    trace = oracle.run(request("600456fe5b60015f5500"), trace=True)["trace"]
    assert trace["coverage"][0]["edges"] == [[2, 4]]
    assert trace["calls"][0]["stores"] == [["0x0", 8]]
    assert trace["calls"][0]["end"] == 9


def test_what_cannot_be_paid_is_an_input_error() -> None:
    document = request("00")
    document["calls"][0]["value"] = hex(1 << 200)
    with pytest.raises(InputError, match="cannot pay"):
        oracle.run(document)


def test_constantinople_is_covered_up_to_its_stores() -> None:
    assert oracle.run(request("600160021b00", "Constantinople"))["calls"][0]["status"] == "success"
    with pytest.raises(Unsupported, match="EIP-1283"):
        oracle.run(request("600160005500", "Constantinople"))


def test_time_is_measured() -> None:
    assert 0 < oracle.bench(request("00"), 3) < 1


def test_no_cycles_are_collected_while_a_long_trace_is_read() -> None:
    """20,000 edges: pairs enough for dozens of collections, each of which may walk all that a check holds."""
    code = bytes.fromhex("5b" * 20_000 + "00")
    asked = request(code.hex(), gas=1_000_000)
    target = Target(Subject("x", code, None), interface_of(None, code, "Osaka"), None, CodeObject("runtime", code), (), "Osaka")
    begun: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            begun.append(info["generation"])

    gc.callbacks.append(note)
    try:
        collect({}, target, asked, oracle.run(asked, trace=True))
    finally:
        gc.callbacks.remove(note)
    assert len(begun) < 10
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with oracle.uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
