"""Dead code."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.dead import dead


def test_unused_results() -> None:
    becomes(
        dead,
        "b0:\n MGROW 0x0 0x20\n v1 = ENV.CALLER\n v2 = ADD v1 0x1\n v3 = MLOAD 0x0 +3\n v4 = GAS +2\n v5 = SHA3 0x0 0x20 +30\n"
        " SSTORE 0x0 0x1 +1\n STOP",
        "b0:\n MGROW 0x0 0x20\n SSTORE 0x0 0x1 +42\n STOP",
    )


def test_parameters_that_only_feed_themselves() -> None:
    becomes(
        dead,
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2 v1)\nb1(v3 v4):\n v5 = SUB v3 0x1\n v6 = ADD v4 0x1\n"
        " BRANCH v3 b1(v5 v6) b2\nb2:\n STOP",
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2)\nb1(v3):\n v5 = SUB v3 0x1\n BRANCH v3 b1(v5) b2\nb2:\n STOP",
    )


def test_warm_and_unknown_gas_stays() -> None:
    stays(
        dead,
        "b0:\n v1 = SLOAD 0x0 +100\n v2 = CALLDATALOAD 0x0\n v3 = AND v2 0xff\n MGROW 0x0 v3\n v4 = SHA3 0x0 v3 +30\n v5 = BALANCE 0x1 +100\n STOP",
    )


def test_exponent_gas_becomes_static() -> None:
    becomes(
        dead,
        "b0:\n EXPGAS 0x1234 +10 @0x1\n EXPGAS 0x0 +10 @0x2\n v1 = ENV.CALLER\n EXPGAS v1 +10 @0x3\n STOP",
        "b0:\n v1 = ENV.CALLER\n EXPGAS v1 +130\n STOP",
    )
