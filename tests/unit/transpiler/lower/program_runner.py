"""A plain runner of programs over the interpreter's host: what tests compare lowered calls by, whose answers that host makes up.

A wire that the region instance has not given is a KeyError: registers are all that crosses regions.
"""

from __future__ import annotations

from collections.abc import Callable

from transpiler.ssa.arithmetic import EVALUATE
from transpiler.ssa.interpret import Halted, Host, Outcome, execute, outcome
from zkvm.isa.table import BY_CODE, BY_NAME, Row
from zkvm.program import Instruction, Program

SIGN = 1 << 31
TAKEN: dict[str, Callable[[int, int], bool]] = {
    "BNZ": lambda a, _: a != 0, "BZ": lambda a, _: a == 0, "BEQ": lambda a, b: a == b, "BNE": lambda a, b: a != b, "BLT": lambda a, b: a < b,
    "BGE": lambda a, b: a >= b, "BSLT": lambda a, b: _signed(a) < _signed(b), "BSGE": lambda a, b: _signed(a) >= _signed(b),
}  # fmt: skip


def _signed(word: int) -> int:
    return word - (1 << 256) if word >> 255 else word


def _signed32(field: int) -> int:
    return field - (1 << 32) if field & SIGN else field


class Runner:
    """One frame of a program."""

    def __init__(self, program: Program, host: Host) -> None:
        self.program, self.host = program, host
        self.jumps = dict(program.jump_table)
        self.wires: dict[int, int] = {}
        self.registers: dict[int, int] = {}
        self.stack: dict[int, int] = {}
        self.height = 0
        self.brought: list[int] = []

    def read(self, identifier: int) -> int:
        """The word of a wire or constant; pure instructions are computed when they are read."""
        count = len(self.program.instructions)
        if identifier > count:
            return self.program.constants[identifier - count - 1]
        if identifier not in self.wires:
            at = self.program.instructions[identifier - 1]
            row = BY_CODE[at.op]
            if row.kind != "pure":
                raise KeyError(f"the wire {identifier} ({row.name}) is not given")
            self.wires[identifier] = EVALUATE[row.name](*self.operands(row, at))
        return self.wires[identifier]

    def operands(self, row: Row, at: Instruction) -> list[int]:
        """The words that the fields of an instruction name."""
        return [self.read(field) for letter, field in zip(row.operands, (at.a, at.b, at.c), strict=True) if letter == "w"]

    def arguments(self, row: Row, at: Instruction) -> tuple[int, ...]:
        """All arguments in order: those of extra rows, those of the fields, 0 for absent ones."""
        fields = iter(self.operands(row, at))
        brought = dict(zip(row.brought_by_rows(at.c), self.brought, strict=True))
        self.brought = []
        absent = row.absent(at.c)
        return tuple(brought[n] if n in brought else 0 if n in absent else next(fields) for n in range(row.arguments(at.c)))

    def run(self, max_steps: int) -> Outcome:
        """Runs from the entry to the end."""
        identifier = 1
        try:
            for _ in range(max_steps):
                at = self.program.instructions[identifier - 1]
                row = BY_CODE[at.op]
                self.host.charged += at.gas
                if row.kind == "end":
                    return self.end(row, at)
                identifier = self.jump(row, at, identifier) if row.kind == "branch" else self.step(row, at, identifier)
                if identifier == 0:
                    raise Halted
        except Halted:
            return Outcome("halt")
        return Outcome("steps")

    def step(self, row: Row, at: Instruction, identifier: int) -> int:
        """Runs a chained instruction that does not jump; gives the next one, 0 to halt."""
        name, given = row.name, None
        if name in ("REGION", "LABEL"):
            self.wires = {}
            self.host.gas_left()
        elif name == "MOVE":
            self.wires[at.c] = self.read(at.a)
        elif name == "GET":
            given = self.registers.get(at.c, 0)
        elif name == "SET":
            self.registers[at.c] = self.read(at.a)
        elif name in ("ARG", "TOPIC"):
            self.brought.append(self.read(at.a))
        elif name == "SCHK":
            if not (self.height >= at.b and self.height + _signed32(at.c) <= 1024):
                return 0
        elif name == "SLD":
            given = self.stack[self.height - 1 - at.c]
        elif name == "SST":
            self.stack[self.height - 1 - _signed32(at.c)] = self.read(at.a)
        elif name == "SADJ":
            self.height += _signed32(at.c)
        elif name != "CHARGE":
            result = execute(self.host, name, at.c if row.operands[2] == "i" else 0, self.arguments(row, at))
            given = result if row.result else None
        if given is not None:
            self.wires[identifier] = given
        return identifier + 1

    def jump(self, row: Row, at: Instruction, identifier: int) -> int:
        """Where a jump goes."""
        if row.name == "JMP":
            return at.c
        if row.name == "JMPR":
            target = self.read(at.a)
            assert self.program.instructions[target - 1].op == BY_NAME["LABEL"].code
            return target
        if row.name == "JMPD":
            return self.jumps.get(self.read(at.a), 0)
        operands = [*self.operands(row, at), 0]
        return at.c if TAKEN[row.name](operands[0], operands[1]) else identifier + 1

    def end(self, row: Row, at: Instruction) -> Outcome:
        """The outcome of an instruction that ends the frame."""
        args, host = tuple(self.operands(row, at)), self.host
        if row.name == "HALT":
            return Outcome("halt")
        if row.name == "SELFDESTRUCT":
            host.touch("account", args[0], 2600)
            return outcome("success", host, stack=args)
        output = host.read(*args) if args else b""
        return outcome("revert" if row.name == "REVERT" else "success", host, output)


def run_program(program: Program, host: Host, max_steps: int = 500_000) -> Outcome:
    """Runs a program as one frame; the host changes."""
    host.fork = program.fork
    return Runner(program, host).run(max_steps)
