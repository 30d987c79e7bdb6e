"""Everything in a result is compared."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.trees.batches import batch
from audit.differential.trees.judge import Difference, count, difference, pairs
from audit.differential.trees.pool import pool

CONTRACT = "0x00000000000000000000000000000000c0de0001"


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """A result of three transactions with messages at some depth, in which no frame that halts hides the last of them."""
    shared = pool("London", Random(1))
    for seed in range(1000):
        found = oracle.run(batch(shared, Random(seed), 3, bare=False))
        ends = {message["status"] for call in found["calls"] for message in call["messages"]}
        if ends == {"success"} and sum(len(call["messages"]) for call in found["calls"]) > 6:
            return found
    raise AssertionError("no such result")


def test_a_result_is_like_itself(result: dict[str, Any]) -> None:
    assert difference(result, copy.deepcopy(result)) is None
    compared, cut = count(result, result)
    assert compared == sum(len(call["messages"]) for call in result["calls"]) > 6
    assert cut == 0


@pytest.mark.parametrize("name", ["status", "reason", "return_data", "logs", "destroyed", "gas_left", "refund"])
def test_each_member_of_an_outcome_counts(result: dict[str, Any], name: str) -> None:
    bent = copy.deepcopy(result)
    bent["calls"][1][name] = ["other"]
    found = difference(bent, result)
    assert found is not None
    assert (found.transaction, found.field, found.ours) == (1, name, '["other"]')


@pytest.mark.parametrize("name", ["depth", "kind", "from", "to", "value", "gas", "input", "output", "status"])
def test_each_member_of_a_message_counts(result: dict[str, Any], name: str) -> None:
    number = max(range(len(result["calls"])), key=lambda at: len(result["calls"][at]["messages"]))
    bent = copy.deepcopy(result)
    bent["calls"][number]["messages"][-1][name] = "other"
    found = difference(bent, result)
    assert found is not None
    assert (found.transaction, found.field) == (number, f"messages.{name}")


def test_a_message_too_few_counts(result: dict[str, Any]) -> None:
    bent = copy.deepcopy(result)
    number = next(at for at, call in enumerate(result["calls"]) if call["status"] == "success" and call["messages"])
    bent["calls"][number]["messages"].pop()
    found = difference(bent, result)
    assert found is not None
    assert found.field == "messages"


def message(depth: int, status: str = "success", to: str = "0x1") -> dict[str, Any]:
    return {"depth": depth, "kind": "call", "to": to, "status": status}


def test_the_last_messages_of_a_frame_that_halts_may_be_missing() -> None:
    whole = [message(0), message(1, "halt"), message(2, to="0x2"), message(2, to="0x3"), message(3), message(1, to="0x4")]
    assert pairs(whole, whole) == [(each, each) for each in whole]
    early = [whole[0], whole[1], whole[2], whole[5]]
    assert pairs(early, whole) == [(each, each) for each in early]
    at_once = [whole[0], whole[1], whole[5]]
    assert pairs(at_once, whole) == [(each, each) for each in at_once]


def test_others_may_not_be_missing() -> None:
    whole = [message(0, "halt"), message(1), message(2), message(1, "revert"), message(2)]
    without_inner = [whole[0], whole[1], whole[3], whole[4]]
    assert (whole[3], whole[2]) in pairs(without_inner, whole)
    without_last = whole[:4]
    assert (None, whole[4]) in pairs(without_last, whole)
    assert (message(1), None) in pairs([message(0), message(1)], [message(0)])


@pytest.mark.parametrize("name", ["balance", "nonce", "code"])
def test_each_member_of_an_account_counts(result: dict[str, Any], name: str) -> None:
    bent = copy.deepcopy(result)
    bent["state"][CONTRACT][name] = "0x123456"
    found = difference(bent, result)
    assert found is not None
    assert (found.transaction, found.field, found.subject, found.ours) == (2, f"state.{name}", CONTRACT, "0x123456")


def test_the_order_of_what_was_destroyed_does_not_count(result: dict[str, Any]) -> None:
    left, right = copy.deepcopy(result), copy.deepcopy(result)
    left["calls"][0]["destroyed"], right["calls"][0]["destroyed"] = ["0x1", "0x2"], ["0x2", "0x1"]
    assert difference(left, right) is None


def test_slots_and_existence_count(result: dict[str, Any]) -> None:
    bent = copy.deepcopy(result)
    bent["state"][CONTRACT]["storage"]["0x99"] = "0x1"
    assert difference(bent, result) == Difference(2, "state.storage", f"{CONTRACT} slot 0x99", "0x1", "0x0")
    gone = copy.deepcopy(result)
    gone["state"][CONTRACT]["absent"] = True
    found = difference(gone, result)
    assert found is not None
    assert found.field == "state.exists"


def test_an_account_that_is_gone_is_like_one_that_is_not_listed(result: dict[str, Any]) -> None:
    more = copy.deepcopy(result)
    more["state"]["0x" + "77" * 20] = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}, "absent": True}
    assert difference(more, result) is None


def test_a_run_that_stopped_differs(result: dict[str, Any]) -> None:
    stopped = {**result, "calls": result["calls"][:1], "unsupported": {"code": "step-limit"}}
    found = difference(stopped, result)
    assert found is not None
    assert (found.transaction, found.field) == (1, "unsupported")
