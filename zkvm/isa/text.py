"""The text form of programs; `parse(format_program(p)) == p`.

    .program Osaka runtime
    .code 0x6001
      REGION
      %2 = MLOAD $0x40 gas=3
      BNZ %9, @done gas=10
      SSTORE $0x0, %9
    done:
      REGION
      STOP
    .pure
      %9 = ADD %2, $0x1
    .jumps
      0x10 done

Operands stand in the order a, b, c of the table, unused ones left out: `%name` a result, `$number` a constant, `@label` a jump
target, `#number` an identifier as it is, a plain number or an environment kind an immediate. `;` begins a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from zkvm.errors import InputError, Place
from zkvm.isa.table import BY_CODE, BY_NAME, ENV_KINDS, FORKS, Row
from zkvm.program import KINDS, Instruction, Program, build_program
from zkvm.word import MODULUS, keccak256

_LABEL: Final = re.compile(r"([A-Za-z_][\w.]*):")
_STATEMENT: Final = re.compile(r"(?:%([\w.]+)\s*=\s*)?([A-Za-z]\w*)\s*(.*)")
_FIELD: Final = re.compile(r"\b(a|b|c|gas)=(-?\w+)")
_SECTIONS: Final = (".chained", ".pure", ".jumps")


def format_program(program: Program) -> str:
    """The text of a program, well-formed or not."""
    targets = {at.c for at in program.instructions if (row := BY_CODE.get(at.op)) and row.operands[2] == "t"}
    targets.update(identifier for _, identifier in program.jump_table)
    lines = [f".program {program.fork} {program.kind}", f".code 0x{program.code.hex()}"]
    if program.code_hash != keccak256(program.code):
        lines.append(f".code_hash 0x{program.code_hash.hex()}")
    used = _used_constants(program)
    lines += [f".constant {word:#x}" for index, word in enumerate(program.constants) if index not in used]
    for identifier, at in enumerate(program.instructions, 1):
        if identifier == program.chained + 1:
            lines.append(".pure")
        if identifier in targets and identifier <= program.chained:
            lines.append(f"L{identifier}:")
        lines.append("  " + _format_instruction(program, identifier, at))
    if program.jump_table:
        lines.append(".jumps")
        lines += [f"  {pc:#x} " + (f"L{to}" if 1 <= to <= program.chained else f"#{to}") for pc, to in program.jump_table]
    return "\n".join(lines) + "\n"


def _used_constants(program: Program) -> set[int]:
    count = len(program.instructions)
    used: set[int] = set()
    for at in program.instructions:
        row = BY_CODE.get(at.op)
        letters = row.operands if row else "---"
        used.update(value - count - 1 for letter, value in zip(letters, (at.a, at.b, at.c), strict=True) if letter == "w")
    return used


def _format_instruction(program: Program, identifier: int, at: Instruction) -> str:
    row = BY_CODE.get(at.op)
    if row is None:
        return f"OP{at.op} a={at.a} b={at.b} c={at.c} gas={at.gas}"
    head = f"%{identifier} = {row.name}" if row.result else row.name
    operands: list[str] = []
    extra: list[str] = []
    for name, letter, value in zip("abc", row.operands, (at.a, at.b, at.c), strict=True):
        if letter != "-":
            operands.append(_format_operand(program, row, letter, value))
        elif value:
            extra.append(f"{name}={value}")
    if at.gas:
        extra.append(f"gas={at.gas}")
    return " ".join(part for part in (head, ", ".join(operands), *extra) if part)


def _format_operand(program: Program, row: Row, letter: str, value: int) -> str:
    count = len(program.instructions)
    if letter == "i":
        if row.name == "ENV" and value < len(ENV_KINDS):
            return ENV_KINDS[value]
        return str(value - (1 << 32)) if value >> 31 else str(value)
    if letter == "t":
        return f"@L{value}" if 1 <= value <= program.chained else f"#{value}"
    if 1 <= value <= count:
        target = BY_CODE.get(program.instructions[value - 1].op)
        return f"%{value}" if target and target.result else f"#{value}"
    if letter == "w" and count < value <= count + len(program.constants):
        return f"${program.constants[value - count - 1]:#x}"
    return f"#{value}"


@dataclass(slots=True)
class _Draft:
    """What the first pass finds."""

    fork: str = "Osaka"
    kind: str = "runtime"
    code: bytes = b""
    code_hash: bytes | None = None
    statements: list[tuple[Place, str, str]] = field(default_factory=list)
    """(place, op, operands)."""
    chained: int | None = None
    jumps: list[tuple[Place, str, str]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    constants: set[int] = field(default_factory=set)


def parse(text: str, what: str = "text") -> Program:
    """The program that a text spells.

    Raises: InputError with the place of what is wrong.
    """
    draft = _Draft()
    section = ".chained"
    for number, line in enumerate(text.splitlines(), 1):
        statement = line.split(";", 1)[0].strip()
        if not statement:
            continue
        place = Place(what, number, len(line) - len(line.lstrip()) + 1, line)
        if statement in _SECTIONS:
            section = statement
            if section != ".chained" and draft.chained is None:
                draft.chained = len(draft.statements)
        elif statement.startswith("."):
            _directive(draft, place, statement)
        elif section == ".jumps":
            pc, _, to = statement.partition(" ")
            draft.jumps.append((place, pc, to.strip()))
        else:
            _statement(draft, place, statement)
    return _resolve(draft)


def _bad(place: Place, message: str) -> InputError:
    return InputError("assembly", message, place)


def _directive(draft: _Draft, place: Place, statement: str) -> None:
    name, *arguments = statement.split()
    try:
        match name, arguments:
            case ".program", [fork, kind] if fork in FORKS and kind in KINDS:
                draft.fork, draft.kind = fork, kind
            case ".code", [data] if data.startswith("0x"):
                draft.code = bytes.fromhex(data[2:])
            case ".code_hash", [data] if data.startswith("0x") and len(data) == 66:
                draft.code_hash = bytes.fromhex(data[2:])
            case ".constant", [number]:
                draft.constants.add(_number(place, number, MODULUS))
            case _:
                raise _bad(place, f"unknown or incomplete directive {statement!r}")
    except ValueError as error:
        raise _bad(place, f"not hex: {error}") from error


def _statement(draft: _Draft, place: Place, statement: str) -> None:
    while label := _LABEL.match(statement):
        if label[1] in draft.labels:
            raise _bad(place, f"the label {label[1]} stands twice")
        draft.labels[label[1]] = len(draft.statements) + 1
        statement = statement[label.end() :].strip()
    if not statement:
        return
    parts = _STATEMENT.fullmatch(statement)
    if parts is None:
        raise _bad(place, f"not an instruction: {statement!r}")
    draft.statements.append((place, parts[2], parts[3]))
    if parts[1] is not None:
        if parts[1] in draft.values:
            raise _bad(place, f"%{parts[1]} is given twice")
        draft.values[parts[1]] = len(draft.statements)
    for constant in re.findall(r"\$(-?\w+)", parts[3]):
        draft.constants.add(_number(place, constant, MODULUS))


def _number(place: Place, text: str, bound: int) -> int:
    try:
        value = int(text, 0)
    except ValueError:
        raise _bad(place, f"not a number: {text!r}") from None
    if not -bound // 2 <= value < bound:
        raise _bad(place, f"{text} is out of range")
    return value % bound


def _resolve(draft: _Draft) -> Program:
    constants = sorted(draft.constants)
    pool = {word: len(draft.statements) + 1 + index for index, word in enumerate(constants)}
    instructions = [_instruction(draft, pool, *statement) for statement in draft.statements]
    jumps = [(_number(place, pc, 1 << 32), _name(place, to, draft.labels, "#")) for place, pc, to in draft.jumps]
    chained = len(instructions) if draft.chained is None else draft.chained
    kind = KINDS[KINDS.index(draft.kind)]
    program = build_program(draft.fork, kind, draft.code, instructions, chained, constants, jumps)
    if draft.code_hash is None:
        return program
    return replace(program, code_hash=draft.code_hash)


def _name(place: Place, text: str, names: dict[str, int], raw: str) -> int:
    if text.startswith(raw):
        return _number(place, text[1:], 1 << 32)
    if text not in names:
        raise _bad(place, f"{text!r} is not defined")
    return names[text]


def _instruction(draft: _Draft, pool: dict[int, int], place: Place, name: str, rest: str) -> Instruction:
    fields = {key: _number(place, value, 1 << 32) for key, value in _FIELD.findall(rest)}
    operands = [part.strip() for part in _FIELD.sub("", rest).split(",") if part.strip()]
    row = BY_NAME.get(name)
    if row is None:
        if not re.fullmatch(r"OP\d+", name) or operands:
            raise _bad(place, f"{name} is not in the table")
        code = _number(place, name[2:], 1 << 16)
        return Instruction(code, *(fields.get(key, 0) for key in ("a", "b", "c", "gas")))
    letters = [letter for letter in row.operands if letter != "-"]
    if len(operands) != len(letters):
        raise _bad(place, f"{name} takes {len(letters)} operands, not {len(operands)}")
    for key, letter in zip("abc", row.operands, strict=True):
        if letter != "-":
            fields[key] = _operand(draft, pool, place, row, letter, operands.pop(0))
    return Instruction(row.code, *(fields.get(key, 0) for key in ("a", "b", "c", "gas")))


def _operand(draft: _Draft, pool: dict[int, int], place: Place, row: Row, letter: str, text: str) -> int:
    if text.startswith("#"):
        return _number(place, text[1:], 1 << 32)
    if letter == "i":
        return ENV_KINDS.index(text) if row.name == "ENV" and text in ENV_KINDS else _number(place, text, 1 << 32)
    if letter == "t" and text.startswith("@"):
        return _name(place, text[1:], draft.labels, "#")
    if letter == "w" and text.startswith("$"):
        return pool[_number(place, text[1:], MODULUS)]
    if letter in "wp" and text.startswith("%"):
        return _name(place, text[1:], draft.values, "#")
    raise _bad(place, f"{text!r} is no operand of this kind")
