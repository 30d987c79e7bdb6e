"""The solvers on a loop, and the scope of values around shared code."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import function
from transpiler.analyses.dataflow import Scope, Shape, solve_backward, solve_forward
from transpiler.ssa.ir import BlockId

LOOP = "b0:\n JUMP b1\nb1:\n v1 = ENV.CALLER\n BRANCH v1 b2 b3\nb2:\n JUMP b1\nb3:\n STOP"


def test_forward_and_backward() -> None:
    shape = Shape(function(LOOP))
    passed = solve_forward(
        shape, lambda _block, facts: frozenset.intersection(*facts) if facts else frozenset(), lambda block, fact: fact | {block}
    )
    assert passed[BlockId(3)] == {0, 1}
    later = solve_backward(shape, lambda _block, facts: frozenset[BlockId]().union(*facts), lambda block, fact: fact | {block})
    assert later[BlockId(0)] == {1, 2, 3}
    assert later[BlockId(3)] == frozenset()


def test_scope() -> None:
    scope = Scope(
        function(
            "b0:\n v1 = ENV.CALLER\n INVOKE b1(&b2) resumes b2\nb1(v2):\n v3 = ENV.ORIGIN\n RETURNTO v2 b2\nb2:\n SSTORE 0x0 v1\n STOP"
        )
    )
    assert scope.visible(1, BlockId(2))
    assert not scope.visible(3, BlockId(2))
