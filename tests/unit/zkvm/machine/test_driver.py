"""The driver: order of messages, gas that runs out anywhere, steps, what a run asks for (ISA 8.4, 8.11, 8.12, 9.9)."""

from __future__ import annotations

from collections import Counter

import pytest

from zkvm import machine, proof
from zkvm.program import Kind, Program

from .test_creates import create
from .tree import A, B, C, account, call, hexed, keep, request, run, slots, translator

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def busy(fork: str) -> dict[int, dict[str, object]]:
    """A tree with every kind of message that the rule set has, some of which fail."""
    delegate = call(C, kind="DELEGATECALL", gas="9000") + "POP " if fork != "Frontier" else ""
    static = (
        call(C, kind="STATICCALL", gas="9000") + "POP RETURNDATASIZE POP "
        if fork not in ("Frontier", "Homestead", "SpuriousDragon")
        else ""
    )
    inner = "1 0 SSTORE 0x5b 0 MSTORE8 1 0 RETURN"
    after = create(inner, 1) + keep(1) + static + call(B, 0, "20000") + keep(2)
    last = call(4, 1, "100", given=5) + keep(3) + call(C, 1, "30000", kind="CALLCODE")
    return {
        A: account(call(B, 1, "150000") + keep(0) + after, balance=9, nonce=1),
        B: account("0 1 SSTORE " + delegate + last + "POP STOP", storage={1: 5}),
        C: account(f"7 5 SSTORE 0 0 LOG0 {B} SELFDESTRUCT", balance=3),
    }


@pytest.mark.long
@pytest.mark.parametrize("fork", ["Frontier", "Homestead", "SpuriousDragon", "Istanbul", "London", "Osaka"])
def test_out_of_gas_at_each_point(fork: str) -> None:
    statuses: Counter[str] = Counter()
    shapes = set()
    for gas in range(0, 280_000, 997):
        result = run(request(fork, busy(fork), {"gas": hex(gas)}))
        statuses[result["calls"][0]["status"]] += 1
        shapes.add(tuple(message["status"] for message in result["calls"][0]["messages"]))
    assert min(statuses["halt"], statuses["success"]) > 20
    assert len(shapes) > 3


def test_messages_are_listed_as_they_begin() -> None:
    codes = {A: account(call(B) + call(4, given=2) + "STOP"), B: account(call(C, 5) + call(C, kind="STATICCALL") + "3 0 REVERT")}
    messages = run(request("Osaka", codes, {"data": "0x0102"}))["calls"][0]["messages"]
    shape = [(each["depth"], each["kind"], int(each["to"], 16), each["status"], each["output"]) for each in messages]
    assert shape == [
        (0, "call", A, "success", "0x"),
        (1, "call", B, "revert", "0x000000"),
        (2, "call", C, "refused", "0x"),
        (2, "staticcall", C, "success", "0x"),
        (1, "call", 4, "success", "0x0000"),
    ]
    assert messages[0]["input"] == "0x0102"
    assert messages[2]["value"] == "0x5"


def test_code_met_at_run_time_is_asked_for_once() -> None:
    document = request(
        "Osaka", {A: account(call(B) + call(C) + "STOP"), B: account("1 0 SSTORE STOP"), C: account("1 0 SSTORE STOP")}, {}, {}
    )
    asked: list[tuple[bytes, Kind]] = []
    translate = translator("Osaka")

    def answer(code: bytes, kind: Kind) -> Program | None:
        asked.append((code, kind))
        return translate(code, kind)

    result = machine.execute(document, [], translate=answer)
    assert len(asked) == 2
    assert (slots(result, B), slots(result, C)) == ({0: 1}, {0: 1})


def test_without_a_program_the_calls_before_count() -> None:
    document = request(
        "Osaka", {A: account(call(B) + "STOP"), B: account("1 0 SSTORE STOP")}, {"to": hexed(C), "value": "0x4"}, {}
    )
    first = translator("Osaka")(bytes.fromhex(document["state"][hexed(A)]["code"][2:]), "runtime")
    assert first is not None
    result = machine.execute(document, [first])
    assert result["missing_code"] == {"code": document["state"][hexed(B)]["code"], "kind": "runtime"}
    assert [each["status"] for each in result["calls"]] == ["success"]
    assert result["state"][hexed(C)]["balance"] == "0x4"
    assert slots(result, B) == {}


def test_steps_count_nested_frames_and_are_limited() -> None:
    codes = {A: account("1 0 SSTORE " + call(B) + "STOP"), B: account("1 0 SSTORE STOP")}
    document = request("Osaka", codes)
    steps = run(document)["calls"][0]["steps"]
    translate = translator("Osaka")
    assert machine.execute(document, [], steps, translate=translate)["unsupported"] is None
    stopped = machine.execute(document, [], steps - 1, translate=translate)
    assert (stopped["unsupported"]["code"], stopped["calls"], slots(stopped, A)) == ("step-limit", [], {})
    inside = machine.execute(document, [], steps // 2 + 2, translate=translate)["unsupported"]
    assert inside["code"] == "step-limit"


def test_the_observer_sees_the_own_frame_of_a_transaction() -> None:
    document = request("Osaka", {A: account(call(A, gas="0") + "POP STOP")})
    seen: list[tuple[int, int]] = []
    result = machine.execute(document, [], observe=lambda index, pc: seen.append((index, pc)), translate=translator("Osaka"))
    identifiers = [pc for _, pc in seen]
    assert identifiers == sorted(set(identifiers))
    assert result["calls"][0]["steps"] > len(seen)


def test_balances_have_a_limit() -> None:
    codes = {A: account(call(B, 1) + "STOP", balance=1), B: account("STOP", balance=(1 << 256) - 1)}
    found = machine.execute(request("Osaka", codes), [], translate=translator("Osaka"))
    assert (found["unsupported"]["code"], found["calls"]) == ("balance-limit", [])
