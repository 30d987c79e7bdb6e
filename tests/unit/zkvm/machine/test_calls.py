"""CALL and its kin: gas, context, return data, failure (ISA 9.2-9.4). Each run is compared with revm, too."""

from __future__ import annotations

import pytest

from zkvm import machine, proof

from .tree import RETURN, SENDER, A, B, C, account, call, hexed, keep, request, returned, run, slots, translator

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")
GIVE_GAS = "GAS " + RETURN
TO_MEMORY = "0 MLOAD "


def test_the_stipend() -> None:
    codes = {A: account(call(B, 1, "0", out=(0, 32)) + "POP " + TO_MEMORY + RETURN, balance=5), B: account(GIVE_GAS)}
    assert returned(run(request("Osaka", codes))) == 2298
    for fork in ("Frontier", "Istanbul"):
        assert returned(run(request(fork, codes))) == 2298


def test_all_but_one_64th() -> None:
    codes = {A: account(call(B) + "STOP"), B: account("STOP")}
    result = run(request("Osaka", codes, {"gas": hex(100_000)}))
    left = 100_000 - 7 * 3 + 3 - 2 - 100 - 2500  # six PUSHes, GAS, warm and cold price
    assert result["calls"][0]["messages"][1]["gas"] == hex(left - left // 64)


def test_before_eip150_what_is_asked_must_be_there() -> None:
    codes = {A: account(call(B, gas="0xffffff") + keep(0)), B: account("STOP")}
    assert run(request("Homestead", codes))["calls"][0]["status"] == "halt"
    assert slots(run(request("TangerineWhistle", codes)), A) == {0: 1}


@pytest.mark.parametrize(
    ("kind", "caller", "value", "address"),
    [("CALL", A, 3, B), ("CALLCODE", A, 3, A), ("DELEGATECALL", SENDER, 7, A), ("STATICCALL", A, 0, B)],
)
def test_the_context(kind: str, caller: int, value: int, address: int) -> None:
    for opcode, expected in (("CALLER", caller), ("CALLVALUE", value), ("ADDRESS", address)):
        codes = {
            A: account(call(B, 3, kind=kind, out=(0, 32)) + "POP " + TO_MEMORY + RETURN, balance=5),
            B: account(opcode + " " + RETURN),
        }
        result = run(request("Osaka", codes, {"value": "0x7"}))
        assert returned(result) == expected
    moved = kind == "CALL"
    assert result["state"][hexed(B)]["balance"] == ("0x3" if moved else "0x0")


def test_storage_is_the_address_ones() -> None:
    for kind, where in (("CALL", B), ("CALLCODE", A), ("DELEGATECALL", A)):
        codes = {A: account(call(B, kind=kind) + "STOP"), B: account("9 4 SSTORE STOP")}
        assert slots(run(request("Osaka", codes)), where) == {4: 9}


@pytest.mark.parametrize(
    "forbidden",
    [
        "1 1 SSTORE",
        "1 1 TSTORE",
        "0 0 LOG0",
        "0 0 0 CREATE",
        call(C, 1),
        f"{C} SELFDESTRUCT",
        call(C, kind="DELEGATECALL") + " ISZERO @x JUMPI STOP x: INVALID",
    ],
)
def test_static_frames_change_nothing(forbidden: str) -> None:
    """At depth 1 and below it, through a CALL; reads and a CALLCODE with value go on."""
    through = account(call(B) + RETURN)
    codes = {B: account(forbidden + " STOP", balance=9), C: account("1 1 SSTORE"), 0xAAAA: through}
    for target in (B, 0xAAAA):
        out = "0 MLOAD" if target == 0xAAAA else "1"
        codes[A] = account(call(target, kind="STATICCALL", out=(0, 32)) + out + " AND " + keep(0))
        assert slots(run(request("Osaka", codes)), A) == {}
    codes[A] = account(call(B) + keep(0))
    assert slots(run(request("Osaka", codes)), A) == {0: 1}


def test_static_frames_may_callcode_with_value() -> None:
    codes = {A: account(call(B, kind="STATICCALL") + keep(0)), B: account(call(C, 1, kind="CALLCODE") + "POP STOP", balance=9)}
    assert slots(run(request("Osaka", codes)), A) == {0: 1}


def test_return_data() -> None:
    give = f"{0x1122334455 << 216:#x} 0 MSTORE 32 0 "
    for end, left in (("RETURN", 32), ("REVERT", 32), ("STOP", 0), ("INVALID", 0)):
        tail = f"RETURNDATASIZE {keep(1)} 2 1 30 RETURNDATACOPY 0 MLOAD {keep(2)}" if left else f"RETURNDATASIZE {keep(1)}"
        codes = {A: account(call(B, out=(31, 1)) + "POP 0 MLOAD " + keep(0) + tail), B: account(give + end)}
        found = slots(run(request("Osaka", codes)), A)
        assert found.get(1, 0) == left
        assert found.get(0, 0) == (0x11 if left else 0)  # of 32 bytes one is written
        assert found.get(2, 0) == (0x2233 if left else 0)
    for data, size, offset, status in ((0, 1, 0, "halt"), (0, 0, 0, "success"), (4, 4, 1, "halt"), (4, 3, 1, "success")):
        codes = {A: account(call(B) + f"POP {size} {offset} 0 RETURNDATACOPY STOP"), B: account(f"{data} 0 RETURN")}
        assert run(request("Osaka", codes))["calls"][0]["status"] == status


def test_return_data_is_the_last_callees() -> None:
    codes = {
        A: account(call(B) + call(C) + f"RETURNDATASIZE {keep(0)}" + call(B, 1 << 90) + f"RETURNDATASIZE {keep(1)} 1 2 SSTORE"),
        B: account("64 0 RETURN"),
        C: account("3 0 RETURN"),
    }
    assert slots(run(request("Osaka", codes)), A) == {0: 3, 2: 1}


def test_no_frame_for_balance_gives_all_gas_back() -> None:
    gas_after = "GAS " + keep(0)
    poor = {A: account(call(B, 1, "50000") + "POP " + gas_after), B: account("INVALID")}
    rich = {A: account(call(B, 0, "50000") + "POP " + gas_after), B: account("STOP")}
    left = [slots(run(request("Osaka", codes)), A)[0] for codes in (poor, rich)]
    assert left[0] == left[1] - 9000 + 2300
    assert run(request("Osaka", poor))["calls"][0]["messages"][1]["status"] == "refused"


def test_a_delegatecall_needs_no_balance() -> None:
    """Its value is that of the frame, which has been given away."""
    codes = {
        A: account(call(C, 5) + "POP " + call(B, kind="DELEGATECALL", out=(0, 32)) + keep(0) + "0 MLOAD " + keep(1)),
        B: account("CALLVALUE " + RETURN),
    }
    result = run(request("Osaka", codes, {"value": "0x5"}))
    assert slots(result, A) == {0: 1, 1: 5}
    assert result["state"][hexed(A)]["balance"] == "0x0"


def test_depth_1024_is_the_last() -> None:
    codes = {A: account(call(A) + "POP 1 SLOAD 1 ADD 1 SSTORE STOP")}
    result = run(request("Osaka", codes, {"gas": hex(1 << 40)}))
    messages = result["calls"][0]["messages"]
    assert [message["depth"] for message in messages] == list(range(1026))
    assert [message["status"] for message in messages] == ["success"] * 1025 + ["refused"]
    assert slots(result, A) == {1: 1025}


def test_a_failed_frame_is_undone_whole() -> None:
    """Value, slots, logs, transient slots, warm marks, accounts created: nothing of it is left."""
    deeds = f"1 1 SSTORE 1 1 TSTORE 0 0 LOG0 {C} BALANCE POP {call(C, 1)} POP 0 0 0 CREATE POP "
    look = f"GAS {C} BALANCE POP GAS SWAP1 SUB {keep(5)}"
    for end in ("INVALID", "0 0 REVERT"):
        codes = {A: account(call(B, 2, "500000") + keep(0) + look, balance=5), B: account(deeds + end, balance=3), C: account()}
        result = run(request("Osaka", codes))
        assert slots(result, A) == {5: 2600 + 3 + 2 + 2}
        assert (slots(result, B), result["calls"][0]["logs"]) == ({}, [])
        assert [result["state"][hexed(each)]["balance"] for each in (A, B)] == ["0x5", "0x3"]
        assert result["state"][hexed(B)]["nonce"] == "0x0"


def test_re_entrancy_sees_the_same_slots() -> None:
    codes = {
        A: account(
            f"CALLDATASIZE @again JUMPI 1 0 SSTORE {call(B)} POP 0 SLOAD {keep(1)} STOP again: 0 SLOAD 41 ADD {keep(0)} STOP"
        ),
        B: account(call(A, given=1)),
    }
    assert slots(run(request("Osaka", codes)), A) == {0: 42, 1: 42}


def test_value_to_oneself() -> None:
    codes = {
        A: account(f"CALLDATASIZE @again JUMPI {call(A, 5, given=1)} {keep(0)} STOP again: SELFBALANCE {keep(1)} STOP", balance=5)
    }
    result = run(request("Osaka", codes))
    assert (slots(result, A), result["state"][hexed(A)]["balance"]) == ({0: 1, 1: 5}, "0x5")


@pytest.mark.parametrize(
    ("fork", "value", "exists", "surcharge"),
    [
        ("Homestead", 0, False, 25000),
        ("TangerineWhistle", 0, False, 25000),
        ("SpuriousDragon", 0, False, 0),
        ("SpuriousDragon", 1, False, 25000 + 9000 - 2300),
        ("SpuriousDragon", 1, True, 9000 - 2300),
        ("Homestead", 1, True, 9000 - 2300),
    ],
)
def test_new_accounts(fork: str, value: int, exists: bool, surcharge: int) -> None:
    codes = {A: account(call(C, value, "1000") + "POP STOP", balance=5)}
    if exists:
        codes[C] = account(balance=1)
    left = int(run(request(fork, codes))["calls"][0]["gas_left"], 16)
    base = 40 if fork == "Homestead" else 700
    assert 1_000_000 - left == 7 * 3 + 2 + base + surcharge


def test_a_delegation_runs_another_code() -> None:
    def delegated(target: int) -> dict[str, object]:
        return {**account(balance=4), "code": "0xef0100" + f"{target:040x}"}

    codes = {A: account(call(B) + keep(0)), B: delegated(C), C: account("ADDRESS 3 SSTORE STOP")}
    result = run(request("Prague", codes))
    assert (slots(result, A), slots(result, B), slots(result, C)) == ({0: 1}, {3: B}, {})
    assert result["calls"][0]["messages"][1]["to"] == hexed(B)
    for target, success in ((4, {0: 1}), (B, {}), (0x1234, {0: 1})):  # a precompile, a designator, no code
        codes[B] = delegated(target)
        assert slots(run(request("Prague", codes)), A) == success
    codes[B] = delegated(C)
    assert slots(run(request("Cancun", codes)), A) == {}  # there 0xef is no instruction


def test_a_delegation_to_a_precompile_runs_nothing_even_if_that_has_code() -> None:
    """The execution-specs run nothing there; no chain has code at a precompile, and revm would run it."""
    delegated = {**account(balance=4), "code": "0xef0100" + f"{4:040x}"}
    document = request("Prague", {A: account(call(B) + keep(0)), B: delegated, 4: account("INVALID")})
    assert slots(machine.execute(document, [], translate=translator("Prague")), A) == {0: 1}


def test_the_delegation_costs_an_access() -> None:
    designator = {**account(balance=4), "code": "0xef0100" + f"{C:040x}"}
    look = f"GAS {call(B, gas='5000')} POP GAS SWAP1 SUB {keep(0)}" + f"GAS {call(B, gas='5000')} POP GAS SWAP1 SUB {keep(1)}"
    codes = {A: account(look), B: designator, C: account("STOP")}
    found = slots(run(request("Prague", codes)), A)
    assert (found[0] - found[1], found[1]) == (5000, 200 + 7 * 3 + 2 + 2)


def test_precompiles_are_called() -> None:
    codes = {A: account(f"0x1234 0 MSTORE {call(4, 1, given=32, out=(32, 32))} {keep(0)} 32 MLOAD {keep(1)}", balance=2)}
    result = run(request("Osaka", codes))
    assert slots(result, A) == {0: 1, 1: 0x1234}
    assert result["state"][hexed(4)]["balance"] == "0x1"
    failing = {A: account(call(9, 1, "10000", given=32) + keep(0) + "RETURNDATASIZE " + keep(1), balance=2)}
    result = run(request("Osaka", failing))
    assert (slots(result, A), result["state"][hexed(A)]["balance"]) == ({}, "0x2")
    assert result["calls"][0]["messages"][1]["status"] == "halt"
