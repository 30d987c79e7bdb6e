"""Failures that only one value among very many shows are found by changing one or two values of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential import oracle
from audit.differential.inputs import NOBODY
from audit.differential.seek import Failing, Seeker, alone, edges_of
from audit.inputs.calls import CONTRACT_ADDRESS, AccountState, Call, CallFile
from audit.inputs.request import build_request
from tests.targets import assembled
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")

SELECTOR = "11223344"
START = f"0 CALLDATALOAD 0xe0 SHR 0x{SELECTOR} EQ @f JUMPI 0 0 REVERT f: "
FAIL = "@bad JUMPI STOP bad: 0 0 REVERT"
CONDITIONS = {
    "a limit": "4 CALLDATALOAD 0xffffffffffffffffffffffffffffffff LT",
    "nobody": "CALLER ISZERO",
    "a slot": "7 SLOAD NOT ISZERO",
    "a short call": "CALLDATASIZE 36 GT",
    "a constant": "4 CALLDATALOAD 0xdeadbeefcafe EQ",
    "a slot of a constant": "8 SLOAD 0xdeadbeefcafe EQ",
    "what a slot holds": "7 SLOAD 4 CALLDATALOAD EQ",
    "a word and a slot": "7 SLOAD NOT 4 CALLDATALOAD OR ISZERO",
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_one_call_leads_to_the_failure(name: str, tmp_path: Path) -> None:
    chosen = assembled(START + f"{CONDITIONS[name]} {FAIL}", tmp_path)
    assert chosen.runtime is not None
    *_, edge = edges_of(chosen.runtime.code, chosen.fork)
    seeker = Seeker(chosen)
    call = Call(data=bytes.fromhex(SELECTOR) + (5).to_bytes(32, "big"))
    state = ((CONTRACT_ADDRESS, AccountState(storage=((7, 0x123456789),))),)
    request = build_request(CallFile((call,), state=state), chosen.subject)
    seeker.watch(request, oracle.run(request, trace=True))
    wanted = Failing("runtime", "0x" + SELECTOR, edge)
    assert wanted in seeker.missed()
    found = list(seeker.found(10))
    assert wanted in seeker.reached
    assert any(result["calls"][0]["status"] == "revert" for _, result in found)


def test_what_no_value_reaches_stays_missed(tmp_path: Path) -> None:
    chosen = assembled(START + f"CALLER 1 SHR 0xff SHL CALLER AND {FAIL}", tmp_path)
    seeker = Seeker(chosen)
    request = build_request(CallFile((Call(data=bytes.fromhex(SELECTOR)),)), chosen.subject)
    seeker.watch(request, oracle.run(request, trace=True))
    missed = seeker.missed()
    assert [each.function for each in missed if each.function.startswith("0x")] == ["0x" + SELECTOR] * len(missed)
    list(seeker.found(10))
    assert any(each in seeker.missed() for each in missed)


def test_other_accounts_are_not_the_assembled(tmp_path: Path) -> None:
    chosen = assembled(START + f"CALLER ISZERO {FAIL}", tmp_path)
    seeker = Seeker(chosen)
    request = build_request(CallFile((Call(to=NOBODY), Call(to=CONTRACT_ADDRESS))), chosen.subject)
    seeker.watch(request, oracle.run(request, trace=True))
    assert {each.function for each in seeker.bases} == {"receive"}


@pytest.mark.parametrize(
    "condition",
    [
        "4 CALLDATALOAD 7 SLOAD LT",  # a slot that holds too little for a word
        "CALLER 8 SLOAD SUB",  # a slot that holds nothing, and should hold the caller
        "8 SLOAD 0xff AND 1 SUB",  # a flag packed into a word
        "9 SLOAD ISZERO 8 SLOAD ISZERO OR",  # two slots
    ],
)
def test_a_function_that_only_failed_succeeds(condition: str, tmp_path: Path) -> None:
    chosen = assembled(START + f"{condition} {FAIL}", tmp_path)
    seeker = Seeker(chosen)
    call = Call(data=bytes.fromhex(SELECTOR) + (1 << 200).to_bytes(32, "big"))
    request = build_request(CallFile((call,)), chosen.subject)
    result = oracle.run(request, trace=True)
    assert result["calls"][0]["status"] != "success"
    seeker.watch(request, result)
    found = list(seeker.found(10))
    assert ("runtime", "0x" + SELECTOR) in seeker.succeeded
    assert any(each["calls"][0]["status"] == "success" for _, each in found)


def test_the_state_that_a_call_meets_lists_no_account_that_is_gone(tmp_path: Path) -> None:
    """An account exists if the state lists it (ISA 8.7): one that destroyed itself must not come back as an empty one."""
    chosen = assembled("CALLER SELFDESTRUCT", tmp_path)
    request = build_request(CallFile((Call(), Call()), fork="London"), chosen.subject)
    after = oracle.run({**request, "calls": request["calls"][:1]})["state"]
    assert after[CONTRACT_ADDRESS]["absent"] is True
    met = alone(request, 1)
    assert met["state"] == {address: account for address, account in after.items() if address != CONTRACT_ADDRESS}
    assert met["calls"] == request["calls"][1:]
