"""The judge passes what a state test asks for, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.statetest.judge import judge, refused_unread
from audit.statetest.refusals import REASONS
from audit.statetest.vectors import Transacts, Vector
from tests.unit.audit.statetest.cases import CONTRACT, FUNDS, NO_LOGS, after, before, case, root
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def vector(exception: str | None = None, malformed: str | None = None) -> Vector:
    entry = case()["post"]["Cancun"][0 if exception is None else 1]
    expected = Transacts(bytes.fromhex(entry["hash"][2:]), bytes.fromhex(entry["logs"][2:]), exception, malformed)
    return Vector("test.json", "one", "Cancun", {"state": before()}, expected)


def result(status: str, state: dict[str, Any], **members: Any) -> dict[str, Any]:
    logs = [] if status == "refused" else [{"address": CONTRACT, "topics": [], "data": "0x"}]
    return {"calls": [{"status": status, "logs": logs, **members}], "state": state, "unsupported": None, "missing_code": None}


def test_what_is_right_passes() -> None:
    assert judge(vector(), result("success", after())) is None
    assert judge(vector(FUNDS), result("refused", before(), reason="funds")) is None
    assert judge(vector("TransactionException.NONCE_IS_MAX|" + FUNDS), result("refused", before(), reason="funds")) is None


def test_an_absent_account_is_none() -> None:
    gone = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}
    address = "0x" + "0" * 39 + "9"
    assert judge(vector(), result("success", {**after(), address: {**gone, "absent": True}})) is None
    assert "state root" in str(judge(vector(), result("success", {**after(), address: gone})))


@pytest.mark.parametrize(
    ("asked", "given", "word"),
    [
        (None, result("success", before()), "state root"),
        (None, {**result("success", after()), "calls": [{"status": "success", "logs": []}]}, "logs hash"),
        (None, result("refused", before(), reason="funds"), "it must run"),
        (FUNDS, result("success", after()), "must be refused"),
        (FUNDS, result("refused", before(), reason="nonce-max"), "refused for nonce-max"),
        (FUNDS, result("refused", after(), reason="funds"), "state root"),
        ("TransactionException.NO_SUCH_NAME", result("refused", before(), reason="funds"), "not known"),
        (None, {**result("success", after()), "unsupported": {"code": "step-limit", "what": "ADD"}}, "unsupported"),
        (None, {**result("success", after()), "missing_code": {"code": "0x00", "kind": "runtime"}}, "no program"),
    ],
)
def test_what_is_not_fails(asked: str | None, given: dict[str, Any], word: str) -> None:
    assert word in str(judge(vector(asked), given))


def test_what_cannot_be_read_is_refused_and_changes_nothing() -> None:
    exception = "TransactionException.RLP_INVALID_VALUE"
    asked = vector(exception, "value")
    assert judge(asked, refused_unread(asked)) is None
    assert isinstance(asked.expected, Transacts)
    for bent in (
        replace(asked.expected, exception=None),
        replace(asked.expected, exception=FUNDS),
        replace(asked.expected, state_root=bytes.fromhex(root(after())[2:])),
        replace(asked.expected, logs_hash=bytes(32)),
    ):
        assert judge(replace(asked, expected=bent), refused_unread(asked)) is not None


def test_each_reason_is_one_of_the_executors() -> None:
    """Source: ISA 8.10."""
    known = (
        "nonce-too-low nonce-too-high nonce-max intrinsic-gas floor-gas gas-cap block-gas-limit funds max-fee-below-base-fee "
        "priority-fee-above-max-fee sender-has-code init-code-limit type-not-supported no-blobs too-many-blobs blob-version blob-fee "
        "blob-create no-authorizations authorization-create malformed"
    )
    assert set().union(*REASONS.values()) == set(known.split())
    assert case()["post"]["Cancun"][1]["logs"] == NO_LOGS
