"""The text form of a function: `write` and `parse`, with `write(parse(text)) == text`.

    function Osaka runtime b0
    code 0x6080
    b0(v1) @0x0:
      v3 = ADD v1 0x20 @0x4
      MSTORE 0x40 v3 +12 @0x7
      v4 = ENV.CALLER @0x9
      BRANCH v4 b1(v3) b2 +10 @0xb

A constant stands where it is used, `&b3` is the label of block 3, `+n` is the static gas, `@pc` the EVM operation it comes from.
`OP.n` is the immediate (ENV.CALLER by name); `ESCAPE.0x12` goes on at EVM pc 0x12. `resumes` follows the edge of INVOKE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from transpiler.errors import InputError
from transpiler.ssa.ir import TERM_KINDS, Block, BlockId, Edge, Function, Inst, Term, Value
from transpiler.ssa.ops import OPS
from zkvm.isa.table import ENV_KINDS

_HAS_IMM: Final = frozenset(name for name, facts in OPS.items() if facts.has_kinds)


class _Writer:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.constants, self.labels = function.constants, function.labels

    def value(self, value: Value) -> str:
        constant = self.constants.get(value)
        if constant is not None:
            return hex(constant)
        label = self.labels.get(value)
        return f"v{value}" if label is None else f"&b{label}"

    def values(self, values: Iterable[Value]) -> str:
        return "".join(f" {self.value(value)}" for value in values)

    def edge(self, edge: Edge) -> str:
        args = " ".join(self.value(value) for value in edge.args)
        return f" b{edge.block}({args})" if args else f" b{edge.block}"

    def inst(self, inst: Inst) -> str:
        head = "" if inst.result is None else f"v{inst.result} = "
        name = inst.op
        if name == "ENV":
            name = f"ENV.{ENV_KINDS[inst.imm]}"
        elif name in _HAS_IMM:
            name = f"{name}.{inst.imm}"
        return f"  {head}{name}{self.values(inst.args)}{_tail(inst.gas, inst.origin)}"

    def term(self, term: Term) -> str:
        name = f"ESCAPE.{term.pc:#x}" if term.kind == "ESCAPE" and term.pc >= 0 else term.kind
        text = f"  {name}{self.values(term.args)}{''.join(self.edge(edge) for edge in term.edges)}"
        if term.resumes:
            text += " resumes" + "".join(f" b{block}" for block in term.resumes)
        return text + _tail(term.gas, term.origin)

    def block(self, block: Block) -> list[str]:
        params = " ".join(f"v{param}" for param in block.params)
        head = f"b{block.id}({params})" if params else f"b{block.id}"
        return [f"{head} @{block.origin:#x}:", *(self.inst(inst) for inst in block.insts), self.term(block.term)]


def _tail(gas: int, origin: int) -> str:
    return (f" +{gas}" if gas else "") + f" @{origin:#x}"


def write(function: Function) -> str:
    """The text of the function, blocks in the order of the dictionary."""
    writer = _Writer(function)
    lines = [f"function {function.fork} {function.kind} b{function.entry}", f"code 0x{function.code.hex()}"]
    for block in function.blocks.values():
        lines += writer.block(block)
    return "\n".join(lines) + "\n"


_HEAD: Final = re.compile(r"b(\d+)(?:\(([^)]*)\))? @0x([0-9a-f]+):")
_EDGE: Final = re.compile(r"b(\d+)(?:\(([^)]*)\))?")
_TAIL: Final = re.compile(r"(?: \+(\d+))?(?: @0x([0-9a-f]+))?$")
_INST: Final = re.compile(r"(?:v(\d+) = )?([A-Z][A-Z0-9]*)(?:\.([0-9A-Za-z]+))?((?: (?:v\d+|0x[0-9a-f]+|&b\d+))*)(.*)$")


class _Parser:
    def __init__(self, text: str) -> None:
        self.lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        self.constants: dict[int, Value] = {}
        self.labels: dict[BlockId, Value] = {}
        self.next_value = 1 + max((int(digits) for digits in re.findall(r"\bv(\d+)", text)), default=-1)

    def fresh(self) -> Value:
        self.next_value += 1
        return self.next_value - 1

    def value(self, text: str) -> Value:
        if text.startswith("v"):
            return int(text[1:])
        if text.startswith("&b"):
            block = BlockId(int(text[2:]))
            return self.labels[block] if block in self.labels else self.labels.setdefault(block, self.fresh())
        number = int(text, 16)
        return self.constants[number] if number in self.constants else self.constants.setdefault(number, self.fresh())

    def values(self, text: str | None) -> tuple[Value, ...]:
        return tuple(self.value(item) for item in (text or "").split())

    def line(self, line: str) -> Inst | Term:
        match = _INST.match(line.strip())
        if match is None:
            raise ValueError("not an instruction")
        result, name, imm, args, rest = match.groups()
        tail = _TAIL.search(rest)
        assert tail is not None  # the pattern matches the empty string
        gas, origin = int(tail.group(1) or 0), int(tail.group(2) or "0", 16)
        rest = rest[: tail.start()].strip()
        values = self.values(args)
        if name in TERM_KINDS:
            edges, _, resumes = rest.partition("resumes")
            return Term(
                name, values, tuple(Edge(BlockId(int(b)), self.values(v)) for b, v in _EDGE.findall(edges)), gas, origin,
                tuple(BlockId(int(b)) for b, _ in _EDGE.findall(resumes)), -1 if imm is None else int(imm, 16),
            )  # fmt: skip
        if name not in OPS or rest:
            raise ValueError(f"unknown operation {name}" if not rest else f"cannot read {rest!r}")
        number = ENV_KINDS.index(imm or "") if name == "ENV" else int(imm or "0")
        return Inst(name, values, None if result is None else int(result), number, origin, gas)

    def blocks(self, lines: list[tuple[int, str]]) -> dict[BlockId, Block]:
        blocks: dict[BlockId, Block] = {}
        head: tuple[BlockId, tuple[Value, ...], int] | None = None
        insts: list[Inst] = []
        for number, line in lines:
            try:
                match = _HEAD.fullmatch(line)
                if match:
                    head, insts = (BlockId(int(match.group(1))), self.values(match.group(2)), int(match.group(3), 16)), []
                    continue
                item = self.line(line)
                if head is None:
                    raise ValueError("an instruction outside of a block")
            except ValueError as error:
                raise InputError("S2Z-IR-TEXT", str(error), f"line {number}: {line.strip()}") from None
            if isinstance(item, Inst):
                insts.append(item)
            else:
                blocks[head[0]] = Block(head[0], head[1], tuple(insts), item, head[2])
                head = None
        return blocks


def parse(text: str) -> Function:
    """The function that a text describes.

    Raises: InputError when the text is not in the form that `write` gives.
    """
    parser = _Parser(text)
    try:
        (_, first), (_, second), *rest = parser.lines
        word, fork, kind, entry = first.split()
        code_word, code = second.split()
        if word != "function" or code_word != "code":
            raise ValueError
        code_bytes, entry_block = bytes.fromhex(code[2:]), BlockId(int(entry[1:]))
    except ValueError:
        raise InputError("S2Z-IR-TEXT", "the text begins with `function FORK KIND bN` and `code 0x...`", "line 1") from None
    blocks = parser.blocks(rest)
    constants = {value: number for number, value in parser.constants.items()}
    labels = {value: block for block, value in parser.labels.items()}
    return Function(fork, kind, code_bytes, entry_block, blocks, constants, labels, parser.next_value)
