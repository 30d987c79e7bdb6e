"""Value numbering."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.number import number


def test_across_dominators() -> None:
    becomes(
        number,
        "b0:\n v1 = ENV.CALLER\n v2 = ADD v1 0x1\n BRANCH v1 b1 b2\nb1:\n v3 = ENV.CALLER\n v4 = ADD 0x1 v3\n SSTORE 0x0 v4\n STOP\n"
        "b2:\n v5 = GT v1 v2\n v6 = LT v2 v1\n SSTORE v5 v6\n STOP",
        "b0:\n v1 = ENV.CALLER\n v2 = ADD v1 0x1\n BRANCH v1 b1 b2\nb1:\n SSTORE 0x0 v2\n STOP\n"
        "b2:\n v5 = GT v1 v2\n SSTORE v5 v5\n STOP",
    )


def test_siblings_share_nothing() -> None:
    stays(
        number,
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n v2 = ADD v1 0x1\n SSTORE 0x0 v2\n STOP\nb2:\n v3 = ADD v1 0x1\n SSTORE v3 v3\n STOP",
    )


def test_effects_are_not_shared() -> None:
    stays(number, "b0:\n v1 = SLOAD 0x0\n v2 = SLOAD 0x0\n v3 = GAS +2\n v4 = GAS +2\n SSTORE v1 v3\n SSTORE v2 v4\n STOP")


def test_return_data_size_changes_at_calls() -> None:
    becomes(
        number,
        "b0:\n v1 = ENV.RETURNDATASIZE\n v2 = ENV.RETURNDATASIZE\n v3 = CALL.0 v1 v2 0x0 0x0 0x0 0x0 0x0\n v4 = ENV.RETURNDATASIZE\n"
        " SSTORE v3 v4\n STOP",
        "b0:\n v1 = ENV.RETURNDATASIZE\n v3 = CALL.0 v1 v1 0x0 0x0 0x0 0x0 0x0\n v4 = ENV.RETURNDATASIZE\n SSTORE v3 v4\n STOP",
    )
