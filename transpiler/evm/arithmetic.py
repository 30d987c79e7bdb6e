"""The pure EVM operations on 256-bit words as Python integers (Yellow Paper appendix H; EIP-145, EIP-7939)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zkvm.word import MASK, MODULUS, signed


def _sdiv(a: int, b: int) -> int:
    x, y = signed(a), signed(b)
    if y == 0:
        return 0
    quotient = abs(x) // abs(y)
    return (quotient if (x < 0) == (y < 0) else -quotient) & MASK


def _smod(a: int, b: int) -> int:
    x, y = signed(a), signed(b)
    if y == 0:
        return 0
    remainder = abs(x) % abs(y)
    return (-remainder if x < 0 else remainder) & MASK


def _signextend(a: int, b: int) -> int:
    if a > 30:
        return b
    top = 8 * (a + 1)
    low = b & ((1 << top) - 1)
    return (low - (1 << top)) & MASK if low >> (top - 1) else low


EVALUATE: Final[dict[str, Callable[..., int]]] = {
    "ADD": lambda a, b: (a + b) & MASK,
    "MUL": lambda a, b: (a * b) & MASK,
    "SUB": lambda a, b: (a - b) & MASK,
    "DIV": lambda a, b: a // b if b else 0,
    "SDIV": _sdiv,
    "MOD": lambda a, b: a % b if b else 0,
    "SMOD": _smod,
    "ADDMOD": lambda a, b, c: (a + b) % c if c else 0,
    "MULMOD": lambda a, b, c: (a * b) % c if c else 0,
    "EXP": lambda a, b: pow(a, b, MODULUS),
    "SIGNEXTEND": _signextend,
    "LT": lambda a, b: int(a < b),
    "GT": lambda a, b: int(a > b),
    "SLT": lambda a, b: int(signed(a) < signed(b)),
    "SGT": lambda a, b: int(signed(a) > signed(b)),
    "EQ": lambda a, b: int(a == b),
    "ISZERO": lambda a: int(a == 0),
    "AND": lambda a, b: a & b,
    "OR": lambda a, b: a | b,
    "XOR": lambda a, b: a ^ b,
    "NOT": lambda a: a ^ MASK,
    "BYTE": lambda a, b: (b >> (8 * (31 - a))) & 0xFF if a < 32 else 0,
    "SHL": lambda a, b: (b << a) & MASK if a < 256 else 0,
    "SHR": lambda a, b: b >> a if a < 256 else 0,
    "SAR": lambda a, b: (signed(b) >> min(a, 255)) & MASK,
    "CLZ": lambda a: 256 - a.bit_length(),
}
"""Name of the opcode to function of its operands, `a` first (the top of the stack)."""

BOOLEAN: Final = frozenset({"LT", "GT", "SLT", "SGT", "EQ", "ISZERO"})
"""Operations whose result is 0 or 1."""
