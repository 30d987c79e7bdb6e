"""What a transaction's type makes of its members (ISA 8.10)."""

from __future__ import annotations

from typing import Any

import pytest

from zkvm.host.environment import Environment
from zkvm.host.transaction import Authorization, Transaction

A = "0x" + "0a" * 20
SIGNED = Authorization(1, A, 0, 0, 1, 1)
MARKET: dict[str, Any] = {"max_fee_per_gas": 9, "max_priority_fee_per_gas": 2}
WHOLE: dict[str, Any] = {"access_list": ((A, (7,)),), "blob_hashes": (bytes(32),), "authorizations": (SIGNED,)}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"gas_price": 1}, 0),
        ({"gas_price": 1, "access_list": ()}, 1),
        (MARKET, 2),
        ({**MARKET, "access_list": ()}, 2),
        ({"gas_price": 1, "blob_hashes": ()}, 3),
        ({**MARKET, "max_fee_per_blob_gas": 0}, 3),
        ({**MARKET, **WHOLE}, 4),
        ({**MARKET, **WHOLE, "type": 1}, 1),
    ],
)
def test_the_type_is_stated_or_the_newest_asked_for(members: dict[str, Any], kind: int) -> None:
    assert Transaction(0, 21000, **members).kind == kind


def test_members_that_its_type_does_not_have_are_not_its_own() -> None:
    for kind, (accesses, blobs, authorizations) in enumerate(((0, 0, 0), (1, 0, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1))):
        transaction = Transaction(0, 21000, **MARKET, **WHOLE, type=kind)
        own = (transaction.own_accesses, transaction.own_blobs, transaction.own_authorizations)
        assert tuple(map(len, own)) == (accesses, blobs, authorizations)
        assert transaction.max_priority_fee == (2 if kind > 1 else None)


def test_the_highest_price() -> None:
    assert Transaction(0, 21000, gas_price=5).max_fee == 5
    assert Transaction(0, 21000, gas_price=5, type=2).max_priority_fee is None
    assert Transaction(0, 21000, **MARKET).max_fee == 9


def test_an_environment_with_other_members() -> None:
    plain = Environment(block_hashes=((4, b"\x01" * 32),))
    assert plain.with_members(()) == plain
    assert plain.with_members((("number", 5), ("coinbase", A))) == Environment(5, coinbase=A, block_hashes=plain.block_hashes)
    assert (plain.block_hash(4), plain.block_hash(5)) == (b"\x01" * 32, bytes(32))
