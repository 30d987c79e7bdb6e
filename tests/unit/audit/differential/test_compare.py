"""Every observation counts, and the first difference is the one told."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from audit.differential.compare import Mismatch, difference, judge, mismatch_of
from audit.differential.execution import Stuck
from zkvm.host.result import Result, Unsupported, result_of

ADDRESS = "0x00000000000000000000000000000000c0de0001"
CALL = {"status": "success", "return_data": "0x01", "gas_left": "0x5", "refund": "0x0", "logs": [], "destroyed": [], "steps": 3}
LOG = {"address": ADDRESS, "topics": ["0x" + "01" * 32], "data": "0x"}
ACCOUNT = {"balance": "0x1", "nonce": "0x1", "code": "0x00", "storage": {"0x2": "0x3"}}


def document(**changes: Any) -> dict[str, Any]:
    call = {**copy.deepcopy(CALL), "logs": [copy.deepcopy(LOG)]} | changes
    return {"calls": [call], "state": {ADDRESS: copy.deepcopy(ACCOUNT)}, "unsupported": None, "missing_code": None}


def result(**changes: Any) -> Result:
    return result_of(document(**changes))


def test_equal_results_have_no_difference() -> None:
    assert difference(result(), result(steps=9)) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "halt"}, "status"),
        ({"return_data": "0x"}, "return_data"),
        ({"gas_left": "0x6"}, "gas_left"),
        ({"refund": "0x1"}, "refund"),
        ({"destroyed": [ADDRESS]}, "destroyed"),
        ({"logs": []}, "logs"),
        ({"logs": [{**LOG, "topics": []}]}, "logs.topics"),
        ({"logs": [{**LOG, "data": "0x00"}]}, "logs.data"),
        ({"logs": [LOG, LOG]}, "logs"),
    ],
)
def test_each_field_of_a_call_counts(changes: dict[str, Any], field: str) -> None:
    found = difference(result(**changes), result())
    assert found is not None
    assert (found.call, found.field) == (0, field)


MESSAGE = {
    "depth": 1, "kind": "call", "from": ADDRESS, "to": ADDRESS, "value": "0x0", "gas": "0x9", "input": "0x", "output": "0x", "status": "success",
}  # fmt: skip


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([], "messages"),
        ([MESSAGE, MESSAGE], "messages"),
        ([{**MESSAGE, "depth": 2}], "messages.depth"),
        ([{**MESSAGE, "kind": "callcode"}], "messages.kind"),
        ([{**MESSAGE, "from": "0x" + "0b" * 20}], "messages.from"),
        ([{**MESSAGE, "value": "0x1"}], "messages.value"),
        ([{**MESSAGE, "gas": "0x1"}], "messages.gas"),
        ([{**MESSAGE, "input": "0x01"}], "messages.input"),
        ([{**MESSAGE, "output": "0x01"}], "messages.output"),
        ([{**MESSAGE, "status": "halt"}], "messages.status"),
    ],
)
def test_each_message_counts(messages: list[dict[str, Any]], field: str) -> None:
    found = difference(result(messages=messages), result(messages=[MESSAGE]))
    assert found is not None
    assert found.field == field
    assert difference(result(messages=[MESSAGE]), result(messages=[MESSAGE])) is None


@pytest.mark.parametrize(
    ("field", "value"), [("balance", "0x2"), ("nonce", "0x2"), ("code", "0x01"), ("storage", {"0x2": "0x4"}), ("storage", {})]
)
def test_each_field_of_an_account_counts(field: str, value: Any) -> None:
    mine = document()
    mine["state"][ADDRESS][field] = value
    found = difference(result_of(mine), result())
    assert found is not None
    assert found.field == field
    assert found.subject.startswith(ADDRESS)


def test_an_empty_account_is_none() -> None:
    mine = document()
    mine["state"]["0x" + "00" * 20] = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}
    assert difference(result_of(mine), result()) is None


def test_state_is_compared_after_the_first_call_that_differs() -> None:
    def run(request: dict[str, Any], wrong: int) -> Result:
        found = document()
        found["calls"] = [copy.deepcopy(CALL) for _ in request["calls"]]
        found["state"][ADDRESS]["storage"] = {"0x0": hex(len(request["calls"]) + wrong * (len(request["calls"]) > 1))}
        return result_of(found)

    verdict = judge({"calls": [{}, {}, {}]}, lambda request: run(dict(request), 7), lambda request: run(dict(request), 0))
    assert verdict.mismatch == Mismatch(1, "storage", f"{ADDRESS} slot 0x0", "0x9", "0x2")


def test_a_run_that_stops_early_is_compared_as_far_as_it_went() -> None:
    def ours(request: Any) -> Result:
        return replace(result(), unsupported=Unsupported("call", "CALL", 1, None, 7))

    verdict = judge({"calls": [{}, {}]}, ours, lambda request: replace(result(), calls=result().calls * len(request["calls"])))
    assert verdict.mismatch is None
    assert verdict.calls == 1
    assert verdict.stop is not None
    assert (verdict.stop.call, verdict.stop.code, verdict.stop.what) == (1, "call", "CALL")


def test_a_program_that_cannot_go_on_is_a_mismatch() -> None:
    def ours(request: Any) -> Result:
        raise Stuck(0, 5, "a memory access that no MGROW covers")

    verdict = judge({"calls": [{}]}, ours, lambda _: result())
    assert verdict.mismatch is not None
    assert (verdict.mismatch.call, verdict.mismatch.field, verdict.mismatch.theirs) == (0, "stuck", "success")


def test_a_mismatch_survives_its_json() -> None:
    mismatch = Mismatch(2, "storage", "slot", "0x1", "0x2", "f()", 7, "A.sol:1:2", "x = 1;")
    assert mismatch_of(mismatch.as_json()) == mismatch


@pytest.mark.parametrize(
    ("changes", "ours", "theirs"),
    [
        ({"return_data": "0x"}, "0x", "0x01"),
        ({"gas_left": "0xff"}, "0xff", "0x5"),
        ({"destroyed": [ADDRESS, "0x" + "0b" * 20]}, f"{ADDRESS}, 0x{'0b' * 20}", ""),
        ({"logs": [{**LOG, "topics": []}]}, "", "0x" + "01" * 32),
        ({"logs": [{**LOG, "data": "0x0a0b"}]}, "0x0a0b", "0x"),
    ],
)
def test_what_differs_is_told_as_json_has_it(changes: dict[str, Any], ours: str, theirs: str) -> None:
    found = difference(result(**changes), result())
    assert found is not None
    assert (found.ours, found.theirs) == (ours, theirs)


def test_a_frame_that_halts_may_enter_a_first_part_only() -> None:
    """What a machine leaves out below a frame that halts is no difference; below one that reverts it is."""
    outer, inner = {**MESSAGE, "depth": 0, "status": "halt"}, {**MESSAGE, "depth": 1}
    assert difference(result(messages=[outer]), result(messages=[outer, inner])) is None
    other = {**outer, "status": "revert"}
    found = difference(result(messages=[other]), result(messages=[other, inner]))
    assert found is not None
    assert found.field == "messages"
    assert difference(result(messages=[outer, inner]), result(messages=[outer])) is not None
