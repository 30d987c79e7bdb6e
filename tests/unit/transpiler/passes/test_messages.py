"""What each pass may and may not do around calls, creates, and the reads of what they change. Each piece runs against a host that
answers as a hostile callee may (`transpiler/ssa/interpret.py`)."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.passes.pieces import becomes, equal, function, stays
from transpiler.passes.dead import dead
from transpiler.passes.duplicate import duplicate
from transpiler.passes.fold import fold
from transpiler.passes.forward import forward
from transpiler.passes.grow import grow
from transpiler.passes.number import number
from transpiler.passes.simplify import simplify
from transpiler.passes.stores import stores
from transpiler.ssa.verify import verify, verify_gas

SPACE = "MGROW 0x0 0x1000\n"
CHANGING = ("CALL.0 0x5000 0x1 0x0 0x0 0x0 0x0 0x0", "CALL.1 0x5000 0x1 0x0 0x0 0x0 0x0 0x0", "CALL.2 0x5000 0x1 0x0 0x0 0x0 0x0 0x0",
            "CREATE.0 0x0 0x0 0x0 0x0", "CREATE.1 0x0 0x0 0x0 0x7")  # fmt: skip
STATIC = "CALL.3 0x5000 0x1 0x0 0x0 0x0 0x0 0x0"


def call(into: str, out: str) -> str:
    """A call that reads and writes these ranges of memory."""
    return f"CALL.0 0x5000 0x1 0x0 {into} {out}"


@pytest.mark.parametrize("message", CHANGING)
def test_a_slot_is_read_again_after_a_message(message: str) -> None:
    stays(
        forward,
        f"b0:\n v1 = SLOAD 0x0 +100\n v2 = {message}\n v3 = SLOAD 0x0 +100\n SSTORE 0x5 v3\n SSTORE 0x6 v1\n SSTORE 0x7 v2\n STOP",
    )
    stays(forward, f"b0:\n SSTORE 0x0 0x9\n v2 = {message}\n v3 = SLOAD 0x0 +100\n SSTORE 0x5 v3\n SSTORE 0x7 v2\n STOP")


def test_a_slot_is_known_after_a_static_call() -> None:
    becomes(
        forward,
        f"b0:\n v1 = SLOAD 0x0 +100\n v2 = {STATIC}\n v3 = SLOAD 0x0 +100\n SSTORE 0x5 v3\n SSTORE 0x7 v2\n STOP",
        f"b0:\n v1 = SLOAD 0x0 +100\n v2 = {STATIC}\n SSTORE 0x5 v1 +100\n SSTORE 0x7 v2\n STOP",
    )


def test_a_slot_that_only_the_callee_warmed_keeps_its_load() -> None:
    stays(forward, f"b0:\n v2 = {STATIC}\n v3 = SLOAD 0x0 +100\n v4 = GAS +2\n SSTORE v2 v3\n SSTORE 0x6 v4\n STOP")


def test_a_slot_that_a_branch_may_have_changed_is_read_again() -> None:
    stays(
        forward,
        f"b0:\n v1 = SLOAD 0x0 +100\n BRANCH v1 b1 b2\nb1:\n v2 = {CHANGING[0]}\n JUMP b3(v2)\nb2:\n JUMP b3(0x7)\n"
        "b3(v5):\n v3 = SLOAD 0x0 +100\n SSTORE 0x5 v3\n SSTORE 0x6 v5\n STOP",
    )


def test_transient_words_are_always_read() -> None:
    stays(forward, "b0:\n TSTORE 0x0 0x7 +100\n v1 = TLOAD 0x0 +100\n v2 = TLOAD 0x0 +100\n SSTORE v1 v2\n STOP")


@pytest.mark.parametrize("out", ["0x20 0x20", "0x0 0x21", "0x3f 0x1", "v2 0x1", "0x0 v2"])
def test_output_of_a_call_is_not_known(out: str) -> None:
    stays(
        forward,
        f"b0:\n {SPACE} v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7f\n MSTORE 0x20 v1\n v4 = {call('0x0 0x0', out)}\n v3 = MLOAD 0x20\n"
        " SSTORE 0x5 v3\n SSTORE 0x6 v4\n STOP",
    )


@pytest.mark.parametrize("out", ["0x0 0x20", "0x40 0x20", "v2 0x0"])
def test_memory_beside_the_output_of_a_call_stays_known(out: str) -> None:
    piece = (
        "b0:\n {} v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7f\n MSTORE 0x20 v1\n v4 = {}\n {}SSTORE 0x5 {}\n SSTORE 0x6 v4\n STOP"
    )
    message = call("0x0 0x0", out)
    becomes(forward, piece.format(SPACE, message, "v3 = MLOAD 0x20\n ", "v3"), piece.format(SPACE, message, "", "v1"))


def test_a_create_writes_no_memory() -> None:
    piece = "b0:\n {} v1 = CALLDATALOAD 0x0\n MSTORE 0x20 v1\n v4 = CREATE.0 0x0 0x20 0x20 0x0\n {}SSTORE 0x5 {}\n SSTORE 0x6 v4\n STOP"
    becomes(forward, piece.format(SPACE, "v3 = MLOAD 0x20\n ", "v3"), piece.format(SPACE, "", "v1"))


@pytest.mark.parametrize("copy", ["RETURNDATACOPY 0x0 0x0 v5", "EXTCODECOPY 0x1 0x20 0x0 0x1"])
def test_copies_of_other_data_are_not_known(copy: str) -> None:
    stays(
        forward,
        f"b0:\n {SPACE} v1 = CALLDATALOAD 0x0\n MSTORE 0x20 v1\n v4 = {STATIC}\n v5 = ENV.RETURNDATASIZE\n {copy}\n v3 = MLOAD 0x20\n"
        " SSTORE v5 v3\n SSTORE 0x6 v4\n STOP",
    )


def test_a_hash_of_the_output_is_computed() -> None:
    stays(
        forward,
        f"b0:\n {SPACE} MSTORE 0x0 0x7\n v1 = {call('0x0 0x0', '0x0 0x20')}\n v2 = SHA3 0x0 0x20 +30\n SSTORE v1 v2\n STOP",
    )


def test_a_call_may_write_less_than_its_output_range() -> None:
    stays(
        stores,
        f"b0:\n {SPACE} v1 = ENV.CALLER\n MSTORE 0x0 v1\n v2 = {call('0x0 0x0', '0x0 0x40')}\n v3 = MLOAD 0x0\n SSTORE v2 v3\n STOP",
    )


@pytest.mark.parametrize("message", [call("0x0 0x20", "0x0 0x0"), call("0x1f 0x1", "0x0 0x0"), call("v1 0x1", "0x0 0x0"),
                                     call("0x0 v1", "0x0 0x0"), "CREATE.0 0x0 0x0 0x20 0x0", "CREATE.1 0x0 v1 0x1 0x0"])  # fmt: skip
def test_a_message_reads_its_data(message: str) -> None:
    stays(
        stores, f"b0:\n {SPACE} v0 = CALLDATALOAD 0x0\n v1 = AND v0 0x3f\n MSTORE 0x0 v0\n v2 = {message}\n SSTORE 0x5 v2\n STOP"
    )


def test_a_message_reads_nothing_else() -> None:
    piece = "b0:\n {} v1 = CALLDATALOAD 0x0\n {}v2 = {}\n SSTORE 0x5 v2\n STOP"
    for message in (call("0x20 0x20", "0x0 0x20"), "CREATE.0 0x0 0x20 0x20 0x0"):
        becomes(stores, piece.format(SPACE, "MSTORE 0x0 v1\n ", message), piece.format(SPACE, "", message))


def test_copied_return_data_covers() -> None:
    piece = "b0:\n {} v1 = {}\n {}RETURNDATACOPY 0x0 0x0 0x20\n v3 = MLOAD 0x0\n SSTORE v1 v3\n STOP"
    becomes(stores, piece.format(SPACE, STATIC, "MSTORE 0x0 v1\n "), piece.format(SPACE, STATIC, ""))


def test_messages_stay_when_nobody_asks_for_their_result() -> None:
    for message in (*CHANGING, STATIC):
        stays(dead, f"b0:\n v1 = {message} +7\n STOP")


def test_what_may_halt_or_warm_stays() -> None:
    stays(
        dead,
        f"b0:\n v1 = {STATIC}\n RETURNDATACOPY 0x0 0x5 0x0 +3\n EXTCODECOPY 0x1 0x0 0x0 0x0 +100\n v2 = EXTCODESIZE 0x2 +100\n STOP",
    )


def test_unused_reads_of_what_messages_change_go() -> None:
    becomes(
        dead,
        f"b0:\n v1 = ENV.SELFBALANCE\n v2 = {STATIC} +5\n v3 = ENV.RETURNDATASIZE\n v4 = TLOAD 0x0 +100\n SSTORE 0x0 v2\n STOP",
        f"b0:\n v2 = {STATIC} +5\n SSTORE 0x0 v2 +100\n STOP",
    )


@pytest.mark.parametrize("message", CHANGING)
def test_size_of_return_data_and_balance_are_read_again(message: str) -> None:
    for kind in ("RETURNDATASIZE", "SELFBALANCE"):
        piece = "b0:\n v1 = ENV.{0}\n {2}v3 = {1}\n v4 = ENV.{0}\n {3}SSTORE 0x5 {4}\n SSTORE 0x6 {5}\n SSTORE v3 v1\n STOP"
        twice = piece.format(kind, message, f"v2 = ENV.{kind}\n ", f"v5 = ENV.{kind}\n ", "v2", "v5")
        becomes(number, twice, piece.format(kind, message, "", "", "v1", "v4"))


def test_a_static_call_changes_return_data_but_no_balance() -> None:
    piece = (
        "b0:\n v1 = ENV.SELFBALANCE\n v2 = ENV.RETURNDATASIZE\n v3 = {}\n {}v5 = ENV.RETURNDATASIZE\n SSTORE 0x5 {}\n"
        " SSTORE v2 v5\n SSTORE v3 v1\n STOP"
    )
    becomes(number, piece.format(STATIC, "v4 = ENV.SELFBALANCE\n ", "v4"), piece.format(STATIC, "", "v1"))


def test_not_shared_from_block_to_block() -> None:
    stays(
        number,
        "b0:\n v1 = ENV.RETURNDATASIZE\n v2 = CALLDATALOAD 0x0\n BRANCH v2 b1 b2\nb1:\n v3 = ENV.RETURNDATASIZE\n SSTORE v3 v1\n STOP\nb2:\n STOP",
    )


def test_other_environment_is_shared_over_messages() -> None:
    piece = "b0:\n v1 = ENV.CALLER\n v2 = {}\n {}SSTORE v2 {}\n SSTORE 0x5 v1\n STOP"
    becomes(number, piece.format(CHANGING[0], "v3 = ENV.CALLER\n ", "v3"), piece.format(CHANGING[0], "", "v1"))


@pytest.mark.parametrize("message", [*CHANGING, STATIC])
def test_memory_grows_on_its_side_of_a_message(message: str) -> None:
    stays(grow, f"b0:\n MGROW 0x0 0x20\n v1 = {message}\n MGROW 0x20 0x20\n SSTORE 0x5 v1\n STOP")


def test_ranges_of_one_call_merge() -> None:
    piece = "b0:\n MGROW 0x0 {}\n {}v1 = CALL.0 0x5000 0x1 0x0 0x0 0x20 0x20 0x40\n MSTORE 0x40 v1\n RETURN 0x0 0x60"
    becomes(grow, piece.format("0x20", "MGROW 0x20 0x40\n "), piece.format("0x60", ""))


def test_results_are_a_bit_and_an_address() -> None:
    becomes(
        fold,
        f"b0:\n v1 = {STATIC}\n v2 = ISZERO v1\n v3 = ISZERO v2\n SSTORE 0x5 v3\n v4 = {CHANGING[3]}\n"
        " v5 = AND v4 0xffffffffffffffffffffffffffffffffffffffff\n SSTORE 0x6 v5\n STOP",
        f"b0:\n v1 = {STATIC}\n v2 = ISZERO v1\n SSTORE 0x5 v1\n v4 = {CHANGING[3]}\n SSTORE 0x6 v4\n STOP",
    )


def test_equal_messages_are_two() -> None:
    for rewrite in (number, forward, fold):
        stays(
            rewrite,
            f"b0:\n v1 = {STATIC}\n v2 = {STATIC}\n SSTORE v1 v2\n v3 = BALANCE 0x1 +100\n v4 = BALANCE 0x1 +100\n SSTORE v3 v4\n STOP",
        )


def test_merged_blocks_keep_the_order() -> None:
    becomes(
        simplify,
        f"b0:\n v1 = ENV.RETURNDATASIZE\n v2 = {CHANGING[0]} +3\n JUMP b1 +8\nb1:\n v3 = ENV.RETURNDATASIZE\n v4 = GAS +2\n SSTORE v1 v3\n"
        " SSTORE v2 v4\n STOP",
        f"b0:\n v1 = ENV.RETURNDATASIZE\n v2 = {CHANGING[0]} +3\n v3 = ENV.RETURNDATASIZE\n v4 = GAS +10\n SSTORE v1 v3\n"
        " SSTORE v2 v4\n STOP",
    )


def test_an_ending_with_a_call_is_copied_with_its_gas() -> None:
    before = verify(
        function(
            f"b0:\n v1 = CALLDATALOAD 0x0\n BRANCH v1 b1 b2\nb1:\n SSTORE 0x5 0x1\n JUMP b3 +8\nb2:\n JUMP b3 +80\n"
            f"b3:\n v2 = {CHANGING[0]} +9\n v3 = ENV.SELFBALANCE\n SSTORE v2 v3\n STOP"
        )
    )
    after = verify(duplicate(before))
    verify_gas(before, after)
    equal(before, after)
    calls = [(inst.op, inst.gas) for block in after.blocks.values() for inst in block.insts if inst.op == "CALL"]
    assert calls == [("CALL", 17), ("CALL", 89)]  # what the jump costs is charged before the call sees the gas left
