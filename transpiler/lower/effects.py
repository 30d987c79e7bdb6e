"""Effects as rows: an instruction that takes more than its three fields hold brings the rest by TOPIC and ARG rows before it."""

from __future__ import annotations

from collections.abc import Sequence

from transpiler.lower.draft import Draft, Operand, Result, Row
from zkvm.isa.table import BY_NAME


def add_effect(draft: Draft, name: str, args: Sequence[Result], imm: int, gas: int, pc: int) -> Row:
    """Appends the rows of one effect; `args` are all arguments (ISA table). Gives the row with the result, if any."""
    row = BY_NAME[name]
    fields: list[Operand] = [*args]
    if row.extra:
        brought = row.brought_by_rows(imm)
        for number, place in enumerate(brought):
            draft.add(row.extra, args[place], 0, number if row.extra == "ARG" else 0, pc=pc)
        left_out = {*brought, *row.absent(imm)}
        fields = [arg for place, arg in enumerate(args) if place not in left_out]
    a, b, c = (fields.pop(0) if letter == "w" else imm if letter == "i" else 0 for letter in row.operands)
    return draft.add(name, a, b, c, gas, pc)
