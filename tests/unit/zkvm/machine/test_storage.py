"""SLOAD, SSTORE, transient storage: gas and refunds by rule set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zkvm.isa.rules import rules_of
from zkvm.machine.storage import sstore_price

from .conftest import CONTRACT

Run = Callable[..., dict[str, Any]]

# Source: the tables of test cases in EIP-1283, EIP-2200 and EIP-3529 (each is: original, written words, gas used, refund).
# Their code pushes two words for each SSTORE (3 gas each), which is taken away here.
EIP2200 = [
    (0, [0, 0], 1612, 0),
    (0, [0, 1], 20812, 0),
    (0, [1, 0], 20812, 19200),
    (0, [1, 2], 20812, 0),
    (0, [1, 1], 20812, 0),
    (1, [0, 0], 5812, 15000),
    (1, [0, 1], 5812, 4200),
    (1, [0, 2], 5812, 0),
    (1, [2, 0], 5812, 15000),
    (1, [2, 3], 5812, 0),
    (1, [2, 1], 5812, 4200),
    (1, [2, 2], 5812, 0),
    (1, [1, 0], 5812, 15000),
    (1, [1, 2], 5812, 0),
    (1, [1, 1], 1612, 0),
    (0, [1, 0, 1], 40818, 19200),
    (1, [0, 1, 0], 10818, 19200),
]
EIP1283 = [
    (0, [0, 0], 412, 0),
    (0, [0, 1], 20212, 0),
    (0, [1, 0], 20212, 19800),
    (0, [1, 2], 20212, 0),
    (0, [1, 1], 20212, 0),
    (1, [0, 0], 5212, 15000),
    (1, [0, 1], 5212, 4800),
    (1, [0, 2], 5212, 0),
    (1, [2, 0], 5212, 15000),
    (1, [2, 3], 5212, 0),
    (1, [2, 1], 5212, 4800),
    (1, [2, 2], 5212, 0),
    (1, [1, 0], 5212, 15000),
    (1, [1, 2], 5212, 0),
    (1, [1, 1], 412, 0),
    (0, [1, 0, 1], 40218, 19800),
    (1, [0, 1, 0], 10218, 19800),
]
EIP3529 = [
    (0, [0, 0], 212, 0),
    (0, [0, 1], 20112, 0),
    (0, [1, 0], 20112, 19900),
    (0, [1, 2], 20112, 0),
    (0, [1, 1], 20112, 0),
    (1, [0, 0], 3012, 4800),
    (1, [0, 1], 3012, 2800),
    (1, [0, 2], 3012, 0),
    (1, [2, 0], 3012, 4800),
    (1, [2, 3], 3012, 0),
    (1, [2, 1], 3012, 2800),
    (1, [2, 2], 3012, 0),
    (1, [1, 0], 3012, 4800),
    (1, [1, 2], 3012, 0),
    (1, [1, 1], 212, 0),
    (0, [1, 0, 1], 40118, 19900),
    (1, [0, 1, 0], 5918, 7600),
]


def cases() -> list[tuple[str, int, list[int], int, int]]:
    table = [("Constantinople", EIP1283), ("Istanbul", EIP2200), ("London", EIP3529), ("Osaka", EIP3529)]
    return [(fork, *case) for fork, listing in table for case in listing]


@pytest.mark.parametrize(("fork", "original", "writes", "gas", "refund"), cases())
def test_net_metering(fork: str, original: int, writes: list[int], gas: int, refund: int) -> None:
    used = returned = 0
    current = original
    for word in writes:
        price, back = sstore_price(rules_of(fork), original, current, word)
        used, returned, current = used + price, returned + back, word
    assert (used + 6 * len(writes), returned) == (gas, refund)


@pytest.mark.parametrize("fork", ["Frontier", "Byzantium", "Petersburg"])
def test_before_net_metering(fork: str) -> None:
    prices = [sstore_price(rules_of(fork), 1, *pair) for pair in ((0, 1), (1, 0), (1, 1), (0, 0), (1, 2))]
    assert prices == [(20000, 0), (5000, 15000), (5000, 0), (5000, 0), (5000, 0)]


def gas_used(result: dict[str, Any]) -> int:
    return 10_000_000 - int(result["calls"][0]["gas_left"], 16)


def test_cold_then_warm(run: Run) -> None:
    assert gas_used(run("%a = SLOAD $0x1 gas=100\n%b = SLOAD $0x1 gas=100\nSTOP")) == 2200
    assert gas_used(run("%a = SLOAD $0x1 gas=100\nSSTORE $0x1, $0x7\nSTOP")) == 2100 + 2900
    assert gas_used(run("SSTORE $0x1, $0x7\n%a = SLOAD $0x1 gas=100\nSTOP")) == 5000 + 100
    assert gas_used(run("SSTORE $0x1, $0x5\nSTOP")) == 2200
    assert gas_used(run("SSTORE $0x2, $0x5\nSTOP")) == 22100
    assert gas_used(run("%a = SLOAD $0x1 gas=800\nSTOP", "Istanbul")) == 800


def test_the_sentry(run: Run) -> None:
    for fork, gas, status in [("Istanbul", 2300, "halt"), ("Istanbul", 2301, "success"), ("Constantinople", 2300, "success")]:
        assert run("SSTORE $0x1, $0x5\nSTOP", fork, gas=hex(gas))["calls"][0]["status"] == status
    assert run("SSTORE $0x1, $0x5 gas=1\nSTOP", "Istanbul", gas=hex(2301))["calls"][0]["status"] == "halt"


def test_state_after(run: Run) -> None:
    result = run("SSTORE $0x1, $0x0\nSSTORE $0x2, $0x7\nSTOP")
    assert result["state"][CONTRACT]["storage"] == {"0x2": "0x7"}
    assert result["calls"][0]["refund"] == hex(4800)


def test_transient_storage(run: Run) -> None:
    result = run("TSTORE $0x1, $0x9\n%a = TLOAD $0x1\n%b = TLOAD $0x2\nSSTORE $0x9, %a\nSSTORE $0x8, %b\nSTOP")
    assert result["state"][CONTRACT]["storage"] == {"0x1": "0x5", "0x9": "0x9"}
