"""One symbolic execution of an EVM basic block over a stack of values.

Stack operations leave no trace; pure operations are hash-consed inside the block and folded when their operands are constants; effects
keep their order. The static gas of everything goes to the next effect or terminator (`ir.py`, Gas).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from transpiler.evm.disassemble import Code
from transpiler.evm.opcodes import Opcode, table
from transpiler.ssa.arithmetic import EVALUATE
from transpiler.ssa.ir import Inst, Value
from transpiler.ssa.ops import ARITHMETIC, CHANGES_ENV, OPS, VOLATILE, changed_kinds

STACK_LIMIT: Final = 1024
_MEMORY_LIMIT: Final = 1 << 32


class Values:
    """Numbers for values. A constant has one number."""

    def __init__(self) -> None:
        self.next: Value = 0
        self.numbers: dict[int, Value] = {}
        self.constants: dict[Value, int] = {}

    def fresh(self, count: int = 1) -> Value:
        """The first of `count` new numbers."""
        self.next += count
        return self.next - count

    def constant(self, number: int) -> Value:
        """The value that is this constant."""
        value = self.numbers.get(number)
        if value is None:
            value = self.numbers[number] = self.fresh()
            self.constants[value] = number
        return value


@dataclass(slots=True)
class Body:
    """What a block does: its instructions, the stack it leaves, what its last operation popped, the gas still to be charged."""

    insts: list[Inst]
    stack: list[Value]
    popped: tuple[Value, ...]
    gas: int
    origin: int
    overflow: bool = False


@dataclass(slots=True)
class _Run:
    """The state of one execution."""

    body: Body
    known: dict[tuple[object, ...], Value] = field(default_factory=dict)
    covered: int = 0
    ages: dict[int, int] = field(default_factory=dict)
    """How often each volatile kind of ENV has changed in this block."""


class Executor:
    """Executes the blocks of one code object."""

    def __init__(self, code: Code, kind: str, values: Values) -> None:
        self.values = values
        self.rows = [(i.opcode.code, i.value, i.pc, i.opcode.gas) for i in code.instructions]
        self.opcodes = table(code.fork)
        self.plain: dict[int, tuple[str, int]] = {}
        self.handlers: dict[int, Callable[[_Run, Opcode, int], None]] = {}
        size = len(code.data) if kind == "runtime" else None
        for row in self.opcodes:
            only = row.expansion.only
            if row.ends_block:
                continue
            if only is not None and only.op in ARITHMETIC:
                self.plain[row.code] = (only.op, row.pops)
            elif only is not None and only.op == "ENV":
                self.handlers[row.code] = self._env(only.imm, size if row.name == "CODESIZE" else None)
            elif row.expansion.steps:
                self.handlers[row.code] = self._steps
            elif row.name == "PC":
                self.handlers[row.code] = self._pc

    def run(self, first: int, last: int, stack: list[Value], origin: int) -> Body:
        """Executes the instructions `first` to `last` (half-open) from the stack given, bottom first; it is changed."""
        body = Body([], stack, (), 0, origin)
        run = _Run(body)
        plain, handlers, pop, push, constant = self.plain, self.handlers, stack.pop, stack.append, self.values.constant
        watch = len(stack) + last - first > STACK_LIMIT
        for code, value, pc, gas in self.rows[first:last]:
            body.gas += gas
            if 0x5F <= code <= 0x7F:
                push(constant(value))
            elif 0x80 <= code <= 0x8F:
                push(stack[0x7F - code])
            elif 0x90 <= code <= 0x9F:
                stack[-1], stack[0x8E - code] = stack[0x8E - code], stack[-1]
            elif code in plain:
                name, arity = plain[code]
                push(self._pure(run, name, tuple([pop() for _ in range(arity)]), 0, pc))
            elif code == 0x50:
                pop()
            elif code in handlers:
                handlers[code](run, self.opcodes[code], pc)
            elif code != 0x5B:
                body.origin = pc
                self._end(run, self.opcodes[code])
            if watch and len(stack) > STACK_LIMIT:
                body.overflow = True
        return body

    def _end(self, run: _Run, opcode: Opcode) -> None:
        """JUMP, JUMPI, STOP, RETURN, REVERT, SELFDESTRUCT; what must halt is not executed."""
        stack = run.body.stack
        popped = run.body.popped = tuple([stack.pop() for _ in range(opcode.pops)])
        for op, _, operands in opcode.expansion.steps:
            if op == "MGROW":
                offset, length = [popped[each] if isinstance(each, int) else self.values.constant(each.word) for each in operands]
                self._grow(run, offset, length, run.body.origin)

    def _pure(self, run: _Run, op: str, args: tuple[Value, ...], imm: int, origin: int) -> Value:
        key = (op, args, imm)
        value = run.known.get(key)
        if value is None:
            constants = self.values.constants
            evaluate = EVALUATE.get(op)
            if evaluate is not None and all(arg in constants for arg in args):
                value = self.values.constant(evaluate(*[constants[arg] for arg in args]))
            else:
                value = self.values.fresh()
                run.body.insts.append(Inst(op, args, value, imm, origin, 0))
            run.known[key] = value
        return value

    def _effect(self, run: _Run, op: str, args: tuple[Value, ...], origin: int, imm: int = 0) -> None:
        """Appends an effect with the gas collected so far; pushes its result if it has one."""
        body = run.body
        result = self.values.fresh() if OPS[op].result else None
        body.insts.append(Inst(op, args, result, imm, origin, body.gas))
        body.gas = 0
        if result is not None:
            body.stack.append(result)

    def _grow(self, run: _Run, offset: Value, length: Value, origin: int) -> None:
        """MGROW, unless the length is 0 or this block has covered the range already: memory never shrinks."""
        constants = self.values.constants
        size = constants.get(length)
        if size == 0:
            return
        start = constants.get(offset)
        if size is not None and start is not None and start + size <= _MEMORY_LIMIT:
            if start + size <= run.covered:
                return
            run.covered = start + size
        else:
            key = ("MGROW", offset, length)
            if key in run.known:
                return
            run.known[key] = offset
        self._effect(run, "MGROW", (offset, length), origin)

    def _env(self, index: int, size: int | None) -> Callable[[_Run, Opcode, int], None]:
        """ENV, shared inside the block until something changes it; `size` is the word of CODESIZE where it is known."""
        volatile = index in VOLATILE

        def handler(run: _Run, _opcode: Opcode, pc: int) -> None:
            if size is not None:
                run.body.stack.append(self.values.constant(size))
                return
            age = run.ages.get(index, 0) if volatile else 0
            key = ("ENV", index, age)
            if key not in run.known:
                value = run.known[key] = self.values.fresh()
                run.body.insts.append(Inst("ENV", (), value, index, pc, 0))
            run.body.stack.append(run.known[key])

        return handler

    def _steps(self, run: _Run, opcode: Opcode, pc: int) -> None:
        """The steps of an opcode with effects."""
        stack, constant = run.body.stack, self.values.constant
        popped = [stack.pop() for _ in range(opcode.pops)]
        for op, imm, operands in opcode.expansion.steps:
            args = tuple([popped[each] if isinstance(each, int) else constant(each.word) for each in operands])
            if op == "MGROW":
                self._grow(run, args[0], args[1], pc)
            elif OPS[op].pure:
                stack.append(self._pure(run, op, args, imm, pc))
            else:
                self._effect(run, op, args, pc, imm)
                if op in CHANGES_ENV:
                    for kind in changed_kinds(op, imm):
                        run.ages[kind] = run.ages.get(kind, 0) + 1

    def _pc(self, run: _Run, _opcode: Opcode, pc: int) -> None:
        run.body.stack.append(self.values.constant(pc))
