"""Chained instructions of several rows: logs, calls, creates and EXTCODECOPY bring their extra operands by TOPIC and ARG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transpiler.lower.draft import Draft, Operand, Result, Row

OBSERVES_GAS: Final[frozenset[str]] = frozenset({"GAS", "SSTORE", "CALL", "CREATE"})
"""Instructions that gas charged after them must not move in front of (ISA 3.1)."""


def add_effect(draft: Draft, name: str, args: Sequence[Result], imm: int, gas: int, pc: int) -> Row:
    """Appends the rows of one effect; the operands are those of `transpiler/ssa/ops.py`. Gives the row with the result, if any."""
    if name == "LOG":
        for topic in args[2:]:
            draft.add("TOPIC", topic, pc=pc)
        return draft.add("LOG", args[0], args[1], imm, gas, pc)
    if name in ("CALL", "CREATE"):
        for index, arg in enumerate(_taken(name, args, imm)):
            draft.add("ARG", arg, 0, index, pc=pc)
        return draft.add(name, 0, 0, imm, gas, pc)
    if name == "EXTCODECOPY":
        draft.add("ARG", args[0], pc=pc)
        return draft.add(name, args[1], args[2], args[3], gas, pc)
    if len(args) == 3:
        return draft.add(name, args[0], args[1], args[2], gas, pc)
    fields: list[Operand] = [*args, 0, 0]
    return draft.add(name, fields[0], fields[1], imm, gas, pc)


def _taken(name: str, args: Sequence[Result], imm: int) -> Sequence[Result]:
    """The operands that this kind of call or create has: DELEGATECALL and STATICCALL have no value, CREATE no salt."""
    if name == "CALL":
        return args if imm < 2 else (*args[:2], *args[3:])
    return args if imm else args[:3]
