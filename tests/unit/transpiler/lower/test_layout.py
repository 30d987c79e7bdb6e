"""Layout: what falls through, what is repeated, and what is left out."""

from __future__ import annotations

import pytest

from transpiler.lower.chunks import Chunk
from transpiler.lower.draft import CODES, Draft, Row
from transpiler.lower.layout import Placement
from zkvm.isa.table import BY_CODE


def chunk(*names: str, head: bool = False, to: list[Chunk] | None = None, gas: int = 0) -> Chunk:
    return Chunk(0, False, head, [Row(CODES[name]) for name in names], to or [], gas=gas)


def placed(order: list[Chunk]) -> list[tuple[str, int]]:
    draft = Draft()
    Placement(draft, order).place(order)
    return [(BY_CODE[row.op].name, row.gas) for row in draft.chained]


def test_a_chunk_falls_into_the_next() -> None:
    end = chunk("STOP")
    assert placed([chunk("REGION", head=True, to=[end], gas=3), end]) == [("REGION", 0), ("STOP", 3)]


def test_a_short_end_is_repeated_where_it_does_not_follow() -> None:
    end = chunk("STOP")
    other = chunk("REGION", head=True, to=[end], gas=5)
    order = [chunk("REGION", head=True, to=[end], gas=3), other, end]
    assert placed(order) == [("REGION", 0), ("STOP", 3), ("REGION", 5), ("STOP", 0)]


def test_an_end_that_every_way_repeats_is_left_out() -> None:
    """The lint refuses rows that no path inside a region leads to."""
    end = chunk("STOP")
    order = [chunk("REGION", head=True, to=[end], gas=3), chunk("REGION", "HALT", head=True), end]
    assert placed(order)[:2] == [("REGION", 0), ("STOP", 3)]
    assert [name for name, _ in placed(order)].count("STOP") == 1


@pytest.mark.parametrize("name", ["GAS", "SSTORE", "CALL", "CREATE"])
def test_gas_behind_an_observer_has_a_row_of_its_own(name: str) -> None:
    """What falls into a join charges its gas before; on the observer it would be charged before that observes."""
    join = chunk("STOP")
    other = chunk("REGION", "MLOAD", head=True, to=[join], gas=7)
    first = chunk("REGION", name, head=True, to=[join], gas=5)
    rows = placed([other, first, join, chunk("REGION", "MLOAD", head=True, to=[join])])
    at = [each for each, _ in rows].index(name)
    assert rows[at : at + 2] == [(name, 0), ("CHARGE", 5)]
