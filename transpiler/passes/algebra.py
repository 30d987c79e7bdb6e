"""Identities of pure operations: what an instruction may be replaced by, given the definitions and known bits of its operands.

Each rule is an equation over 256-bit words under the stated knowledge; a rule returns a value that already exists, a constant, or
another operation on existing values. `tests/unit/transpiler/ssa/test_algebra.py` runs every rule against the operations' definitions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from transpiler.analyses.bits import TOP, Bits
from transpiler.analyses.conditions import Conditions
from transpiler.ssa.edit import Numbering
from transpiler.ssa.ir import BlockId, Inst, Value
from zkvm.word import MASK

Rewritten = Value | tuple[str, tuple[Value, ...]] | None
"""A value, an operation with operands, or nothing."""


@dataclass(slots=True)
class Context:
    """What the rules look at; `block` is where the instruction stands."""

    numbering: Numbering
    bits: dict[Value, Bits]
    definitions: dict[Value, Inst]
    conditions: Conditions
    block: BlockId

    def known(self, value: Value) -> Bits:
        """The known bits of a value."""
        number = self.numbering.constants.get(value)
        if number is not None:
            return (MASK ^ number, number)
        return self.conditions.refine(value, self.block, self.bits.get(value, TOP))

    def constant(self, value: Value) -> int | None:
        """The number, if the value is a constant."""
        return self.numbering.constants.get(value)

    def boolean(self, value: Value) -> bool:
        """Whether the value is 0 or 1."""
        return self.known(value)[0] | 1 == MASK

    def defined(self, value: Value, op: str) -> tuple[Value, ...] | None:
        """The operands, if the value is the result of the operation."""
        inst = self.definitions.get(value)
        return inst.args if inst is not None and inst.op == op else None

    def linear(self, value: Value) -> tuple[Value | None, int]:
        """(base, offset) with value = base + offset mod 2^256; base None for constants."""
        offset = 0
        while True:
            number = self.constant(value)
            if number is not None:
                return None, (offset + number) & MASK
            args = self.defined(value, "ADD")
            less = self.defined(value, "SUB") if args is None else None
            if less is not None and (taken := self.constant(less[1])) is not None:
                value, offset = less[0], (offset - taken) & MASK
                continue
            if args is None:
                return value, offset
            first, second = self.constant(args[0]), self.constant(args[1])
            if first is not None:
                value, offset = args[1], (offset + first) & MASK
            elif second is not None:
                value, offset = args[0], (offset + second) & MASK
            else:
                return value, offset


def _and(context: Context, a: Value, b: Value) -> Rewritten:
    x, y = context.known(a), context.known(b)
    if not (MASK ^ x[0]) & (MASK ^ y[1]):
        return a
    if not (MASK ^ y[0]) & (MASK ^ x[1]):
        return b
    for one, other in ((a, b), (b, a)):
        mask, inner = context.constant(one), context.defined(other, "AND")
        if mask is not None and inner is not None:
            for first, second in (inner, inner[::-1]):
                again = context.constant(first)
                if again is not None:
                    return "AND", (second, context.numbering.constant(mask & again))
    return None


def _or(context: Context, a: Value, b: Value) -> Rewritten:
    x, y = context.known(a), context.known(b)
    if not (MASK ^ y[0]) & (MASK ^ x[1]):
        return a
    return b if not (MASK ^ x[0]) & (MASK ^ y[1]) else None


def _xor(context: Context, a: Value, b: Value) -> Rewritten:
    if a == b:
        return context.numbering.constant(0)
    return b if context.constant(a) == 0 else a if context.constant(b) == 0 else None


def _add(context: Context, a: Value, b: Value) -> Rewritten:
    if context.constant(a) == 0:
        return b
    if context.constant(b) == 0:
        return a
    for one, other in ((a, b), (b, a)):
        number, inner = context.constant(one), context.defined(other, "ADD")
        if number is not None and inner is not None:
            for first, second in (inner, inner[::-1]):
                again = context.constant(first)
                if again is not None:
                    return "ADD", (second, context.numbering.constant((number + again) & MASK))
    return None


def _sub(context: Context, a: Value, b: Value) -> Rewritten:
    if context.constant(b) == 0:
        return a
    first, second = context.linear(a), context.linear(b)
    if first[0] == second[0]:
        return context.numbering.constant((first[1] - second[1]) & MASK)
    inner = context.defined(a, "ADD")
    if inner is not None and b in inner:
        return inner[0] if inner[1] == b else inner[1]
    return None


def _mul(context: Context, a: Value, b: Value) -> Rewritten:
    return b if context.constant(a) == 1 else a if context.constant(b) == 1 else None


def _div(context: Context, a: Value, b: Value) -> Rewritten:
    number = context.constant(b)
    if number is None or number == 0 or number & (number - 1):
        return None
    return a if number == 1 else ("SHR", (context.numbering.constant(number.bit_length() - 1), a))


def _mod(context: Context, a: Value, b: Value) -> Rewritten:
    number = context.constant(b)
    if number is None or number == 0 or number & (number - 1):
        return None
    return "AND", (a, context.numbering.constant(number - 1))


def _eq(context: Context, a: Value, b: Value) -> Rewritten:
    if a == b:
        return context.numbering.constant(1)
    for one, other in ((a, b), (b, a)):
        number = context.constant(one)
        if number == 0:
            return "ISZERO", (other,)
        if number == 1 and context.boolean(other):
            return other
    return None


def _iszero(context: Context, a: Value) -> Rewritten:
    inner = context.defined(a, "ISZERO")
    if inner is not None and context.boolean(inner[0]):
        return inner[0]
    args = context.defined(a, "SUB") or context.defined(a, "XOR")
    return ("EQ", args) if args is not None else None


def _below(context: Context, a: Value, b: Value) -> Rewritten:
    """LT(a, b)."""
    if a == b:
        return context.numbering.constant(0)
    return ("ISZERO", (a,)) if context.constant(b) == 1 else None


def _signed_below(context: Context, a: Value, b: Value) -> Rewritten:
    if a == b:
        return context.numbering.constant(0)
    if context.known(a)[0] >> 255 and context.known(b)[0] >> 255:
        return "LT", (a, b)
    return _length_check(context, a, b)


def _length_check(context: Context, a: Value, b: Value) -> Rewritten:
    """SLT(x - c, k) is LT(x, c + k) where c <= x, and neither x nor c + k reaches 2^255: how solc checks the length of call data."""
    base, offset = context.linear(a)
    bound = context.constant(b)
    taken = MASK + 1 - offset
    if base is None or bound is None or bound + taken >> 255 or not context.known(base)[0] >> 255:
        return None
    if not context.conditions.at_least(base, taken, context.block):
        return None
    return "LT", (base, context.numbering.constant(bound + taken))


def _above(context: Context, a: Value, b: Value) -> Rewritten:
    return _below(context, b, a)


def _signed_above(context: Context, a: Value, b: Value) -> Rewritten:
    return _signed_below(context, b, a)


def _shift(context: Context, a: Value, b: Value) -> Rewritten:
    return b if context.constant(a) == 0 else None


def _sar(context: Context, a: Value, b: Value) -> Rewritten:
    if context.constant(a) == 0:
        return b
    return ("SHR", (a, b)) if context.known(b)[0] >> 255 else None


def _signextend(context: Context, a: Value, b: Value) -> Rewritten:
    size = context.constant(a)
    if size is None:
        return None
    if size > 30:
        return b
    width = (MASK ^ context.known(b)[0]).bit_length()
    return b if width <= 8 * size + 7 else None


def _byte(context: Context, a: Value, b: Value) -> Rewritten:
    return b if context.constant(a) == 31 and (MASK ^ context.known(b)[0]) < 256 else None


def _not(context: Context, a: Value) -> Rewritten:
    inner = context.defined(a, "NOT")
    return inner[0] if inner is not None else None


RULES: Final[dict[str, Callable[..., Rewritten]]] = {
    "AND": _and, "OR": _or, "XOR": _xor, "ADD": _add, "SUB": _sub, "MUL": _mul, "DIV": _div, "MOD": _mod, "EQ": _eq, "ISZERO": _iszero,
    "LT": _below, "GT": _above, "SLT": _signed_below, "SGT": _signed_above, "SHL": _shift, "SHR": _shift, "SAR": _sar,
    "SIGNEXTEND": _signextend, "BYTE": _byte, "NOT": _not,
}  # fmt: skip
"""Operation to its rule."""


def rewrite(context: Context, inst: Inst) -> Rewritten:
    """What the instruction may be replaced by, or None."""
    rule = RULES.get(inst.op)
    return rule(context, *inst.args) if rule is not None else None
