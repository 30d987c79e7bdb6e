"""Shrinking keeps the mismatch and drops what it does not need."""

from __future__ import annotations

from dataclasses import replace

from audit.differential.compare import Mismatch
from audit.differential.shrink import shrink
from audit.inputs.calls import FRAME_GAS
from zkvm.host.environment import Environment
from zkvm.host.request import Call, Request
from zkvm.host.transaction import Transaction

CALLER, ORIGIN, TO = (f"0x{number:040x}" for number in (1, 2, 3))
TAKES = b"\1\2\3\4"


def call(data: bytes, value: int = 0) -> Call:
    return Call(CALLER, ORIGIN, TO, value, data, 16)


def request(*calls: Call, env: Environment | None = None) -> Request:
    return Request("Osaka", env or Environment(), TO, {}, calls)


def judge(request: Request) -> Mismatch | None:
    """A fault that shows when a call with selector 01020304 and a first word over 255 follows one with value."""
    paid = False
    for index, each in enumerate(request.calls):
        if paid and each.data[:4] == TAKES and int.from_bytes(each.data[4:36], "big") > 255:
            return Mismatch(index, "status", "", "halt", "success", "f")
        paid = paid or each.value != 0
    return None


def test_the_smallest_request_is_found() -> None:
    noise = [call(b"\xaa" * 4) for _ in range(6)]
    words = (1 << 200).to_bytes(32, "big") + (77).to_bytes(32, "big")
    long = call(TAKES + words + b"\xff" * 5)
    whole = request(*noise, call(b"", 1), *noise, long, *noise, env=Environment(number=5))
    found = judge(whole)
    assert found is not None
    small, mismatch = shrink(whole, found, judge)
    assert mismatch.call == 1
    assert [each.value for each in small.calls] == [1, 0]
    assert all((each.gas, each.origin) == (FRAME_GAS, CALLER) for each in small.calls)
    last = small.calls[1].data
    assert 255 < int.from_bytes(last[4:36], "big") < 512
    assert last[36:] in (b"", bytes(32))
    assert small.env == Environment()


def test_transactions_keep_their_gas() -> None:
    """They state none: their limit is their own."""
    shaped = replace(call(TAKES + b"\xff" * 32), gas=None, transaction=Transaction(0, 50_000, gas_price=9))
    whole = request(call(b"", 1), shaped)
    found = judge(whole)
    assert found is not None
    last = shrink(whole, found, judge)[0].calls[-1]
    assert (last.gas, last.transaction, len(last.data)) == (None, shaped.transaction, 36)


def test_a_budget_is_kept() -> None:
    runs = 0

    def counting(request: Request) -> Mismatch | None:
        nonlocal runs
        runs += 1
        return judge(request)

    whole = request(call(b"", 1), call(TAKES + b"\xff" * 32))
    shrink(whole, Mismatch(1, "status", "", "halt", "success", "f"), counting, budget=3)
    assert runs == 3
