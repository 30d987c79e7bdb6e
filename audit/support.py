"""The support table of README.md, from the rows of the EVM table and of the ISA table: `python -m audit.support`."""

from __future__ import annotations

import sys
from typing import Final

from transpiler.evm.opcodes import ROWS as EVM_ROWS
from transpiler.evm.opcodes import Row
from zkvm.isa.table import BY_NAME, ENV_KINDS

INSTRUCTIONS: Final[dict[str, tuple[str, ...]]] = {
    "KECCAK256": ("SHA3", "MGROW"),
    "EXP": ("EXP", "EXPGAS"),
    "INVALID": ("HALT",),
    "CALL": ("CALL",),
    "CALLCODE": ("CALL",),
    "DELEGATECALL": ("CALL",),
    "STATICCALL": ("CALL",),
    "CREATE2": ("CREATE",),
    "JUMP": ("JMP", "JMPR"),
    "JUMPI": ("BNZ", "BZ"),
    "EXTCODECOPY": ("EXTCODECOPY", "ARG"),
}
"""Instructions of the ISA that an opcode needs, where they are not those of its own name; an opcode without any costs no instruction."""


def instructions_of(row: Row) -> tuple[str, ...]:
    """The instructions that an opcode becomes."""
    name = row.name
    if name in INSTRUCTIONS:
        return INSTRUCTIONS[name]
    if name.startswith("LOG"):
        return ("LOG", "TOPIC")
    if name in ENV_KINDS:
        return ("ENV",)
    return (name,) if name in BY_NAME else ()


def support_table() -> str:
    """The Markdown table: for each level of support, the opcodes that have it."""
    levels: dict[str, list[str]] = {
        "translated, executed and proven": [],
        "translated and executed": [],
        "translated; a run that reaches it says Unsupported": [],
    }
    proven, executed, translated = levels.values()
    for row in EVM_ROWS:
        if row.support != "now":
            translated.append(row.name)
        elif all(BY_NAME[name].prover == "now" for name in instructions_of(row)):
            proven.append(row.name)
        else:
            executed.append(row.name)
    lines = ["| support | opcodes |", "|---|---|"]
    lines += [f"| {level} | {' '.join(_ranges(names)) or '-'} |" for level, names in levels.items()]
    return "\n".join(lines)


def _ranges(names: list[str]) -> list[str]:
    """Names, with the members of a family (PUSH1 .. PUSH32) as one."""
    shown: list[str] = []
    for name in names:
        family = name.rstrip("0123456789")
        if (
            shown
            and name != family
            and shown[-1].partition("..")[0].rstrip("0123456789") == family
            and family in ("PUSH", "DUP", "SWAP", "LOG")
        ):
            shown[-1] = f"{shown[-1].partition('..')[0]}..{name.removeprefix(family)}"
        else:
            shown.append(name)
    return shown


if __name__ == "__main__":
    sys.stdout.write(support_table() + "\n")
