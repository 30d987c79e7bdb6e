"""A small assembler for tests and examples: mnemonics, labels, numbers.

Text: one or more tokens a line, `;` starts a comment. `name:` is a JUMPDEST with a label; `@name` pushes a label's pc (PUSH2); a
bare number pushes itself with the shortest PUSH; `PUSH4 0x01` with the given one; `.bytes 0xfe00` stands as it is, `.pc name`
is a label's pc as data.
"""

from __future__ import annotations

from transpiler.errors import InputError
from transpiler.evm.opcodes import BY_NAME

LABEL_BYTES = 2


def assemble(text: str) -> bytes:
    """The bytes of a program.

    Raises: InputError at an unknown word, an unknown or repeated label, or a number that does not fit.
    """
    tokens = [token for line in text.splitlines() for token in line.split(";")[0].split()]
    code = bytearray()
    labels: dict[str, int] = {}
    uses: list[tuple[int, str]] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.endswith(":"):
            if token[:-1] in labels:
                raise InputError("S2Z-ASM-LABEL", f"the label {token[:-1]} stands twice")
            labels[token[:-1]] = len(code)
            code.append(BY_NAME["JUMPDEST"].code)
        elif token.startswith("@"):
            uses.append((len(code) + 1, token[1:]))
            code += bytes([BY_NAME[f"PUSH{LABEL_BYTES}"].code, *bytes(LABEL_BYTES)])
        elif token == ".pc":
            uses.append((len(code), _operand(tokens, index, token)))
            code += bytes(LABEL_BYTES)
            index += 1
        elif token == ".bytes":
            code += bytes.fromhex(_operand(tokens, index, token).removeprefix("0x"))
            index += 1
        elif token[0].isdigit():
            code += _push(_number(token), None)
        elif token.startswith("PUSH") and token != "PUSH0":
            code += _push(_number(_operand(tokens, index, token)), _known(token) - 0x5F)
            index += 1
        else:
            code.append(_known(token))
    for place, label in uses:
        if label not in labels:
            raise InputError("S2Z-ASM-LABEL", f"there is no label {label}")
        code[place : place + LABEL_BYTES] = labels[label].to_bytes(LABEL_BYTES, "big")
    return bytes(code)


def _operand(tokens: list[str], index: int, name: str) -> str:
    if index >= len(tokens):
        raise InputError("S2Z-ASM-OPERAND", f"{name} needs an operand")
    return tokens[index]


def _known(name: str) -> int:
    if name not in BY_NAME:
        raise InputError("S2Z-ASM-NAME", f"there is no opcode {name}")
    return BY_NAME[name].code


def _number(token: str) -> int:
    try:
        return int(token, 0)
    except ValueError:
        raise InputError("S2Z-ASM-NUMBER", f"{token} is no number") from None


def _push(value: int, size: int | None) -> bytes:
    width = size if size is not None else max(1, (value.bit_length() + 7) // 8)
    if value < 0 or width > 32 or value >= 1 << (8 * width):
        raise InputError("S2Z-ASM-NUMBER", f"{value:#x} does not fit into {width} bytes")
    return bytes([0x5F + width]) + value.to_bytes(width, "big")
