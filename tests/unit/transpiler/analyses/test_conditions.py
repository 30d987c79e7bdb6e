"""What branches say."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.passes.pieces import function
from transpiler.analyses.conditions import conditions
from transpiler.ssa.dominance import dominance
from transpiler.ssa.ir import BlockId
from zkvm.word import MASK

ADDRESS = (1 << 160) - 1
CASES = {
    # condition on v1: (bits of v1 known where it holds, where it does not)
    f"v2 = AND v1 {ADDRESS:#x}\n v3 = EQ v1 v2": ((MASK ^ ADDRESS, 0), (0, 0)),
    f"v2 = AND {ADDRESS:#x} v1\n v9 = EQ v2 v1\n v3 = ISZERO v9": ((0, 0), (MASK ^ ADDRESS, 0)),
    "v3 = SHR 0xa0 v1": ((0, 0), (MASK ^ ADDRESS, 0)),
    "v3 = LT v1 0x100": ((MASK ^ 0xFF, 0), (0, 0)),
    "v3 = GT 0x101 v1": ((MASK ^ 0x1FF, 0), (0, 0)),
    "v3 = GT v1 0xff": ((0, 0), (MASK ^ 0xFF, 0)),
    "v3 = LT 0xff v1": ((0, 0), (MASK ^ 0xFF, 0)),
    "v3 = EQ v1 0x7": ((MASK ^ 7, 7), (0, 0)),
    "v3 = SUB 0x7 v1": ((0, 0), (MASK ^ 7, 7)),
    "v3 = AND 0xf0 v1": ((0, 0), (0xF0, 0)),
    "v2 = SHR 0xa0 v1\n v9 = ENV.CALLER\n v3 = OR v9 v2": ((0, 0), (MASK ^ ADDRESS, 0)),
    "v2 = LT v1 0x2\n v9 = ENV.CALLER\n v8 = ISZERO v9\n v3 = AND v8 v2": ((MASK ^ 1, 0), (0, 0)),
}


@pytest.mark.parametrize("condition", CASES)
def test_facts(condition: str) -> None:
    piece = function(f"b0:\n v1 = CALLDATALOAD 0x0\n {condition}\n BRANCH v3 b1 b2\nb1:\n STOP\nb2:\n STOP")
    found = conditions(piece, dominance(piece))
    holds, fails = CASES[condition]
    assert found.refine(1, BlockId(1), (0, 0)) == holds
    assert found.refine(1, BlockId(2), (0, 0)) == fails
    assert found.refine(1, BlockId(0), (0, 0)) == (0, 0)


def test_a_join_knows_nothing_but_its_edge_does() -> None:
    piece = function("b0:\n v1 = CALLDATALOAD 0x0\n v2 = LT v1 0x2\n BRANCH v2 b1(v1) b2\nb1(v3):\n STOP\nb2:\n JUMP b1(0x0)")
    found = conditions(piece, dominance(piece))
    assert found.refine(1, BlockId(1), (0, 0)) == (0, 0)
    assert found.along(1, (BlockId(0), 0), (0, 0)) == (MASK ^ 1, 0)
