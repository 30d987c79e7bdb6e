"""What is known of each function of the interface."""

from __future__ import annotations

from typing import Any

import pytest

from audit.differential.compare import Stop
from audit.differential.functions import grouped, outcomes_of, required, summary, unanswered
from audit.differential.interface import interface_of
from audit.differential.subject import Target
from audit.inputs.request import Subject
from transpiler.evm.assemble import assemble
from transpiler.solc.artifact import CodeObject

ABI: list[dict[str, Any]] = [
    {"type": "function", "name": "f", "inputs": []},
    {"type": "function", "name": "g", "inputs": []},
    {"type": "receive", "stateMutability": "payable"},
]
STOP = Stop(3, "call", "CALL")


def made(template: bool = False) -> Target:
    """`f` cannot succeed; `g` and receive can."""
    interface = interface_of(ABI, None, "Osaka")
    code = assemble(f"0 CALLDATALOAD 0xe0 SHR 0x{interface.functions[0].selector.hex()} EQ @f JUMPI STOP f: 0 0 REVERT")
    runtime = CodeObject("runtime", code)
    return Target(Subject("x", code, None, template), interface, None, runtime, (), "Osaka")


def counts(success: int = 0, revert: int = 0, halt: int = 0) -> dict[str, int]:
    return {"success": success, "revert": revert, "halt": halt}


@pytest.mark.parametrize(
    ("shown", "stop", "status"),
    [
        (counts(success=1, revert=5), None, "succeeded"),
        (counts(success=1), STOP, "succeeded"),
        (counts(revert=2), None, "only-reverted"),
        (counts(halt=2), None, "only-halted"),
        (counts(revert=2, halt=1), None, "only-failed"),
        (counts(revert=2), STOP, "blocked"),
        (None, STOP, "blocked"),
        (None, None, "not-reached"),
    ],
)
def test_the_status(shown: dict[str, int] | None, stop: Stop | None, status: str) -> None:
    found = outcomes_of(made(), {} if shown is None else {"g()": shown}, {} if stop is None else {"g()": stop})
    (outcome,) = (each for each in found if each.name == "g()")
    assert outcome.status == status
    assert outcome.answered == (status == "succeeded")
    assert ("CALL (call)" in outcome.why) == (status == "blocked")
    assert outcome.as_json()["successes"] == (shown or counts())["success"]


def test_what_cannot_succeed_is_answered_once_a_failure_of_it_was_compared() -> None:
    def status(target: Target, outcomes: dict[str, dict[str, int]]) -> tuple[str, bool]:
        (found,) = (each for each in outcomes_of(target, outcomes, {}) if each.name == "f()")
        return found.status, found.answered

    assert status(made(), {"f()": counts(revert=1)}) == ("cannot-succeed", True)
    assert status(made(), {}) == ("not-reached", False)
    assert status(made(template=True), {"f()": counts(revert=1)}) == ("only-reverted", False), "immutables are not known"


def test_the_denominator() -> None:
    assert list(required(made())) == ["f()", "g()", "receive"]
    found = outcomes_of(made(), {"f()": counts(revert=1), "g()": counts(success=1)}, {})
    assert summary(found) == "1 of 3 functions succeeded in a compared call, 1 cannot succeed"
    assert [each.name for each in unanswered(found)] == ["receive"]
    assert grouped(unanswered(found)) == {"no call of it was compared": ["receive"]}
