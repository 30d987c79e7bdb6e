"""Every rule of the algebra against the definitions of the operations."""

from __future__ import annotations

import random

import pytest

from tests.unit.transpiler.passes.pieces import equal, function
from transpiler.passes.algebra import RULES
from transpiler.passes.fold import fold
from transpiler.ssa.ops import OPS
from transpiler.ssa.verify import verify

CONSTANTS = (
    0,
    1,
    2,
    3,
    4,
    31,
    30,
    32,
    0xFF,
    0x100,
    160,
    224,
    255,
    256,
    (1 << 160) - 1,
    (1 << 256) - 1,
    (1 << 256) - 32,
    1 << 255,
)
INNER = ("ISZERO", "AND", "ADD", "SUB", "NOT", "SHR", "SHL", "EQ", "XOR", "MUL", "LT", "BYTE", "SIGNEXTEND", "OR", "DIV")


def expression(rng: random.Random, last: str) -> str:
    """A block that ends in the operation `last` over a few others, all results stored."""
    lines = ["b0:", "v0 = CALLDATALOAD 0x0", "v1 = ENV.CALLER", "v2 = CALLDATALOAD 0x20", "v3 = ENV.CALLDATASIZE"]
    count = 4
    for index in range(rng.randrange(1, 5)):
        op = last if index == 0 or rng.random() < 0.4 else rng.choice(INNER)
        operands = [
            f"v{rng.randrange(count)}" if rng.random() < 0.6 else hex(rng.choice(CONSTANTS)) for _ in range(OPS[op].arity[0])
        ]
        lines.append(f"v{count} = {op} {' '.join(operands)}")
        count += 1
    operands = [f"v{rng.randrange(max(0, count - 3), count)}" for _ in range(OPS[last].arity[0])]
    lines.append(f"v{count} = {last} {' '.join(operands)}")
    lines += [f"SSTORE {hex(value)} v{value}" for value in range(4, count + 1)]
    return "\n".join([*lines, "STOP"])


@pytest.mark.parametrize("op", RULES)
def test_rule(op: str) -> None:
    rng = random.Random(op)
    for _ in range(60):
        before = verify(function(expression(rng, op)))
        equal(before, verify(fold(before)))
