"""Unrolling of small loops."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.lower.contracts import random_contract
from tests.unit.transpiler.lower.pieces import names, program, same
from tests.unit.transpiler.passes.pieces import equal, function
from transpiler.passes import unroll as module
from transpiler.passes.simplify import simplify
from transpiler.passes.unroll import unroll
from transpiler.pipeline import PASSES, UNROLL, lift_traced
from transpiler.ssa.ir import Function
from transpiler.ssa.text import write
from transpiler.ssa.verify import verify, verify_gas

COUNT = (
    "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x1f\n JUMP b1(v2 0x1) +5\n"
    "b1(v3 v4):\n BRANCH v3 b2 b3 +11\n"
    "b2:\n v6 = SUB v3 0x1\n v7 = MUL v4 0x3\n SSTORE 0x7 v7 +1\n JUMP b1(v6 v7) +8\n"
    "b3:\n v9 = ADD v4 0x5\n MGROW 0x0 0x20\n MSTORE 0x0 v9 +3\n RETURN 0x0 0x20"
)
BOTTOM = (
    "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0xf\n JUMP b1(v2)\n"
    "b1(v3):\n v4 = ADD v3 0x1\n v5 = LT v4 0x14\n SSTORE v3 v4 +9\n BRANCH v5 b1(v4) b2 +11\n"
    "b2:\n SSTORE 0x1 v4 +2\n STOP"
)


def _smooth(piece: Function) -> Function:
    """As the pipeline has it: the joints of the turns are smoothed."""
    return simplify(unroll(piece))


def checked(piece: str) -> tuple[Function, Function]:
    """The piece and what becomes of it, verified, with the same gas and the same behaviour."""
    before = verify(function(piece))
    after = verify(unroll(before))
    verify_gas(before, after)
    equal(before, after)
    equal(before, verify(_smooth(before)))
    return before, after


@pytest.mark.parametrize("piece", [COUNT, BOTTOM])
def test_turns(piece: str) -> None:
    before, after = checked(piece)
    size = len(before.blocks) - 2
    assert len(after.blocks) == len(before.blocks) + size * (module.TURNS - 1)
    assert after.copies


def test_fewer_registers_move() -> None:
    same(COUNT)
    before, after = function(COUNT), _smooth(function(COUNT))
    assert len(after.blocks) > len(before.blocks)
    rows = names(program(COUNT))
    assert rows.count("REGION") == 2


@pytest.mark.parametrize(
    "piece",
    [
        # two ways back
        (
            "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2)\nb1(v3):\n v4 = SUB v3 0x1\n v5 = SLOAD v3 +1\n BRANCH v3 b2 b3\n"
            "b2:\n BRANCH v5 b1(v4) b4\nb4:\n JUMP b1(v4)\nb3:\n STOP"
        ),
        # used where another way leads too
        (
            "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2)\nb1(v3):\n v4 = SUB v3 0x1\n v9 = SLOAD v3 +1\n BRANCH v3 b2 b3\n"
            "b2:\n BRANCH v9 b4 b5\nb4:\n JUMP b6\nb5:\n JUMP b1(v4)\nb3:\n JUMP b6\nb6:\n SSTORE 0x1 v9\n STOP"
        ),
        # no loop
        "b0:\n STOP",
    ],
)
def test_what_stays(piece: str) -> None:
    before, after = checked(piece)
    assert after is before


def test_only_the_inner_of_two_loops() -> None:
    before, after = checked(
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x3\n JUMP b1(v2)\nb1(v3):\n v4 = SUB v3 0x1\n BRANCH v3 b2(0x2) b5\n"
        "b2(v6):\n v7 = SUB v6 0x1\n SSTORE v6 v3 +5\n BRANCH v7 b2(v7) b3\nb3:\n JUMP b1(v4)\nb5:\n STOP"
    )
    assert len(after.blocks) == len(before.blocks) + module.TURNS - 1


def test_a_large_loop_stays() -> None:
    body = "".join(f" SSTORE 0x{i:x} v3 +1\n" for i in range(60))
    piece = f"b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x3\n JUMP b1(v2)\nb1(v3):\n v4 = SUB v3 0x1\n{body} BRANCH v3 b1(v4) b2\nb2:\n STOP"
    before, after = checked(piece)
    assert after is before


def test_random_contracts() -> None:
    for seed in range(40):
        before = lift_traced(random_contract(seed), "Osaka", "runtime", passes=PASSES[: PASSES.index(UNROLL)]).function
        after = unroll(before)
        verify(after)
        verify(_smooth(before))
        if after is not before:
            verify_gas(before, after)
        assert write(unroll(before)) == write(after)
