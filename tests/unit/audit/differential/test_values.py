"""Values of every ABI type encode."""

from __future__ import annotations

from random import Random

import pytest
from eth_abi.abi import decode, encode

from audit.differential.values import Dictionary, constants_of, draw, split_tuple, type_of

TYPES = [
    "uint256", "uint8", "int128", "int8", "address", "bool", "bytes32", "bytes4", "bytes", "string", "uint256[]", "address[3]", "bytes[][2]",
    "(uint256,address)", "(uint8,(bytes,bool)[],string)[]",
]  # fmt: skip


def dictionary() -> Dictionary:
    return Dictionary((0, 7, (1 << 160) - 1), ("0x" + "11" * 20,))


@pytest.mark.parametrize("kind", TYPES)
def test_values_encode_and_come_back(kind: str) -> None:
    random = Random(3)
    for _ in range(50):
        value = draw(kind, dictionary(), random)
        assert len(decode([kind], encode([kind], [value]))) == 1


def test_tuples_are_spelled_out() -> None:
    components = [{"type": "uint8"}, {"type": "tuple[]", "components": [{"type": "address"}, {"type": "bytes"}]}]
    assert type_of({"type": "tuple[2]", "components": components}) == "(uint8,(address,bytes)[])[2]"
    assert split_tuple("(uint8,(address,bytes)[])") == ["uint8", "(address,bytes)[]"]
    assert split_tuple("()") == []


def test_constants_come_from_pushes() -> None:
    assert constants_of([bytes.fromhex("60076107d0600700")], "Osaka") == (7, 2000)


def test_the_same_seed_gives_the_same_values() -> None:
    first, second = ([draw("(uint256,bytes,address[])", dictionary(), Random(9)) for _ in range(5)] for _ in range(2))
    assert first == second
