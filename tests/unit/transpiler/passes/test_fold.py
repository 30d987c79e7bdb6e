"""Constant propagation and algebra."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.fold import fold


def test_constants_through_blocks() -> None:
    becomes(
        fold,
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n JUMP b3(0x2) +8\nb2:\n JUMP b3(0x2)\nb3(v2):\n v3 = ADD v2 0x3\n SSTORE 0x0 v3\n STOP",
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n JUMP b3(0x2) +8\nb2:\n JUMP b3(0x2)\nb3(v2):\n SSTORE 0x0 0x5\n STOP",
    )


def test_decided_branch() -> None:
    becomes(
        fold,
        "b0:\n v1 = LT 0x1 0x2\n BRANCH v1 b1 b2 +10\nb1:\n STOP\nb2:\n HALT",
        "b0:\n JUMP b1 +10\nb1:\n STOP",
    )


def test_address_mask() -> None:
    becomes(
        fold,
        "b0:\n v1 = ENV.CALLER\n v2 = AND v1 0xffffffffffffffffffffffffffffffffffffffff\n SSTORE 0x0 v2\n STOP",
        "b0:\n v1 = ENV.CALLER\n SSTORE 0x0 v1\n STOP",
    )


def test_mask_checked_by_a_branch() -> None:
    mask = "0xffffffffffffffffffffffffffffffffffffffff"
    head = f"b0:\n v1 = CALLDATALOAD 0x4\n v2 = AND v1 {mask}\n v3 = EQ v1 v2\n BRANCH v3 b1 b2\n"
    becomes(
        fold,
        head + f"b1:\n v4 = AND {mask} v1\n SSTORE 0x0 v4\n STOP\nb2:\n v5 = AND {mask} v1\n SSTORE 0x0 v5\n STOP",
        head + f"b1:\n SSTORE 0x0 v1\n STOP\nb2:\n v5 = AND {mask} v1\n SSTORE 0x0 v5\n STOP",
    )


def test_mask_checked_on_an_edge_to_a_join() -> None:
    becomes(
        fold,
        "b0:\n v1 = CALLDATALOAD 0x4\n v2 = SHR 0xa0 v1\n BRANCH v2 b1 b2(v1)\nb1:\n v3 = ENV.CALLER\n JUMP b2(v3)\n"
        "b2(v4):\n v5 = AND 0xffffffffffffffffffffffffffffffffffffffff v4\n SSTORE 0x0 v5\n STOP",
        "b0:\n v1 = CALLDATALOAD 0x4\n v2 = SHR 0xa0 v1\n BRANCH v2 b1 b2(v1)\nb1:\n v3 = ENV.CALLER\n JUMP b2(v3)\n"
        "b2(v4):\n SSTORE 0x0 v4\n STOP",
    )


def test_condition_chains() -> None:
    becomes(
        fold,
        "b0:\n v1 = ENV.CALLER\n v2 = ENV.ORIGIN\n v3 = LT v1 v2\n v4 = ISZERO v3\n v5 = ISZERO v4\n v6 = ISZERO v5\n BRANCH v6 b1 b2\n"
        "b1:\n STOP\nb2:\n SSTORE 0x0 v5\n STOP",
        "b0:\n v1 = ENV.CALLER\n v2 = ENV.ORIGIN\n v3 = LT v1 v2\n v4 = ISZERO v3\n v6 = ISZERO v3\n BRANCH v3 b2 b1\n"
        "b1:\n STOP\nb2:\n SSTORE 0x0 v3\n STOP",
    )


def test_difference_tested() -> None:
    becomes(
        fold,
        "b0:\n v1 = ENV.CALLER\n v2 = CALLDATALOAD 0x0\n v3 = SUB v1 v2\n BRANCH v3 b1 b2\nb1:\n HALT\nb2:\n STOP",
        "b0:\n v1 = ENV.CALLER\n v2 = CALLDATALOAD 0x0\n v3 = SUB v1 v2\n v4 = EQ v1 v2\n BRANCH v4 b2 b1\nb1:\n HALT\nb2:\n STOP",
    )


def test_lengths() -> None:
    becomes(
        fold,
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = ADD v1 0x20\n v3 = ADD 0x20 v2\n v4 = SUB v3 v1\n SSTORE v4 v3\n STOP",
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = ADD v1 0x20\n v3 = ADD v1 0x40\n SSTORE 0x40 v3\n STOP",
    )


def test_shared_code_that_never_returns_there() -> None:
    becomes(
        fold,
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n INVOKE b3(&b4) resumes b4\nb2:\n v2 = EQ 0x1 0x2\n BRANCH v2 b5 b6\n"
        "b3(v3):\n RETURNTO v3 b4 b7\nb4:\n STOP\nb5:\n INVOKE b3(&b7) resumes b7\nb6:\n REVERT 0x0 0x0\nb7:\n HALT",
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n INVOKE b3(&b4) resumes b4\nb2:\n JUMP b6\n"
        "b3(v3):\n RETURNTO v3 b4\nb4:\n STOP\nb6:\n REVERT 0x0 0x0",
    )


def test_length_of_call_data() -> None:
    head = "b0:\n v1 = ENV.CALLDATASIZE\n v2 = LT v1 0x4\n BRANCH v2 b1 b2\nb1:\n STOP\nb2:\n v3 = SUB v1 0x4\n"
    becomes(
        fold,
        head + "v4 = SLT v3 0x40\n SSTORE v3 v4\n STOP",
        head + "v4 = LT v1 0x44\n SSTORE v3 v4\n STOP",
    )
    stays(fold, "b0:\n v1 = ENV.CALLDATASIZE\n v3 = SUB v1 0x4\n v4 = SLT v3 0x40\n SSTORE v3 v4\n STOP")
    stays(fold, head + "v4 = SLT v3 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\n SSTORE v3 v4\n STOP")


def test_unknown_stays() -> None:
    stays(fold, "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0xff\n v3 = SLT v1 v2\n SSTORE v3 v2\n STOP")
