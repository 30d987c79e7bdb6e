"""Regions as text."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import function
from transpiler.lower.regions import form_regions
from transpiler.lower.text import describe


def test_blocks_and_what_follows() -> None:
    piece = "b0:\n v1 = ENV.CALLER\n JUMP b1(v1)\nb1(v2):\n v3 = SUB v2 0x1\n BRANCH v2 b2 b3\nb2:\n JUMP b1(v3)\nb3:\n REVERT 0x0 0x0"
    assert describe(form_regions(function(piece), 1500)).splitlines() == [
        "regions 2", "region b0 @0x0", "  b0 -> >b1", "region b1 @0x0", "  b1 -> b2 b3", "  b3 cold", "  b2 -> >b1",
    ]  # fmt: skip
