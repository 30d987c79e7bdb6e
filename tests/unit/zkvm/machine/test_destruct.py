"""SELFDESTRUCT in trees, by rule set (ISA 8.6, 8.7, 9.8). Compared with revm, too; one frame alone stands in test_accounts."""

from __future__ import annotations

import pytest

from zkvm import proof
from zkvm.machine.message import create_address

from .test_creates import create
from .tree import A, B, C, account, call, hexed, keep, request, run, slots

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def test_it_ends_its_frame_and_the_account_goes_with_the_transaction() -> None:
    look = f"{B} EXTCODESIZE {keep(1)} {B} BALANCE {keep(2)} 1 0 SSTORE "
    codes = {A: account(call(B, gas="50000") + "POP " + look), B: account(f"{C} SELFDESTRUCT INVALID", balance=7, storage={1: 1})}
    for fork, gone in (("Frontier", True), ("Shanghai", True), ("Cancun", False)):
        result = run(request(fork, codes))
        size = len(codes[B]["code"]) // 2 - 1
        assert slots(result, A) == {0: 1, 1: size}  # it has code until the transaction ends
        assert result["state"][hexed(C)]["balance"] == "0x7"
        assert (result["state"][hexed(B)]["code"] == "0x") == gone
        assert (slots(result, B) == {}) == gone


def test_an_account_created_in_the_transaction_is_destroyed_from_cancun_on() -> None:
    """What was created in an earlier transaction is not; a revert forgets that it was created here."""
    made = create_address(A, 1)
    destroys = f"0x73{C:040x}ff 0 MSTORE 22 10 RETURN"  # PUSH20 C SELFDESTRUCT
    code = create(destroys, 5) + "POP " + call(made)
    result = run(request("Osaka", {A: account(code + "STOP", balance=9, nonce=1)}))
    assert result["calls"][0]["destroyed"] == [hexed(made)]
    assert hexed(made) not in result["state"] or result["state"][hexed(made)]["absent"]
    assert result["state"][hexed(C)]["balance"] == "0x5"
    later = run(request("Osaka", {A: account(create(destroys, 5) + "STOP", balance=9, nonce=1)}, {}, {"to": hexed(made)}))
    assert [each["destroyed"] for each in later["calls"]] == [[], []]
    assert later["state"][hexed(made)]["balance"] == "0x0"
    assert later["state"][hexed(made)]["code"] != "0x"


def test_those_destroyed_are_listed_by_address() -> None:
    high, low = 0xF0_00_01, 0xE0_00_01
    codes = {A: account(call(high) + "POP " + call(low) + "STOP"), **{each: account(f"{C} SELFDESTRUCT") for each in (high, low)}}
    assert run(request("Shanghai", codes))["calls"][0]["destroyed"] == [hexed(low), hexed(high)]


@pytest.mark.parametrize(("fork", "left"), [("Shanghai", None), ("Cancun", "0x7")])
def test_to_itself(fork: str, left: str | None) -> None:
    """Where the account goes, its balance is lost at once."""
    look = f"{B} BALANCE {keep(0)}"
    result = run(request(fork, {A: account(call(B) + "POP " + look), B: account("ADDRESS SELFDESTRUCT", balance=7)}))
    entry = result["state"][hexed(B)]
    assert slots(result, A) == ({} if left is None else {0: 7})
    assert entry["balance"] == (left or "0x0")
    assert entry.get("absent", False) == (left is None)


def test_one_refund_an_account_and_none_after_a_revert() -> None:
    twice = {A: account(call(B) + call(B) + "STOP"), B: account(f"{C} SELFDESTRUCT")}
    assert run(request("Berlin", twice))["calls"][0]["refund"] == hex(24_000)
    undone = {A: account(call(0xAAAA) + call(B) + "STOP"), B: twice[B], 0xAAAA: account(call(B) + "0 0 REVERT")}
    assert run(request("Berlin", undone))["calls"][0]["refund"] == hex(24_000)
    undone[A] = account(call(0xAAAA) + "STOP")
    result = run(request("Berlin", undone))
    assert (result["calls"][0]["refund"], result["calls"][0]["destroyed"]) == ("0x0", [])
    assert run(request("London", twice))["calls"][0]["refund"] == "0x0"


def test_value_after_it_is_lost() -> None:
    codes = {
        A: account(call(B) + call(B, 5) + "STOP", balance=9),
        B: account(f"{C} CALLVALUE ISZERO @x JUMPI STOP x: SELFDESTRUCT", balance=7),
    }
    result = run(request("Shanghai", codes))
    assert [result["state"][hexed(each)]["balance"] for each in (A, B, C)] == ["0x4", "0x0", "0x7"]


def test_through_a_delegatecall_the_caller_goes() -> None:
    codes = {A: account(call(B, kind="DELEGATECALL") + keep(0), balance=3), B: account(f"{C} SELFDESTRUCT", balance=7)}
    result = run(request("Shanghai", codes))
    assert result["calls"][0]["destroyed"] == [hexed(A)]
    assert [result["state"][hexed(each)]["balance"] for each in (B, C)] == ["0x7", "0x3"]
