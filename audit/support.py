"""The support table of README.md, which instructions of the ISA table an opcode of the EVM table becomes: `python -m audit.support`."""

from __future__ import annotations

import sys

from transpiler.evm.opcodes import ROWS as EVM_ROWS
from zkvm.isa.table import BY_NAME


def support_table() -> str:
    """The Markdown table: for each level of support, the opcodes that have it."""
    levels: dict[str, list[str]] = {
        "translated, executed and proven": [],
        "translated and executed; a run that reaches it is not proven yet": [],
    }
    proven, executed = levels.values()
    for row in EVM_ROWS:
        if all(BY_NAME[name].prover == "now" for name in row.expansion.names):
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
