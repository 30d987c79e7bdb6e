"""Forwarding of stored words, and hashes of known words."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.forward import forward

SPACE = "MGROW 0x0 0x1000\n"


def test_mapping_key() -> None:
    becomes(
        forward,
        f"b0:\n {SPACE} v1 = ENV.CALLER\n MSTORE 0x0 v1 +3\n MSTORE 0x20 0x7 +3\n v2 = SHA3 0x0 0x40 +30\n v3 = SLOAD v2 +100\n SSTORE 0x0 v3\n STOP",
        f"b0:\n {SPACE} v1 = ENV.CALLER\n MSTORE 0x0 v1 +3\n MSTORE 0x20 0x7 +3\n v2 = HASH2 v1 0x7\n v3 = SLOAD v2 +142\n SSTORE 0x0 v3\n STOP",
    )


def test_one_word_hash() -> None:
    becomes(
        forward,
        f"b0:\n {SPACE} MSTORE 0x0 0x7\n v2 = SHA3 0x0 0x20 +30\n SSTORE v2 0x1\n STOP",
        f"b0:\n {SPACE} MSTORE 0x0 0x7\n v2 = HASH1 0x7\n SSTORE v2 0x1 +36\n STOP",
    )


def test_load_through_a_join() -> None:
    becomes(
        forward,
        f"b0:\n {SPACE} MSTORE 0x40 0x80\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n MSTORE 0x60 v1\n JUMP b3\nb2:\n JUMP b3\n"
        "b3:\n v2 = MLOAD 0x40 +3\n v3 = MLOAD 0x60 +3\n SSTORE v2 v3\n STOP",
        f"b0:\n {SPACE} MSTORE 0x40 0x80\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n MSTORE 0x60 v1\n JUMP b3\nb2:\n JUMP b3\n"
        "b3:\n v3 = MLOAD 0x60 +6\n SSTORE 0x80 v3\n STOP",
    )


def test_what_may_overlap_kills() -> None:
    for write in ("MSTORE 0x21 0x1", "MSTORE v2 0x1", "MSTORE8 0x3f 0x1", "CALLDATACOPY 0x0 0x0 0x21", "CALLDATACOPY v2 0x0 0x1"):
        stays(
            forward,
            f"b0:\n {SPACE} v1 = ENV.CALLER\n v2 = AND v1 0x7f\n MSTORE 0x20 v1\n {write}\n v3 = MLOAD 0x20\n SSTORE 0x0 v3\n STOP",
        )


def test_what_is_disjoint_does_not_kill() -> None:
    for write in ("MSTORE 0x0 0x1", "MSTORE 0x40 v2", "MSTORE8 0x40 0x1", "CALLDATACOPY 0x0 0x0 0x20", "CALLDATACOPY v2 0x0 0x0"):
        becomes(
            forward,
            f"b0:\n {SPACE} v1 = ENV.CALLER\n v2 = AND v1 0x7f\n MSTORE 0x20 v1\n {write}\n v3 = MLOAD 0x20\n SSTORE 0x0 v3\n STOP",
            f"b0:\n {SPACE} v1 = ENV.CALLER\n v2 = AND v1 0x7f\n MSTORE 0x20 v1\n {write}\n SSTORE 0x0 v1\n STOP",
        )


def test_symbolic_slots_of_one_base() -> None:
    becomes(
        forward,
        f"b0:\n {SPACE} v1 = ENV.CALLER\n v2 = AND v1 0x7f\n v3 = ADD v2 0x20\n MSTORE v2 v1\n MSTORE v3 0x5\n v4 = MLOAD v2\n SSTORE 0x0 v4\n STOP",
        f"b0:\n {SPACE} v1 = ENV.CALLER\n v2 = AND v1 0x7f\n v3 = ADD v2 0x20\n MSTORE v2 v1\n MSTORE v3 0x5\n SSTORE 0x0 v1\n STOP",
    )


def test_storage() -> None:
    becomes(
        forward,
        "b0:\n v1 = SLOAD 0x0 +100\n v2 = SLOAD 0x1 +100\n SSTORE 0x1 v1\n v3 = SLOAD 0x0 +100\n v4 = SLOAD 0x1 +100\n SSTORE v3 v4\n"
        " v5 = SLOAD 0x0 +100\n SSTORE v2 v5\n STOP",
        "b0:\n v1 = SLOAD 0x0 +100\n v2 = SLOAD 0x1 +100\n SSTORE 0x1 v1\n SSTORE v1 v1 +200\n"
        " v5 = SLOAD 0x0 +100\n SSTORE v2 v5\n STOP",
    )


def test_calls_clobber_storage() -> None:
    stays(forward, "b0:\n v1 = SLOAD 0x0\n v2 = CALL.0 0x1 v1 0x0 0x0 0x0 0x0 0x0\n v3 = SLOAD 0x0\n SSTORE v2 v3\n STOP")


def test_a_loop_that_changes_the_word() -> None:
    stays(
        forward,
        f"b0:\n {SPACE} MSTORE 0x40 0x3\n JUMP b1\nb1:\n v1 = MLOAD 0x40\n v2 = SUB v1 0x1\n MSTORE 0x40 v2\n SSTORE v1 v2\n"
        " BRANCH v2 b1 b2\nb2:\n STOP",
    )


def test_values_of_shared_code_do_not_leave_it() -> None:
    stays(
        forward,
        f"b0:\n {SPACE} v1 = ENV.CALLER\n INVOKE b1(&b2) resumes b2\nb1(v2):\n v3 = SLOAD 0x0\n MSTORE 0x0 v3\n RETURNTO v2 b2 b3\n"
        "b2:\n v4 = MLOAD 0x0\n SSTORE 0x0 v4\n INVOKE b1(&b3) resumes b3\nb3:\n v5 = MLOAD 0x0\n SSTORE 0x1 v5\n STOP",
    )
