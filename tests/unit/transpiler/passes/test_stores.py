"""Dead stores."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import becomes, stays
from transpiler.passes.stores import stores

SPACE = "MGROW 0x0 0x1000\n"


def test_scratch_space_before_the_end() -> None:
    becomes(
        stores,
        f"b0:\n {SPACE} MSTORE 0x0 0x1 +3\n MSTORE 0x40 0x2 +3\n RETURN 0x40 0x20 +4",
        f"b0:\n {SPACE} MSTORE 0x40 0x2 +6\n RETURN 0x40 0x20 +4",
    )


def test_overwritten() -> None:
    becomes(
        stores,
        f"b0:\n {SPACE} v1 = ENV.CALLER\n MSTORE 0x0 0x1\n BRANCH v1 b1 b2\nb1:\n MSTORE 0x0 0x2\n RETURN 0x0 0x20\nb2:\n STOP",
        f"b0:\n {SPACE} v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n MSTORE 0x0 0x2\n RETURN 0x0 0x20\nb2:\n STOP",
    )


def test_what_reads() -> None:
    for read in ("v2 = MLOAD 0x1", "v2 = SHA3 0x10 0x1", "v2 = MLOAD v1", "LOG.0 0x1f 0x1", "MCOPY 0x200 0x0 0x1"):
        use = "SSTORE 0x0 v2\n " if "v2" in read else ""
        end = "RETURN 0x200 0x20" if "MCOPY" in read else "STOP"
        stays(stores, f"b0:\n {SPACE} v0 = ENV.CALLER\n v1 = AND v0 0x1f\n MSTORE 0x0 v0\n {read}\n {use}{end}")


def test_a_loop_reads_later() -> None:
    stays(
        stores,
        f"b0:\n {SPACE} MSTORE 0x0 0x3\n JUMP b1\nb1:\n v1 = MLOAD 0x0\n v2 = SUB v1 0x1\n MSTORE 0x0 v2\n BRANCH v2 b1 b2\nb2:\n STOP",
    )


def test_an_escape_reads_all() -> None:
    stays(stores, f"b0:\n {SPACE} MSTORE 0x0 0x1\n ESCAPE.0x7")
