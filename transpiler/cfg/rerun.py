"""The certificate's own run of one block: exact constants, and unknown words that have an identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transpiler.cfg.graph import NONZERO, Slot
from transpiler.evm.arithmetic import BOOLEAN, EVALUATE
from transpiler.evm.disassemble import Code, Instruction


class Unknown:
    """A word that is not known. `negates`: it is 1 if that word is 0, else 0; `boolean`: it is 0 or 1; `nonzero`: it is not 0."""

    __slots__ = ("boolean", "negates", "nonzero")

    def __init__(self, boolean: bool = False, negates: Unknown | None = None, nonzero: bool = False) -> None:
        self.boolean = boolean
        self.negates = negates
        self.nonzero = nonzero


Word = int | Unknown
Facts = dict[Unknown, Slot]
"""What a branch says about unknown words: 0, 1 or NONZERO."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """The result: the stack left (target and condition popped), or why there is none. `peak`: highest rise above the window."""

    first: int
    last: int
    end: int
    stack: list[Word]
    peak: int
    underflow: bool
    halt: str
    target: Word | None
    condition: Word | None


def words(slots: Sequence[Slot]) -> list[Word]:
    """A word for each slot."""
    return [slot if slot >= 0 else Unknown(nonzero=slot == NONZERO) for slot in slots]


def rerun(code: Code, pc: int, window: Sequence[Slot], limit: int | None = None) -> Rerun:
    """Run the block at `pc` on `window`; `limit` 0 runs nothing."""
    stack = words(window)
    base = height = len(stack)
    instructions = code.instructions
    first = index = code.at.get(pc, len(instructions))
    underflow = False
    halt = ""
    target: Word | None = None
    condition: Word | None = None
    made: dict[tuple[object, ...], Unknown] = {}
    stop = len(instructions) if limit is None else first + limit
    while index < stop:
        instruction = instructions[index]
        opcode = instruction.opcode
        if opcode.code == 0x5B and index > first:
            break
        index += 1
        underflow = underflow or len(stack) < opcode.pops
        if opcode.ends_block:
            if underflow:
                break
            if opcode.name == "JUMP":
                target = stack.pop()
            elif opcode.name == "JUMPI":
                target, condition = stack.pop(), stack.pop()
            else:
                halt = opcode.name if opcode.defined else "INVALID"
            break
        if not underflow:
            _step(instruction, stack, made)
            height = max(height, len(stack))
    end = instructions[index - 1].pc + instructions[index - 1].size if index > first else pc
    if not halt and target is None and not underflow and end >= len(code.data):
        halt = "STOP"
    return Rerun(first, index, end, stack, height - base, underflow, halt, target, condition)


def _step(instruction: Instruction, stack: list[Word], made: dict[tuple[object, ...], Unknown]) -> None:
    """One instruction that is no terminator, with enough operands."""
    opcode = instruction.opcode
    byte = opcode.code
    if 0x5F <= byte <= 0x7F:
        stack.append(instruction.value)
    elif byte >> 4 == 0x8:
        stack.append(stack[-opcode.pops])
    elif byte >> 4 == 0x9:
        stack[-1], stack[-opcode.pops] = stack[-opcode.pops], stack[-1]
    elif byte == 0x58:
        stack.append(instruction.pc)
    else:
        operands = [stack.pop() for _ in range(opcode.pops)]
        if opcode.pushes:
            stack.append(_result(opcode.name, operands, made))


def _result(name: str, operands: list[Word], made: dict[tuple[object, ...], Unknown]) -> Word:
    """The result of an operation: the same unknown for the same pure operation on the same operands."""
    evaluate = EVALUATE.get(name)
    if evaluate is None:
        return Unknown()
    if all(isinstance(operand, int) for operand in operands):
        return evaluate(*operands)
    key = (name, *operands)
    known = made.get(key)
    if known is None:
        operand = operands[0]
        negates = operand if name == "ISZERO" and isinstance(operand, Unknown) else None
        if negates is not None and negates.nonzero:
            return 0
        known = made[key] = Unknown(name in BOOLEAN, negates)
    return known


def resolve(word: Word, facts: Facts) -> Word:
    """The word as the facts have it: an exact number if they say so, else itself."""
    if isinstance(word, int):
        return word
    fact = facts.get(word)
    if fact is not None:
        return fact if fact >= 0 else word
    if word.negates is not None:
        inner = resolve(word.negates, facts)
        if isinstance(inner, int):
            return int(inner == 0)
        if inner.nonzero or facts.get(inner) == NONZERO:
            return 0
    return word


def assume(condition: Word, zero: bool) -> Facts:
    """What follows when a JUMPI's condition is zero, or is not."""
    facts: Facts = {}
    word: Word | None = condition
    while isinstance(word, Unknown):
        facts[word] = 0 if zero else 1 if word.boolean else NONZERO
        word, zero = word.negates, not zero
    return facts
