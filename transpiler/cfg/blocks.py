"""What a basic block does to the stack, worked out once per block and independent of the stack it meets.

Inside a block constants fold exactly. A `Summary` gives each slot that the block leaves as a form over the slots that it found,
so that running a block under a window is a tuple look-up. Forms:

- an int >= 0 is a constant that windows keep (a JUMPDEST; with refinement 0 and 1 too); TOP and NONZERO are themselves;
- an int <= BELOW names a slot that the block found: `BELOW` the top one, `BELOW - 1` the one under it;
- a tuple is an expression: `(name, form, ...)`, constants in it exact as `("const", n)`, or `("any", k)`, an unknown word
  with an identity (so that a test on one copy of it says something about the others).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transpiler.cfg.graph import NONZERO, TOP, Slot
from transpiler.evm.arithmetic import BOOLEAN, EVALUATE
from transpiler.evm.disassemble import Code, Instruction

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
    """A symbolic run of one block over forms; the stack reaches down into the unknown entry stack as far as needed."""

    __slots__ = ("fresh", "need", "peak", "refined", "stack")

    def __init__(self, refined: bool) -> None:
        self.refined = refined
        self.stack: list[Form] = []
        self.need = 0
        self.peak = 0
        self.fresh = 0

    def require(self, count: int) -> None:
        """Bring `count` slots into view."""
        missing = count - len(self.stack)
        if missing > 0:
            first = BELOW - self.need
            self.stack[:0] = range(first - missing + 1, first + 1)
            self.need += missing

    def run(self, instructions: Sequence[Instruction]) -> None:
        """Run instructions of which none ends the block; this is the hot loop of the lifter."""
        stack = self.stack
        for pc, opcode, value, _ in instructions:
            byte = opcode.code
            if byte == 0x5B:
                continue
            depth = opcode.pops
            if len(stack) < depth:
                self.require(depth)
            if 0x5F <= byte <= 0x7F:
                stack.append(("const", value))
            elif 0x80 <= byte <= 0x8F:
                stack.append(stack[-depth])
            elif 0x90 <= byte <= 0x9F:
                stack[-1], stack[-depth] = stack[-depth], stack[-1]
                continue
            elif opcode.pushes:
                arguments = stack[: -depth - 1 : -1]
                del stack[len(stack) - depth :]
                stack.append(self.result(opcode.name, arguments, pc))
            else:
                del stack[len(stack) - depth :]
                continue
            if len(stack) - self.need > self.peak:
                self.peak = len(stack) - self.need

    def unknown(self) -> Form:
        """A new unknown word."""
        if not self.refined:
            return TOP
        self.fresh += 1
        return ("any", self.fresh)

    def result(self, name: str, arguments: list[Form], pc: int) -> Form:
        """The form of what an operation pushes."""
        if name == "PC":
            return ("const", pc)
        if name not in EVALUATE:
            return self.unknown()
        if TOP not in arguments:
            if all(type(a) is tuple and a[0] == "const" for a in arguments):
                return ("const", EVALUATE[name](*[a[1] for a in arguments]))
            if name == "ISZERO" or not any(type(a) is tuple and a[0] == "any" for a in arguments):
                form = (name, *arguments)
                if _size(form) <= EXPRESSION_LIMIT:
                    return form
        if self.refined and name in BOOLEAN:
            self.fresh += 1
            return ("bool", self.fresh)
        return self.unknown()


def _size(form: Form) -> int:
    return 1 + sum(_size(part) for part in form[1:]) if type(form) is tuple and form[0] in EVALUATE else 1


def summarise(code: Code, pc: int, refined: bool) -> Summary:
    """The summary of the block that starts at `pc`."""
    first, last, end = block_end(code, pc)
    final = code.instructions[last - 1].opcode
    run = _Run(refined)
    run.run(code.instructions[first : last - final.ends_block])
    kind, halt = FALL, ""
    target = condition = TOP
    if final.ends_block:
        run.require(final.pops)
        if final.code == 0x56:
            kind, target = JUMP, run.stack.pop()
        elif final.code == 0x57:
            kind, target, condition = JUMPI, run.stack.pop(), run.stack.pop()
        else:
            kind, halt = HALT, final.name if final.defined else "INVALID"
    elif end >= len(code.data):
        kind, halt = HALT, "STOP"
    keep = slot_keeper(code, refined)
    outs = tuple([keep(form[1]) if type(form) is tuple and form[0] == "const" else form for form in run.stack])
    plain = all(type(form) is int for form in outs)
    return Summary(pc, end, first, last, run.need, run.peak, outs, plain, kind, target, condition, halt)


HALF_BITS: Final = 32
"""solc's pointers to internal functions hold two pcs of this size: of the creation code above that of the runtime code."""


def slot_keeper(code: Code, refined: bool) -> Callable[[int], Slot]:
    """The abstraction of an exact word to a slot: pcs of JUMPDESTs stay, and words that hold one in a half of a function pointer."""
    jumpdests = code.jumpdests
    low = (1 << HALF_BITS) - 1

    def pointer(word: int) -> bool:
        return word in jumpdests or (
            low < word < 1 << 2 * HALF_BITS and (word >> HALF_BITS in jumpdests or word & low in jumpdests)
        )

    if not refined:
        return lambda word: word if pointer(word) else TOP
    return lambda word: word if word < 2 or pointer(word) else NONZERO


Facts = dict[Form, Slot]
"""What a JUMPI says about forms: 0, 1 or NONZERO."""


def evaluate(form: Form, window: tuple[Slot, ...], facts: Facts) -> Form:
    """The word of a form under a window: an exact constant, TOP or NONZERO. `window` holds the slots that the block found."""
    if facts and form in facts:
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
