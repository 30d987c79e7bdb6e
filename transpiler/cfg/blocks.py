"""What a basic block does to the stack, worked out once per block and independent of the stack it meets.

Inside a block constants fold exactly. A `Summary` gives each slot that the block leaves as a form over the slots that it found,
so that running a block under a window is a tuple look-up. Forms:

- an int >= 0 is a constant that windows keep (a JUMPDEST; with refinement 0 and 1 too); TOP and NONZERO are themselves;
- an int <= BELOW names a slot that the block found: `BELOW` the top one, `BELOW - 1` the one under it;
- a tuple is an expression: `(name, form, ...)`, constants in it exact as `("const", n)`, or `("any", k)`, an unknown word
  with an identity (so that a test on one copy of it says something about the others).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from transpiler.cfg.graph import NONZERO, TOP, Slot
from transpiler.evm.arithmetic import BOOLEAN, EVALUATE
from transpiler.evm.disassemble import Code

BELOW: Final = -8
"""The form of the top slot that a block finds."""

EXPRESSION_LIMIT: Final = 24
"""Larger expressions become TOP: sharing would make them exponential."""

Form = Any
"""int or tuple, see above; Any because hot loops compare and index them."""

FALL, JUMP, JUMPI, HALT = range(4)
"""How a block ends."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One basic block: `pc` to `end`, instructions `first` to `last` (half-open).

    `need`: slots it reaches below the entry stack's top; `outs` replaces them. `peak`: largest height above the entry's.
    `plain`: `outs` holds ints only. `target` and `condition` are forms (exact constants as `("const", n)`).
    `halt` is the kind for HALT.
    """

    pc: int
    end: int
    first: int
    last: int
    need: int
    peak: int
    outs: tuple[Form, ...]
    plain: bool
    kind: int
    target: Form
    condition: Form
    halt: str


def block_end(code: Code, pc: int) -> tuple[int, int, int]:
    """`(first, last, end)` of the block at `pc`: to its terminator, to before the next JUMPDEST, or to the code's end."""
    index = first = code.at[pc]
    instructions = code.instructions
    count = len(instructions)
    while index < count:
        instruction = instructions[index]
        if instruction.opcode.code == 0x5B and index > first:
            break
        index += 1
        if instruction.opcode.ends_block:
            break
    last = instructions[index - 1]
    return first, index, last.pc + last.size


class _Run:
    """A symbolic run of one block over forms; the stack grows downwards into the unknown entry stack."""

    __slots__ = ("code", "fresh", "need", "refined", "stack")

    def __init__(self, code: Code, refined: bool) -> None:
        self.code = code
        self.refined = refined
        self.stack: list[Form] = []
        self.need = 0
        self.fresh = 0

    def require(self, count: int) -> None:
        """Bring `count` slots into view."""
        while len(self.stack) < count:
            self.stack.insert(0, BELOW - self.need)
            self.need += 1

    def unknown(self) -> Form:
        """A new unknown word."""
        if not self.refined:
            return TOP
        self.fresh += 1
        return ("any", self.fresh)

    def operation(self, name: str, arguments: list[Form]) -> Form:
        """The form of a pure operation's result."""
        if all(type(a) is tuple and a[0] == "const" for a in arguments):
            return ("const", EVALUATE[name](*(a[1] for a in arguments)))
        if name == "ISZERO" or not any(a == TOP or (type(a) is tuple and a[0] == "any") for a in arguments):
            form = (name, *arguments)
            if TOP not in arguments and _size(form) <= EXPRESSION_LIMIT:
                return form
        if self.refined and name in BOOLEAN:
            self.fresh += 1
            return ("bool", self.fresh)
        return self.unknown()

    def step(self, pc: int, name: str, code: int, pops: int, pushes: int, value: int) -> None:
        """One instruction that is no terminator."""
        stack = self.stack
        if len(stack) < pops:
            self.require(pops)
        if 0x5F <= code <= 0x7F:
            stack.append(("const", value))
        elif 0x80 <= code <= 0x8F:
            stack.append(stack[-pops])
        elif 0x90 <= code <= 0x9F:
            stack[-1], stack[-pops] = stack[-pops], stack[-1]
        elif code == 0x58:
            stack.append(("const", pc))
        elif name in EVALUATE:
            arguments = stack[-pops:][::-1]
            del stack[-pops:]
            stack.append(self.operation(name, arguments))
        else:
            if pops:
                del stack[-pops:]
            if pushes:
                stack.append(self.unknown())


def _size(form: Form) -> int:
    return 1 + sum(_size(part) for part in form[1:]) if type(form) is tuple and form[0] in EVALUATE else 1


def summarise(code: Code, pc: int, refined: bool) -> Summary:
    """The summary of the block that starts at `pc`."""
    first, last, end = block_end(code, pc)
    run = _Run(code, refined)
    peak = 0
    kind, halt = FALL, ""
    target = condition = TOP
    for instruction in code.instructions[first:last]:
        opcode = instruction.opcode
        if not opcode.ends_block:
            if opcode.code != 0x5B:
                run.step(instruction.pc, opcode.name, opcode.code, opcode.pops, opcode.pushes, instruction.value)
                peak = max(peak, len(run.stack) - run.need)
            continue
        run.require(opcode.pops)
        if opcode.code == 0x56:
            kind, target = JUMP, run.stack.pop()
        elif opcode.code == 0x57:
            kind, target, condition = JUMPI, run.stack.pop(), run.stack.pop()
        else:
            kind, halt = HALT, opcode.name if opcode.defined else "INVALID"
    if kind == FALL and end >= len(code.data):
        kind, halt = HALT, "STOP"
    keep = slot_keeper(code, refined)
    outs = tuple(keep(form[1]) if type(form) is tuple and form[0] == "const" else form for form in run.stack)
    plain = all(type(form) is int for form in outs)
    return Summary(pc, end, first, last, run.need, peak, outs, plain, kind, target, condition, halt)


def slot_keeper(code: Code, refined: bool) -> Callable[[int], Slot]:
    """The abstraction of an exact word to a slot."""
    jumpdests = code.jumpdests
    if not refined:
        return lambda word: word if word in jumpdests else TOP
    return lambda word: word if word in jumpdests or word < 2 else NONZERO


Facts = dict[Form, Slot]
"""What a JUMPI says about forms: 0, 1 or NONZERO."""


def evaluate(form: Form, window: tuple[Slot, ...], facts: Facts) -> Form:
    """The word of a form under a window: an exact constant, TOP or NONZERO. `window` holds the slots that the block found."""
    if form in facts:
        return facts[form]
    if type(form) is int:
        return window[form - BELOW - 1] if form <= BELOW else form
    name = form[0]
    if name == "const":
        return form[1]
    if name == "any" or name == "bool":
        return TOP
    known = facts if name == "ISZERO" else {}  # facts go through ISZERO chains only, as the certificate has it
    arguments = [evaluate(part, window, known) for part in form[1:]]
    if all(a >= 0 for a in arguments):
        return EVALUATE[name](*arguments)
    return 0 if name == "ISZERO" and arguments[0] == NONZERO else TOP


def learn(form: Form, zero: bool, facts: Facts) -> None:
    """Note that `form` is zero (or is not), and what follows for what it is made of."""
    if type(form) is tuple and form[0] == "const":
        return
    boolean = type(form) is tuple and (form[0] in BOOLEAN or form[0] == "bool")
    facts[form] = 0 if zero else (1 if boolean else NONZERO)
    if type(form) is tuple and form[0] == "ISZERO":
        learn(form[1], not zero, facts)
