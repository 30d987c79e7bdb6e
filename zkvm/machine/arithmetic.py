"""Arithmetic on words (ISA table 0x01-0x0b; Source: Yellow Paper H.2, 0s)."""

from __future__ import annotations

from zkvm.word import MASK, MODULUS, SIGN, signed


def add(a: int, b: int) -> int:
    """(a + b) mod 2^256."""
    return (a + b) & MASK


def mul(a: int, b: int) -> int:
    """(a * b) mod 2^256."""
    return (a * b) & MASK


def sub(a: int, b: int) -> int:
    """(a - b) mod 2^256."""
    return (a - b) & MASK


def div(a: int, b: int) -> int:
    """floor(a / b), 0 if b = 0."""
    return a // b if b else 0


def sdiv(a: int, b: int) -> int:
    """Signed quotient towards zero, 0 if b = 0; -2^255 / -1 wraps to -2^255."""
    if b == 0:
        return 0
    x, y = signed(a), signed(b)
    quotient = abs(x) // abs(y)
    return (quotient if (x < 0) == (y < 0) else -quotient) & MASK


def mod(a: int, b: int) -> int:
    """a mod b, 0 if b = 0."""
    return a % b if b else 0


def smod(a: int, b: int) -> int:
    """Remainder of the absolute values with the sign of a, 0 if b = 0."""
    if b == 0:
        return 0
    x = signed(a)
    remainder = abs(x) % abs(signed(b))
    return (-remainder if x < 0 else remainder) & MASK


def addmod(a: int, b: int, c: int) -> int:
    """(a + b) mod c over the integers, 0 if c = 0."""
    return (a + b) % c if c else 0


def mulmod(a: int, b: int, c: int) -> int:
    """(a * b) mod c over the integers, 0 if c = 0."""
    return (a * b) % c if c else 0


def exp(a: int, b: int) -> int:
    """a ** b mod 2^256."""
    return pow(a, b, MODULUS)


def signextend(a: int, b: int) -> int:
    """b with all bits above the top bit of byte a (0 the least significant) equal to that bit; b if a > 30."""
    if a > 30:
        return b
    top = SIGN >> (8 * (31 - a))
    low = b & (2 * top - 1)
    return low | (MASK ^ (2 * top - 1)) if low & top else low
