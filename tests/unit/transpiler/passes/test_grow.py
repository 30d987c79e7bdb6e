"""Memory growth."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.grow import grow


def test_covered_by_a_dominator() -> None:
    becomes(
        grow,
        "b0:\n MGROW 0x40 0x20 +3\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n MGROW 0x0 0x60 +5\n v2 = MSIZE\n SSTORE 0x0 v2\n STOP\nb2:\n STOP",
        "b0:\n MGROW 0x40 0x20 +3\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n v2 = MSIZE +5\n SSTORE 0x0 v2\n STOP\nb2:\n STOP",
    )


def test_covered_on_both_ways() -> None:
    becomes(
        grow,
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n MGROW 0x40 0x20\n JUMP b3\nb2:\n MGROW 0x20 0x40\n JUMP b3\n"
        "b3:\n MGROW 0x0 0x60\n MGROW 0x60 0x1\n v2 = GAS\n SSTORE 0x0 v2\n STOP",
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n MGROW 0x40 0x20\n JUMP b3\nb2:\n MGROW 0x20 0x40\n JUMP b3\n"
        "b3:\n MGROW 0x60 0x1\n v2 = GAS\n SSTORE 0x0 v2\n STOP",
    )


def test_one_stretch_is_merged() -> None:
    becomes(
        grow,
        "b0:\n MGROW 0x0 0x20 +3\n MSTORE 0x0 0x1\n MGROW 0x20 0x20 +3\n MSTORE 0x20 0x2\n STOP",
        "b0:\n MGROW 0x0 0x40 +3\n MSTORE 0x0 0x1\n MSTORE 0x20 0x2 +3\n STOP",
    )


def test_symbolic_stretch() -> None:
    becomes(
        grow,
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = ADD v1 0x20\n MGROW v1 0x20\n MSTORE v1 0x1\n MGROW v2 0x20\n MSTORE v2 0x1\n MGROW v1 0x40\n STOP",
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = ADD v1 0x20\n MGROW v1 0x40\n MSTORE v1 0x1\n MSTORE v2 0x1\n STOP",
    )


def test_not_over_an_observation() -> None:
    for observer in ("v1 = GAS", "v1 = MSIZE", "SSTORE 0x5 0x6"):
        use = "SSTORE 0x0 v1\n " if "v1" in observer else ""
        stays(grow, f"b0:\n MGROW 0x0 0x20\n {observer}\n MGROW 0x20 0x20\n {use}v2 = MSIZE\n SSTORE 0x1 v2\n STOP")


def test_below_a_base_is_not_covered() -> None:
    stays(grow, "b0:\n v1 = CALLDATALOAD 0x0\n v2 = ADD v1 0x20\n MGROW v2 0x20\n MGROW v1 0x20\n STOP")


def test_unknown_length_stays() -> None:
    stays(grow, "b0:\n v1 = CALLDATALOAD 0x0\n MGROW 0x0 v1\n MGROW 0x0 0x20\n STOP")


def test_too_far_stays() -> None:
    stays(grow, "b0:\n MGROW 0xffffffff 0x20\n MGROW 0x0 0x20\n STOP")
