"""Proves that no call of a function can succeed: every way of such a call through the dispatcher leads to where the graph has no success.

The code is run from pc 0 on intervals of words. Of the call data only what names the function is known: its length, and the selector in its
first word. Where a branch is not decided both ways are followed. A way ends at a transfer of `doomed_edges`, or at an instruction
that fails; any other end, an unknown jump, or too many blocks mean that nothing is proven.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from audit.differential.interface import FALLBACK, RECEIVE, Interface
from transpiler.cfg.build import overview
from transpiler.cfg.failing import SUCCESS, doomed_edges
from transpiler.evm.disassemble import Code, Instruction, disassemble

BLOCKS: Final = 5_000
"""Blocks that are followed for one kind of call."""
LONGEST: Final = (1 << 256) - 1
FAILS: Final = frozenset(("REVERT", "INVALID"))
Interval = tuple[int, int]
"""A word by its least and greatest value."""
Value = Interval | str
"""A word that is known as an interval, or as what its name says."""
ANY: Final[Interval] = (0, LONGEST)
MASK: Final[Interval] = (0xFFFFFFFF, 0xFFFFFFFF)
HEAD: Final = "the first word of the call data"
OTHER: Final = "a selector that is none of the functions'"
SELECTOR_SHIFT: Final = 224
State = tuple[int, tuple[Value, ...]]
"""The pc of a block, and the stack on which it starts."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the calls: the length of their data, and the value of the first four bytes, None if it is not known.

    Shape: `others` are selectors that theirs is none of.
    """

    size: Interval
    selector: int | None = None
    others: frozenset[int] = frozenset()


def cannot_succeed(code: bytes, fork: str, interface: Interface, name: str) -> bool:
    """Whether it is proven that no call of a function, of the fallback or of receive succeeds in this code."""
    return all(_fails(code, fork, each) for each in _given(interface, name))


def _given(interface: Interface, name: str) -> Iterator[Given]:
    """The kinds of calls that a name stands for."""
    if name in (FALLBACK, RECEIVE):
        others = frozenset(int.from_bytes(each.selector, "big") for each in interface.functions)
        if name == RECEIVE or RECEIVE not in interface.specials:
            yield Given((0, 0), 0)
        if name == FALLBACK:
            yield Given((1, 3))
            yield Given((4, LONGEST), None, others)
        return
    for each in interface.functions:
        if each.signature == name:
            yield Given((4, LONGEST), int.from_bytes(each.selector, "big"))


@lru_cache(maxsize=16)
def _prepared(code: bytes, fork: str) -> tuple[Code, frozenset[tuple[int, int]]]:
    listing = disassemble(code, fork)
    return listing, doomed_edges(overview(listing))


def _fails(code: bytes, fork: str, given: Given) -> bool:
    listing, doomed = _prepared(code, fork)
    pending: list[tuple[int, tuple[Value, ...]]] = [(0, ())]
    known = set(pending)
    while pending:
        if len(known) > BLOCKS:
            return False
        ends = _block(listing, doomed, given, *pending.pop())
        if ends is None:
            return False
        pending += [each for each in ends if each not in known]
        known.update(ends)
    return True


def _block(
    code: Code, doomed: frozenset[tuple[int, int]], given: Given, pc: int, start: tuple[Value, ...]
) -> tuple[State, ...] | None:
    """The states after a block; none where it fails, None where it may succeed, or nothing is known."""
    stack = list(start)
    index = code.at.get(pc)
    while index is not None and index < len(code.instructions):
        each = code.instructions[index]
        name = each.opcode.name
        if len(stack) < each.opcode.pops or name in FAILS:
            return ()
        if name in SUCCESS:
            return None
        if name in ("JUMP", "JUMPI"):
            return _jump(code, doomed, each, stack)
        if name == "JUMPDEST" and each.pc != pc:
            return ((each.pc, tuple(stack)),)
        _step(each, stack, given)
        index += 1
    return None


def _jump(code: Code, doomed: frozenset[tuple[int, int]], jump: Instruction, stack: list[Value]) -> tuple[State, ...] | None:
    low, high = _word(stack.pop())
    least, most = (1, 1) if jump.opcode.name == "JUMP" else _word(stack.pop())
    ways: list[int] = [jump.pc + 1] if least == 0 else []
    if most > 0 and low != high:
        return None
    if most > 0 and low in code.jumpdests:
        ways.append(low)
    return tuple((way, tuple(stack)) for way in ways if (jump.pc, way) not in doomed)


def _word(value: Value) -> Interval:
    return ANY if isinstance(value, str) else value


def _step(each: Instruction, stack: list[Value], given: Given) -> None:
    """One instruction's effect on the stack."""
    name, opcode = each.opcode.name, each.opcode
    if name.startswith("DUP"):
        stack.append(stack[-int(name[3:])])
    elif name.startswith("SWAP"):
        other = -1 - int(name[4:])
        stack[-1], stack[other] = stack[other], stack[-1]
    else:
        operands = [stack.pop() for _ in range(opcode.pops)]
        if opcode.pushes:
            value = (each.value, each.value) if name.startswith("PUSH") else _value(name, operands, given)
            stack += [value, *[ANY] * (opcode.pushes - 1)]


def _value(name: str, operands: list[Value], given: Given) -> Value:
    match name, operands:
        case "CALLDATASIZE", []:
            return given.size
        case "CALLDATALOAD", [(0, 0)]:
            return HEAD
        case "SHR", [(shift, same), text] if text == HEAD and shift == same == SELECTOR_SHIFT:
            return _selector(given)
        case "DIV", [text, (low, high)] if text == HEAD and low == high == 1 << SELECTOR_SHIFT:
            return _selector(given)
        case "AND", [left, right] if MASK in (left, right):
            masked = left if right == MASK else right
            return masked if masked == OTHER or _word(masked)[1] <= MASK[1] else ANY
        case (("EQ" | "SUB" | "XOR"), [left, right]) if OTHER in (left, right):
            low, high = _word(right if left == OTHER else left)
            unlike = low == high and (low in given.others or low > MASK[1])
            return (int(name != "EQ"), int(name != "EQ") * LONGEST) if unlike else ANY
    return _compared(name, [_word(each) for each in operands])


def _selector(given: Given) -> Value:
    return OTHER if given.selector is None else (given.selector, given.selector)


def _compared(name: str, operands: list[Interval]) -> Interval:
    """The result of a comparison, or of arithmetic on known words; any word for all else."""
    match name, operands:
        case "ISZERO", [(low, high)]:
            return (int(high == 0), int(low == 0))
        case "LT", [(low, high), (least, most)]:
            return (int(high < least), int(low < most))
        case "GT", [(low, high), (least, most)]:
            return (int(low > most), int(high > least))
        case "EQ", [(low, high), (least, most)]:
            return (int(low == high == least == most), int(low <= most and least <= high))
        case (("SUB" | "XOR"), [(low, high), (least, most)]) if low == high and least == most:
            value = (low - least) % (1 << 256) if name == "SUB" else low ^ least
            return (value, value)
        case (("SUB" | "XOR"), [(low, high), (least, most)]) if high < least or most < low:
            return (1, LONGEST)
        case "SHR", [(0, 0), value]:
            return value
    return ANY
