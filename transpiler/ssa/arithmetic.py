"""The pure operations of the SSA form on 256-bit words (ISA 2.5: total and deterministic): those of the EVM, and the word hashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from transpiler.evm.arithmetic import EVALUATE as OPCODES
from zkvm.word import keccak256, to_bytes

EVALUATE: Final[dict[str, Callable[..., int]]] = {
    **OPCODES,
    "HASH1": lambda a: int.from_bytes(keccak256(to_bytes(a)), "big"),
    "HASH2": lambda a, b: int.from_bytes(keccak256(to_bytes(a) + to_bytes(b)), "big"),
}
"""Operation to function of its operands, `a` first (the top of the EVM stack)."""

COMMUTATIVE: Final = frozenset({"ADD", "MUL", "EQ", "AND", "OR", "XOR"})
"""Operations whose two operands may change places (ADDMOD and MULMOD: the first two)."""
