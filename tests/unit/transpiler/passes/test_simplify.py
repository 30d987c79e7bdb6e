"""Control-flow simplification."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.simplify import simplify


def test_merge_keeps_gas() -> None:
    becomes(
        simplify,
        "b0:\n v1 = ENV.CALLER\n JUMP b1(v1) +11\nb1(v2):\n SSTORE 0x0 v2 +4\n JUMP b2 +8\nb2:\n STOP +1",
        "b0:\n v1 = ENV.CALLER\n SSTORE 0x0 v1 +15\n STOP +9",
    )


def test_empty_blocks_are_skipped_unless_they_hold_gas() -> None:
    becomes(
        simplify,
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1(v1) b2\nb1(v2):\n JUMP b3(v2 0x1)\nb2:\n JUMP b3(v1 0x2) +8\nb3(v3 v4):\n SSTORE v3 v4\n STOP",
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b3(0x1) b2\nb2:\n JUMP b3(0x2) +8\nb3(v4):\n SSTORE v1 v4\n STOP",
    )


def test_branch_without_choice() -> None:
    becomes(simplify, "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b1 +10\nb1:\n STOP +1", "b0:\n v1 = ENV.CALLER\n STOP +11")


def test_a_loop_keeps_its_parameter() -> None:
    stays(
        simplify,
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2)\nb1(v3):\n v4 = SUB v3 0x1\n SSTORE v3 v4\n"
        " BRANCH v3 b1(v4) b2\nb2:\n STOP",
    )


def test_one_caller_left() -> None:
    becomes(
        simplify,
        "b0:\n v1 = ENV.CALLER\n INVOKE b1(&b2 v1) resumes b2 +8\nb1(v2 v3):\n SSTORE v3 v3\n RETURNTO v2 b2(v3) +8\n"
        "b2(v4):\n SSTORE v4 v1\n STOP",
        "b0:\n v1 = ENV.CALLER\n SSTORE v1 v1 +8\n SSTORE v1 v1 +8\n STOP",
    )


def test_two_callers_stay() -> None:
    stays(
        simplify,
        "b0:\n v1 = ENV.CALLER\n INVOKE b1(&b2 v1) resumes b2\nb1(v2 v3):\n SSTORE v3 v3\n RETURNTO v2 b2 b3\n"
        "b2:\n INVOKE b1(&b3 0x2) resumes b3\nb3:\n SSTORE v1 0x1\n STOP",
    )
