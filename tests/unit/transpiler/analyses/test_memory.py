"""Addresses and what may overlap."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import function
from transpiler.analyses.memory import Address, Addresses, Range, disjoint
from zkvm.word import MASK


def test_addresses() -> None:
    piece = function(
        "b0:\n v1 = ENV.CALLER\n v2 = ADD v1 0x20\n v3 = ADD 0x40 v2\n v4 = ADD v3 v1\n v5 = SUB v3 0x2\n SSTORE v4 0x60\n STOP"
    )
    addresses = Addresses(piece)
    assert addresses.address(3) == Address(1, 0x60)
    assert addresses.address(4) == Address(4, 0)
    assert addresses.address(5) == Address(1, 0x5E)
    (constant,) = [value for value, number in piece.constants.items() if number == 0x60]
    assert addresses.address(constant) == Address(None, 0x60)


def test_disjoint() -> None:
    for base in (None, 7):
        written = Range(Address(base, 0x20), 0x20)
        assert disjoint(written, Address(base, 0x40))
        assert disjoint(written, Address(base, 0))
        assert not disjoint(written, Address(base, 1))
        assert not disjoint(written, Address(base, 0x3F))
    assert not disjoint(Range(Address(1, 0), 32), Address(2, 64))
    assert not disjoint(Range(Address(None, 0), None), Address(None, 64))
    assert disjoint(Range(Address(3, 0), 0), Address(None, 64))
    assert not disjoint(Range(Address(1, MASK - 15), 32), Address(1, 0))
