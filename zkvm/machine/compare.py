"""Comparisons (ISA table 0x10-0x15): 1 if true, else 0."""

from __future__ import annotations

from zkvm.word import SIGN


def lt(a: int, b: int) -> int:
    """a < b."""
    return int(a < b)


def gt(a: int, b: int) -> int:
    """a > b."""
    return int(a > b)


def slt(a: int, b: int) -> int:
    """a < b, signed: flipping the sign bits maps the signed order to the unsigned one."""
    return int(a ^ SIGN < b ^ SIGN)


def sgt(a: int, b: int) -> int:
    """a > b, signed."""
    return int(a ^ SIGN > b ^ SIGN)


def eq(a: int, b: int) -> int:
    """a = b."""
    return int(a == b)


def iszero(a: int) -> int:
    """a = 0."""
    return int(a == 0)
