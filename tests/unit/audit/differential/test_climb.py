"""A climb finds calls that succeed, from what runs compare and read, in any account."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential.climb import Climb, Guide, changed, changes
from audit.differential.companions import PROXY, STAND_IN, cast, proxy_of
from audit.differential.inputs import ACTORS, Plan
from audit.differential.subject import Target
from audit.differential.successes import Budget, ascent
from audit.inputs.calls import CONTRACT_ADDRESS, AccountState, Call, CallFile
from audit.inputs.request import build_request
from tests.targets import assembled
from transpiler.evm.assemble import assemble
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")

OTHER = "0x00000000000000000000000000000000000b0b0b"
SELECTOR = bytes.fromhex("11223344")
END = "@good JUMPI 0 0 REVERT good: STOP"
ASKED = "0x20 0 0 0 0xb0b0b GAS STATICCALL POP 0 MLOAD"
"""The first word that the other account answers with."""
ANSWERS = "3 SLOAD 0 MSTORE 0x20 0 RETURN"
CONDITIONS = {
    "a constant in the data": "4 CALLDATALOAD 0xdeadbeefcafe EQ",
    "two constants, one after the other": "0 4 CALLDATALOAD 77777 EQ ISZERO @bad JUMPI POP 36 CALLDATALOAD 88888 EQ @ok JUMPI bad: 0 0 REVERT ok: 1",
    "the caller in a slot": "5 SLOAD CALLER EQ",
    "a number packed into a slot": "6 SLOAD 0x60 SHR 0xffffffff AND 0x12345 EQ",
    "a slot of another account": f"{ASKED} 123456789 EQ",
    "another account that holds more": f"4 CALLDATALOAD {ASKED} GT",
    "a product": "7 SLOAD 1000 MUL 0xfffffffffffff LT",
    "the contract as the caller": "CALLER ADDRESS EQ",
    "value": "CALLVALUE 1234 EQ",
}


def request_of(chosen: Target) -> dict:  # type: ignore[type-arg]
    state = (
        (CONTRACT_ADDRESS, AccountState(storage=((6, 0x7777 << 96),))),
        (OTHER, AccountState(nonce=1, code=assemble(ANSWERS))),
    )
    call = Call(data=SELECTOR + (5).to_bytes(32, "big") * 2)
    return build_request(CallFile((call,), state=state), chosen.subject)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_success_is_found(name: str, tmp_path: Path) -> None:
    chosen = assembled(f"{CONDITIONS[name]} {END}", tmp_path)
    request, budget = request_of(chosen), Budget()
    climb = Climb((CONTRACT_ADDRESS, OTHER, *ACTORS), request)
    assert climb.go(budget.run, 1) is None, "the condition holds already"
    found = climb.go(budget.run, 1000)
    assert found is not None
    assert found[1]["calls"][0]["status"] == "success"
    assert climb.runs < 1000


def test_what_cannot_succeed_ends(tmp_path: Path) -> None:
    climb = Climb(ACTORS, request_of(assembled("0 0 REVERT", tmp_path)))
    assert climb.go(Budget().run, 100_000) is None
    assert climb.runs < 1000


def test_the_budget_ends_a_climb(tmp_path: Path) -> None:
    request = request_of(assembled(f"4 CALLDATALOAD 0xdeadbeefcafe EQ {END}", tmp_path))
    budget = Budget(runs=1)
    assert list(ascent([request], None, ()).go(500, budget)) == []
    assert budget.runs == 0


def test_a_call_that_reaches_no_code_of_the_contract_is_no_success(tmp_path: Path) -> None:
    """A proxy that was made to lead to an account without code answers every call with success."""
    chosen = assembled("0 0 REVERT", tmp_path)
    assert list(ascent([request_of(chosen)], None, (STAND_IN,)).go(500, Budget())) == []


def test_a_guard_against_direct_calls_is_passed_through_a_proxy(tmp_path: Path) -> None:
    chosen = assembled(f"ADDRESS 0x{CONTRACT_ADDRESS[2:]} EQ ISZERO {END}", tmp_path)
    (found,) = ascent([request_of(chosen)], None, ()).go(500, Budget())
    assert found["calls"][0]["to"] == PROXY
    assert found["state"][PROXY] == proxy_of(CONTRACT_ADDRESS).as_json()


def test_an_account_without_code_becomes_one_with_code(tmp_path: Path) -> None:
    chosen = assembled(f"0x20 0 0 0 0xe0e0e GAS STATICCALL POP RETURNDATASIZE {END}", tmp_path)
    plan = Plan(chosen.interface)
    (found,) = ascent([request_of(chosen)], None, cast(chosen, plan, 1)).go(500, Budget())
    assert found["state"]["0x" + "0e0e0e".rjust(40, "0")]["code"] == STAND_IN.as_json()["code"]


def test_each_change_comes_once_and_changes_one_thing(tmp_path: Path) -> None:
    request = request_of(assembled(f"CALLVALUE {END}", tmp_path))
    guide = Guide(((CONTRACT_ADDRESS, "0x6", 0),), ((5, 7), (5, 7), (0, 9)))
    found = list(changes(request, guide, ACTORS))
    assert len(found) == len(set(found))
    assert ("slot", CONTRACT_ADDRESS, "0x6", 9) in found
    for each in found[:50]:
        other = changed(request, each)
        assert (other["state"] != request["state"]) != (other["calls"] != request["calls"]), each
