"""Instruction selection: the comparison behind a branch becomes the branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from transpiler.ssa.ir import Function, Inst, Value


class Test(NamedTuple):
    """A branch instruction taken iff the condition holds, the one taken iff it does not, and their operands."""

    taken: str
    inverse: str
    args: tuple[Value, ...]

    def negated(self) -> Test:
        """The test that holds iff this one does not."""
        return Test(self.inverse, self.taken, self.args)


_COMPARE: Final[dict[str, tuple[str, str, bool]]] = {
    # operation: branch if it holds, branch if not, operands swapped
    "EQ": ("BEQ", "BNE", False),
    "SUB": ("BNE", "BEQ", False),
    "XOR": ("BNE", "BEQ", False),
    "LT": ("BLT", "BGE", False),
    "GT": ("BLT", "BGE", True),
    "SLT": ("BSLT", "BSGE", False),
    "SGT": ("BSLT", "BSGE", True),
}


def select_test(function: Function, condition: Value, defined: Callable[[Value], Inst | None]) -> Test:
    """The cheapest test for `condition != 0`; `defined` gives the instruction of a value that the branch may look through."""
    flipped = False
    constants = function.constants
    while True:
        inst = defined(condition)
        if inst is None:
            break
        inner = _zero_test(inst, constants)
        if inner is None:
            break
        condition, flips = inner
        flipped ^= flips
    test = Test("BNZ", "BZ", (condition,))
    if inst is not None and inst.op in _COMPARE:
        taken, inverse, swapped = _COMPARE[inst.op]
        test = Test(taken, inverse, inst.args[::-1] if swapped else inst.args)
    return test.negated() if flipped else test


def _zero_test(inst: Inst, constants: dict[Value, int]) -> tuple[Value, bool] | None:
    """(x, flips) if the instruction is non-zero iff x is non-zero (or, if it flips, iff x is zero)."""
    if inst.op == "ISZERO":
        return inst.args[0], True
    if inst.op in ("EQ", "LT", "GT", "SUB", "XOR"):
        first, second = inst.args
        left, right = constants.get(first), constants.get(second)
        if inst.op == "EQ" and (left == 0 or right == 0):
            return (second if left == 0 else first), True
        if inst.op in ("SUB", "XOR") and (left == 0 or right == 0):
            return (second if left == 0 else first), False
        if (inst.op == "LT" and right == 1) or (inst.op == "GT" and left == 1):
            return (first if inst.op == "LT" else second), True
        if (inst.op == "GT" and right == 0) or (inst.op == "LT" and left == 0):
            return (first if inst.op == "GT" else second), False
    return None
