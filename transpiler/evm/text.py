"""The listing of a code object as text and as JSON: an instruction a line."""

from __future__ import annotations

from typing import Any

from transpiler.evm.disassemble import Code, Instruction


def listing(code: Code) -> str:
    """The instructions by pc: what each pushes of the code, its static gas, and whether jumps may lead to it.

    code Osaka 4 bytes
    0x0000  PUSH1 0x80            gas 3
    0x0002  JUMPDEST              gas 1  target
    """
    return "\n".join([f"code {code.fork} {len(code.data)} bytes", *(_line(code, each) for each in code.instructions)]) + "\n"


def _line(code: Code, at: Instruction) -> str:
    words = f"{at.opcode.name} {at.value:#x}" if at.opcode.immediate else at.opcode.name
    target = "  target" if at.pc in code.jumpdests else ""
    return f"{at.pc:#06x}  {words:<22}gas {at.opcode.gas}{target}"


def listing_json(code: Code) -> list[dict[str, Any]]:
    """The instructions as JSON; `value` is the word that a PUSH pushes, else null."""
    return [
        {
            "pc": each.pc,
            "name": each.opcode.name,
            "value": hex(each.value) if each.opcode.immediate else None,
            "gas": each.opcode.gas,
        }
        for each in code.instructions
    ]
