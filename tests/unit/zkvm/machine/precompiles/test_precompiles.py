"""Precompiles give what revm gives, in success, output and gas, under each rule set that prices them otherwise (ISA 9.7)."""

from __future__ import annotations

import sys
from typing import Any, Final

import pytest

from audit.differential import oracle
from zkvm import machine, proof
from zkvm.isa.rules import PRECOMPILES, rules_of
from zkvm.machine.precompiles import run_precompile
from zkvm.machine.precompiles.gas import PRICES

from ..tree import account, hexed, request
from .inputs import MAKERS, inputs

_REPRICED: Final = {
    "MODEXP": ("Byzantium", "Istanbul", "Berlin", "Prague", "Osaka"),
    "BN254_ADD": ("Byzantium", "Istanbul"),
    "BN254_MUL": ("Byzantium", "Istanbul"),
    "BN254_PAIRING": ("Byzantium", "Istanbul"),
}
_SLOW: Final = ("BN254_PAIRING", "POINT_EVALUATION", "BLS12_G2MSM", "BLS12_PAIRING_CHECK", "BLS12_MAP_FP2_TO_G2")
"""Those of which an input takes a good part of a second."""


def test_each_precompile_is_made_and_priced() -> None:
    names = {name for _, name, _, _ in PRECOMPILES}
    assert names == MAKERS.keys() == PRICES.keys()


@pytest.mark.long
@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize(("address", "name", "since"), [row[:3] for row in PRECOMPILES])
def test_as_revm(address: int, name: str, since: str) -> None:
    statuses = set()
    for data in inputs(name, 8 if name in _SLOW else 40):
        for fork in _REPRICED.get(name, (since,)):
            calls = [{"to": hexed(address), "data": "0x" + data.hex(), "gas": gas} for gas in ("0x1000000", "0xc8")]
            document = request(fork, {address: account(balance=1)}, *calls)
            result, expected = machine.execute(document, []), oracle.run(document)
            for ours, theirs in zip(result["calls"], expected["calls"], strict=True):
                assert without_steps(ours) == without_steps(theirs), (fork, data.hex())
                statuses.add((ours["status"], ours["return_data"] != "0x"))
    assert ("success", True) in statuses
    assert ("halt", False) in statuses or name in ("SHA256", "IDENTITY")


def without_steps(call: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in call.items() if name != "steps"}


@pytest.mark.parametrize(
    ("sizes", "exponent", "prices"),
    [  # base and modulus bytes, exponent; gas in Byzantium, Berlin, Osaka, by hand from EIP-198, 2565, 7883
        ((64, 1, 64), 2, (204, 200, 500)),
        ((64, 1, 64), 255, (64 * 64 * 7 // 20, 64 * 7 // 3, 128 * 7)),
        ((32, 32, 32), (1 << 256) - 1, (32 * 32 * 255 // 20, 16 * 255 // 3, 16 * 255)),
        ((1024, 40, 1024), 1 << 319, (357_376 * (64 + 255) // 20, 16384 * 319 // 3, 32768 * (128 + 255))),
        ((0, 0, 0), 0, (0, 200, 500)),
    ],
)
def test_prices_of_modexp(sizes: tuple[int, int, int], exponent: int, prices: tuple[int, int, int]) -> None:
    base, size, modulus = sizes
    data = (
        b"".join(each.to_bytes(32, "big") for each in sizes) + b"\xff" * base + exponent.to_bytes(size, "big") + b"\xff" * modulus
    )
    found = tuple(PRICES["MODEXP"](data, rules_of(fork)) for fork in ("Byzantium", "Berlin", "Osaka"))
    expected = list(prices)
    expected[1], expected[2] = max(200, expected[1]), max(500, expected[2])
    assert found == tuple(expected)


def test_gas_that_does_not_suffice_is_lost() -> None:
    for gas, status, left in ((3000, "success", 0), (3001, "success", 1), (2999, "halt", 0)):
        outcome = run_precompile(1, b"", gas, rules_of("Osaka"))
        assert (outcome.status, outcome.output, outcome.gas_left) == (status, b"", left)


def test_the_recursion_limit_stays() -> None:
    limit = sys.getrecursionlimit()
    assert run_precompile(6, b"", 500, rules_of("Osaka")).success
    assert sys.getrecursionlimit() == limit
