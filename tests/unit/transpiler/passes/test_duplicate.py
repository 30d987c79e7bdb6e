"""Copies of short endings."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.duplicate import duplicate


def test_an_ending_for_each() -> None:
    becomes(
        duplicate,
        "b0:\n MGROW 0x0 0x20\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n JUMP b3(0x1) +8\nb2:\n JUMP b3(v1) +8\n"
        "b3(v2):\n v3 = ADD v2 0x1\n MSTORE 0x0 v3 +4\n RETURN 0x0 0x20 +6",
        "b0:\n MGROW 0x0 0x20\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n v3 = ADD 0x1 0x1\n MSTORE 0x0 v3 +12\n RETURN 0x0 0x20 +6\n"
        "b2:\n v4 = ADD v1 0x1\n MSTORE 0x0 v4 +12\n RETURN 0x0 0x20 +6",
    )


def test_reverts_stay_shared() -> None:
    stays(
        duplicate,
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n JUMP b3 +8\nb2:\n JUMP b3 +8\nb3:\n REVERT 0x0 0x0",
    )
