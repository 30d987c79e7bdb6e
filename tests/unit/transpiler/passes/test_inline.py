"""Inlining of small shared code."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import equal, function, stays
from transpiler.passes.inline import inline
from transpiler.passes.simplify import simplify
from transpiler.ssa.verify import verify, verify_gas

TWICE = (
    "b0:\n v1 = ENV.CALLER\n INVOKE b1(&b2 v1) resumes b2 +8\nb1(v2 v3):\n v4 = ADD v3 0x1\n BRANCH v3 b4(v4) b5\nb4(v5):\n"
    " RETURNTO v2 b2(v5) b3(v5) +8\nb5:\n HALT\nb2(v6):\n INVOKE b1(&b3 v6) resumes b3 +8\nb3(v7):\n SSTORE v1 v7\n STOP"
)


def test_two_callers() -> None:
    before = verify(function(TWICE))
    after = verify(inline(before))
    verify_gas(before, after)
    equal(before, after)
    simple = verify(simplify(after))
    verify_gas(after, simple)
    equal(before, simple)
    kinds = {block.term.kind for block in simple.blocks.values()}
    assert kinds == {"BRANCH", "HALT", "STOP"}
    assert not simple.labels


def test_large_code_stays() -> None:
    body = "".join(f" v{index} = ADD v{index - 1} 0x{index}\n" for index in range(10, 160))
    stays(
        inline,
        f"b0:\n v1 = ENV.CALLER\n INVOKE b1(&b2 v1) resumes b2\nb1(v2 v9):\n{body} RETURNTO v2 b2(v159) b3(v159)\n"
        "b2(v6):\n INVOKE b1(&b3 v6) resumes b3\nb3(v7):\n SSTORE v1 v7\n STOP",
    )
