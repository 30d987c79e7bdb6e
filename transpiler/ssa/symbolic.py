"""One symbolic execution of an EVM basic block over a stack of values.

Stack operations leave no trace; pure operations are hash-consed inside the block and folded when their operands are constants; effects
keep their order. The static gas of everything goes to the next effect or terminator (`ir.py`, Gas).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from transpiler.evm.disassemble import Code
from transpiler.evm.opcodes import table
from transpiler.ssa.arithmetic import EVALUATE
from transpiler.ssa.ir import Inst, Value
from transpiler.ssa.ops import OPS, VOLATILE_ENV
from zkvm.isa.table import ENV_KINDS

STACK_LIMIT: Final = 1024
_CALLS: Final = {0xF1: 0, 0xF2: 1, 0xF4: 2, 0xFA: 3}
_ALL_DYNAMIC: Final = frozenset({0x55})
"""Opcodes whose whole gas is charged by the instruction: SSTORE. Calls and creates charge their static price as a field (ISA 9.2, 9.5)."""
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
    known: dict[tuple[object, ...], Value]
    covered: int = 0


class Executor:
    """Executes the blocks of one code object."""

    def __init__(self, code: Code, kind: str, values: Values) -> None:
        self.values = values
        self.rows = [
            (i.opcode.code, i.value, i.pc, 0 if i.opcode.code in _ALL_DYNAMIC else i.opcode.gas) for i in code.instructions
        ]
        self.plain: dict[int, tuple[str, int]] = {}
        self.handlers: dict[int, Callable[[_Run, int, int], None]] = {}
        for row in table(code.fork):
            if row.name in EVALUATE and row.name != "EXP":
                self.plain[row.code] = (row.name, row.pops)
            elif row.name in ENV_KINDS:
                self.handlers[row.code] = self._env(row.name, len(code.data) if kind == "runtime" else None)
            elif 0xA0 <= row.code <= 0xA4:
                self.handlers[row.code] = self._log
            elif row.code in _CALLS:
                self.handlers[row.code] = self._call
            elif row.code in (0xF0, 0xF5):
                self.handlers[row.code] = self._create
            elif row.name in _HANDLERS:
                self.handlers[row.code] = _HANDLERS[row.name].__get__(self)
            elif row.name in OPS:
                self.handlers[row.code] = self._plain_effect(row.name)

    def run(self, first: int, last: int, stack: list[Value], origin: int) -> Body:
        """Executes the instructions `first` to `last` (half-open) from the stack given, bottom first; it is changed."""
        body = Body([], stack, (), 0, origin)
        run = _Run(body, {})
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
                handlers[code](run, code, pc)
            elif code != 0x5B:
                body.origin = pc
                self._end(run, code)
            if watch and len(stack) > STACK_LIMIT:
                body.overflow = True
        return body

    def _end(self, run: _Run, code: int) -> None:
        """JUMP, JUMPI, STOP, RETURN, REVERT, SELFDESTRUCT; what must halt is not executed."""
        stack, count = run.body.stack, {0x56: 1, 0x57: 2, 0xF3: 2, 0xFD: 2, 0xFF: 1}.get(code, 0)
        run.body.popped = tuple([stack.pop() for _ in range(count)])
        if code in (0xF3, 0xFD):
            self._grow(run, run.body.popped[0], run.body.popped[1], run.body.origin)

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

    def _env(self, name: str, size: int | None) -> Callable[[_Run, int, int], None]:
        index = ENV_KINDS.index(name)
        volatile = name in VOLATILE_ENV

        def handler(run: _Run, _code: int, pc: int) -> None:
            if name == "CODESIZE" and size is not None:
                run.body.stack.append(self.values.constant(size))
                return
            calls = run.known.get(("calls",), 0) if volatile else 0
            value = run.known.get(("ENV", index, calls))
            if value is None:
                value = run.known[("ENV", index, calls)] = self._pure_env(run, index, pc)
            run.body.stack.append(value)

        return handler

    def _pure_env(self, run: _Run, index: int, pc: int) -> Value:
        value = self.values.fresh()
        run.body.insts.append(Inst("ENV", (), value, index, pc, 0))
        return value

    def _plain_effect(self, name: str) -> Callable[[_Run, int, int], None]:
        arity, pure = OPS[name].arity, OPS[name].pure

        def handler(run: _Run, _code: int, pc: int) -> None:
            args = tuple([run.body.stack.pop() for _ in range(arity)])
            if pure:
                run.body.stack.append(self._pure(run, name, args, 0, pc))
            else:
                self._effect(run, name, args, pc)

        return handler

    def _log(self, run: _Run, code: int, pc: int) -> None:
        args = tuple([run.body.stack.pop() for _ in range(code - 0xA0 + 2)])
        self._grow(run, args[0], args[1], pc)
        self._effect(run, "LOG", args, pc, code - 0xA0)

    def _call(self, run: _Run, code: int, pc: int) -> None:
        kind = _CALLS[code]
        args = [run.body.stack.pop() for _ in range(7 if kind < 2 else 6)]
        if kind >= 2:
            args.insert(2, self.values.constant(0))
        self._grow(run, args[3], args[4], pc)
        self._grow(run, args[5], args[6], pc)
        self._effect(run, "CALL", tuple(args), pc, kind)
        run.known[("calls",)] = run.known.get(("calls",), 0) + 1

    def _create(self, run: _Run, code: int, pc: int) -> None:
        args = [run.body.stack.pop() for _ in range(3 if code == 0xF0 else 4)]
        if code == 0xF0:
            args.append(self.values.constant(0))
        self._grow(run, args[1], args[2], pc)
        self._effect(run, "CREATE", tuple(args), pc, int(code == 0xF5))
        run.known[("calls",)] = run.known.get(("calls",), 0) + 1

    def _exp(self, run: _Run, _code: int, pc: int) -> None:
        base, exponent = run.body.stack.pop(), run.body.stack.pop()
        self._effect(run, "EXPGAS", (exponent,), pc)
        run.body.stack.append(self._pure(run, "EXP", (base, exponent), 0, pc))

    def _pc(self, run: _Run, _code: int, pc: int) -> None:
        run.body.stack.append(self.values.constant(pc))

    def _mload(self, run: _Run, _code: int, pc: int) -> None:
        offset = run.body.stack.pop()
        self._grow(run, offset, self.values.constant(32), pc)
        self._effect(run, "MLOAD", (offset,), pc)

    def _mstore(self, run: _Run, code: int, pc: int) -> None:
        offset, value = run.body.stack.pop(), run.body.stack.pop()
        self._grow(run, offset, self.values.constant(32 if code == 0x52 else 1), pc)
        self._effect(run, "MSTORE" if code == 0x52 else "MSTORE8", (offset, value), pc)

    def _sha3(self, run: _Run, _code: int, pc: int) -> None:
        offset, length = run.body.stack.pop(), run.body.stack.pop()
        self._grow(run, offset, length, pc)
        self._effect(run, "SHA3", (offset, length), pc)

    def _copy(self, run: _Run, code: int, pc: int) -> None:
        stack = run.body.stack
        account = (stack.pop(),) if code == 0x3C else ()
        to, start, length = stack.pop(), stack.pop(), stack.pop()
        self._grow(run, to, length, pc)
        if code == 0x5E:
            self._grow(run, start, length, pc)
        name = {0x37: "CALLDATACOPY", 0x39: "CODECOPY", 0x3C: "EXTCODECOPY", 0x3E: "RETURNDATACOPY", 0x5E: "MCOPY"}[code]
        self._effect(run, name, (*account, to, start, length), pc)


_HANDLERS: Final[dict[str, Callable[[Executor, _Run, int, int], None]]] = {
    "EXP": Executor._exp, "PC": Executor._pc, "MLOAD": Executor._mload, "MSTORE": Executor._mstore, "MSTORE8": Executor._mstore,
    "KECCAK256": Executor._sha3, "CALLDATACOPY": Executor._copy, "CODECOPY": Executor._copy, "EXTCODECOPY": Executor._copy,
    "RETURNDATACOPY": Executor._copy, "MCOPY": Executor._copy,
}  # fmt: skip
"""Opcodes that are more than one instruction, or none."""
