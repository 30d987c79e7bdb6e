"""The operations of the SSA form: those of the ISA table that a block may hold.

Names, results, arguments and effects are those of `zkvm/isa/table.py`: an operation takes all arguments of its instruction directly, those
that extra rows bring and those that its kind has not (the constant 0) included. So

    EXTCODECOPY(account, memory offset, code offset, length)
    CALL(gas, to, value, in, insize, out, outsize)   imm as in the ISA; value is the constant 0 for DELEGATECALL and STATICCALL
    CREATE(value, offset, length, salt)              imm as in the ISA; salt is the constant 0 for CREATE
    LOG(offset, length, topic, ...)                  imm is the number of topics
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from zkvm.isa.table import BY_NAME, CONSTANT_IN_FRAME, ENV_EFFECTS, FORKS, ROWS, MemoryRange, Row


@dataclass(frozen=True, slots=True)
class Facts:
    """What the operation is. `pure`: no effect, no gas, a function of its operands and of the call. `silent`: it only reads, without gas of its own.

    Shape: `arity` and `effects` by immediate, or one for all; `memory` says the ranges on the arguments (ISA table). `has_kinds`: by imm.
    """

    name: str
    arity: tuple[int, ...]
    result: bool
    pure: bool
    silent: bool
    has_kinds: bool
    effects: tuple[frozenset[str], ...]
    memory: tuple[MemoryRange, ...]

    def effects_under(self, imm: int) -> frozenset[str]:
        """The letters of the ISA's `EFFECTS` under an immediate."""
        return self.effects[imm if self.has_kinds and len(self.effects) > 1 else 0]

    def arity_under(self, imm: int) -> int:
        """The number of operands under an immediate."""
        return self.arity[imm if self.has_kinds else 0]

    def observes(self, what: str) -> bool:
        """Whether it observes gas left (`g`) or the size of memory (`z`), of which gas left depends."""
        return any("g" in letters or what in letters for letters in self.effects)


def _facts(row: Row) -> Facts:
    letters = tuple(map(frozenset, row.effects))
    free = row.gas == "-" and row.result
    arity = tuple(row.arguments(c) for c in range(max(1, len(row.brought))))
    return Facts(
        row.name, arity, row.result, row.kind == "pure" or (free and all(each <= CONSTANT_IN_FRAME for each in letters)),
        free and all(each <= _READS for each in letters), row.has_kinds, letters, row.memory,
    )  # fmt: skip


_READS: Final = CONSTANT_IN_FRAME | frozenset("mtzg")
_SSA_KINDS: Final = ("pure", "chained")
OPS: Final[dict[str, Facts]] = {
    row.name: _facts(row) for row in ROWS if row.kind in _SSA_KINDS and "~" not in row.effects[0]
}  # fmt: skip
PURE: Final = frozenset(name for name, facts in OPS.items() if facts.pure)
"""No effect and no gas (ENV of a volatile kind too: it may be dropped, but not moved over what changes it)."""
ARITHMETIC: Final = frozenset(name for name in PURE if BY_NAME[name].kind == "pure")
"""Functions of their operands alone."""
OBSERVES_GAS: Final = frozenset(name for name, facts in OPS.items() if facts.observes("g"))
"""Instructions that gas charged after them must not move in front of (ISA 3.1)."""
OBSERVES_MEMORY_SIZE: Final = frozenset(name for name, facts in OPS.items() if facts.observes("z"))
"""Instructions that growth of memory must not move over."""


VOLATILE: Final = frozenset(ENV_EFFECTS)
"""Kinds of ENV (immediates) that some operations change."""
CHANGES_ENV: Final = frozenset(
    name for name, facts in OPS.items() if facts.effects[0] & {read.upper() for read in ENV_EFFECTS.values()}
)
"""The operations that change some kind of ENV."""


def changed_kinds(op: str, imm: int) -> frozenset[int]:
    """The kinds of ENV (immediates) that the operation may change."""
    written = OPS[op].effects_under(imm)
    return frozenset([kind for kind, read in ENV_EFFECTS.items() if read.upper() in written])


def dynamic_gas(op: str, operand: int, fork: str) -> int | None:
    """What SHA3 of `operand` bytes, or EXPGAS of the exponent `operand`, charges (ISA 3.6); None for other operations.

    Source: Yellow Paper appendix G; EIP-160.
    """
    price = PRICES.get(op)
    return None if price is None else price(operand, fork)


PRICES: Final[dict[str, Callable[[int, str], int]]] = {
    "SHA3": lambda size, _fork: 6 * ((size + 31) // 32),
    "EXPGAS": lambda power, fork: (
        (50 if FORKS.index(fork) >= FORKS.index("SpuriousDragon") else 10) * ((power.bit_length() + 7) // 8)
    ),
}
"""Operations whose dynamic gas is a function of their last operand alone; a constant becomes static gas when they go."""
