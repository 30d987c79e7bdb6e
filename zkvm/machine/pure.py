"""The pure instructions by code: total, deterministic functions of words (ISA 2.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zkvm.isa.table import BY_NAME
from zkvm.machine import arithmetic, bits, compare

_FUNCTIONS: Final[dict[str, Callable[..., int]]] = {
    "ADD": arithmetic.add,
    "MUL": arithmetic.mul,
    "SUB": arithmetic.sub,
    "DIV": arithmetic.div,
    "SDIV": arithmetic.sdiv,
    "MOD": arithmetic.mod,
    "SMOD": arithmetic.smod,
    "ADDMOD": arithmetic.addmod,
    "MULMOD": arithmetic.mulmod,
    "EXP": arithmetic.exp,
    "SIGNEXTEND": arithmetic.signextend,
    "LT": compare.lt,
    "GT": compare.gt,
    "SLT": compare.slt,
    "SGT": compare.sgt,
    "EQ": compare.eq,
    "ISZERO": compare.iszero,
    "AND": bits.and_,
    "OR": bits.or_,
    "XOR": bits.xor,
    "NOT": bits.not_,
    "BYTE": bits.byte,
    "SHL": bits.shl,
    "SHR": bits.shr,
    "SAR": bits.sar,
    "CLZ": bits.clz,
    "HASH1": bits.hash1,
    "HASH2": bits.hash2,
}

PURE: Final[dict[int, tuple[int, Callable[..., int]]]] = {
    BY_NAME[name].code: (BY_NAME[name].operands.count("w"), function) for name, function in _FUNCTIONS.items()
}
"""(number of operands, function) by table code."""
