"""The operations of the SSA form: those of the ISA table that a block may hold, with their memory and ordering facts.

Names, results and meanings are those of `zkvm/isa/table.py`. Three operations take their extra operands directly:

    EXTCODECOPY(account, memory offset, code offset, length)
    CALL(gas, to, value, in, insize, out, outsize)   imm as in the ISA; value is the constant 0 for DELEGATECALL and STATICCALL
    CREATE(value, offset, length, salt)              imm as in the ISA; salt is the constant 0 for CREATE
    LOG(offset, length, topic, ...)                  imm is the number of topics
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zkvm.isa.table import BY_NAME, FORKS, ROWS


@dataclass(frozen=True, slots=True)
class Facts:
    """What the operation is. `arity` -1: any number. `pure`: no effect, no gas, a function of its operands and of the call.

    `reads` and `writes` name resources: memory, storage, transient, world, returndata, gas, size (of memory), log, warm.
    """

    name: str
    arity: int
    result: bool
    pure: bool
    reads: frozenset[str]
    writes: frozenset[str]


_PSEUDO: Final = frozenset(
    "REGION LABEL MOVE GET SET JMP JMPR JMPD BNZ BZ BEQ BNE BLT BGE BSLT BSGE ARG TOPIC SCHK SLD SST SADJ CHARGE "
    "STOP RETURN REVERT HALT SELFDESTRUCT PHI".split()
)
_ARITY: Final = {"EXTCODECOPY": 4, "CALL": 7, "CREATE": 4, "LOG": -1}
_ALL: Final = "memory storage transient world returndata gas size log warm"
_EFFECTS: Final[dict[str, tuple[str, str]]] = {
    # name: reads, writes ("gas" written: costs dynamic gas; read: observes gas)
    "MGROW": ("size", "size gas"),
    "MLOAD": ("memory", ""),
    "MSTORE": ("", "memory"),
    "MSTORE8": ("", "memory"),
    "MSIZE": ("size", ""),
    "GAS": ("gas size", ""),
    "SHA3": ("memory", "gas"),
    "EXPGAS": ("", "gas"),
    "CALLDATACOPY": ("", "memory gas"),
    "CODECOPY": ("", "memory gas"),
    "RETURNDATACOPY": ("returndata", "memory gas"),
    "MCOPY": ("memory", "memory gas"),
    "EXTCODECOPY": ("world warm", "memory gas warm"),
    "BALANCE": ("world warm", "gas warm"),
    "EXTCODESIZE": ("world warm", "gas warm"),
    "EXTCODEHASH": ("world warm", "gas warm"),
    "SLOAD": ("storage warm", "gas warm"),
    "SSTORE": ("storage warm gas size", "storage gas warm"),
    "TLOAD": ("transient", ""),
    "TSTORE": ("", "transient"),
    "LOG": ("memory", "log gas"),
    "CALL": (_ALL, _ALL),
    "CREATE": (_ALL, _ALL),
}
CALL_PURE: Final = frozenset({"ENV", "CALLDATALOAD", "BLOCKHASH", "BLOBHASH"})
"""Reads of what does not change during the frame: chained in the ISA, pure here (but for VOLATILE_ENV)."""


def _facts() -> dict[str, Facts]:
    facts = {}
    for row in ROWS:
        if row.name in _PSEUDO:
            continue
        arity = _ARITY.get(row.name, row.operands.count("w"))
        pure = row.kind == "pure" or row.name in CALL_PURE
        reads, writes = ("", "") if pure else _EFFECTS[row.name]
        facts[row.name] = Facts(row.name, arity, row.result, pure, frozenset(reads.split()), frozenset(writes.split()))
    return facts


OPS: Final[dict[str, Facts]] = _facts()
PURE: Final = frozenset(name for name, facts in OPS.items() if facts.pure)
"""No effect and no gas (ENV of a volatile kind too: it may be dropped, but not moved over a call)."""
ARITHMETIC: Final = frozenset(name for name in PURE if BY_NAME[name].kind == "pure")
"""Functions of their operands alone."""
VOLATILE_ENV: Final = frozenset({"RETURNDATASIZE", "SELFBALANCE"})
"""Environment kinds that calls and creates change."""


def dynamic_gas(op: str, operand: int, fork: str) -> int | None:
    """What SHA3 of `operand` bytes, or EXPGAS of the exponent `operand`, charges (ISA 3.6); None for other operations.

    Source: Yellow Paper appendix G; EIP-160.
    """
    if op == "SHA3":
        return 6 * ((operand + 31) // 32)
    if op == "EXPGAS":
        return (50 if FORKS.index(fork) >= FORKS.index("SpuriousDragon") else 10) * ((operand.bit_length() + 7) // 8)
    return None
