"""The pure operations, at their corners and against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpiler.evm.arithmetic import EVALUATE
from transpiler.evm.opcodes import BY_NAME

TOP = 2**256 - 1
LOW = 2**255

CASES = [
    ("ADD", (TOP, 2), 1), ("SUB", (0, 1), TOP), ("MUL", (LOW, 2), 0), ("DIV", (7, 0), 0), ("SDIV", (LOW, TOP), LOW),
    ("SDIV", (TOP - 6, 2), TOP - 2), ("SMOD", (TOP - 6, 3), TOP), ("SMOD", (7, TOP - 2), 1), ("MOD", (7, 0), 0), ("SMOD", (7, 0), 0),
    ("ADDMOD", (TOP, TOP, 7), 2 * TOP % 7), ("MULMOD", (TOP, TOP, 12), TOP * TOP % 12), ("ADDMOD", (1, 1, 0), 0), ("EXP", (0, 0), 1),
    ("EXP", (2, 256), 0), ("SIGNEXTEND", (0, 0xFF), TOP), ("SIGNEXTEND", (0, 0x17F), 0x7F), ("SIGNEXTEND", (31, LOW), LOW),
    ("SIGNEXTEND", (TOP, 0xFF), 0xFF), ("SLT", (TOP, 0), 1), ("SGT", (TOP, 0), 0), ("BYTE", (31, 0x1234), 0x34), ("BYTE", (32, TOP), 0),
    ("SHL", (256, 1), 0), ("SHL", (255, 3), LOW), ("SHR", (256, TOP), 0), ("SAR", (256, LOW), TOP), ("SAR", (256, 1), 0),
    ("SAR", (4, LOW), TOP << 251 & TOP),
    ("CLZ", (0,), 256), ("CLZ", (1,), 255), ("CLZ", (LOW,), 0), ("NOT", (0,), TOP), ("ISZERO", (0,), 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "operands", "result"), CASES)
def test_corners(name: str, operands: tuple[int, ...], result: int) -> None:
    assert EVALUATE[name](*operands) == result


def test_arity_is_that_of_the_table() -> None:
    for name, function in EVALUATE.items():
        row = BY_NAME[name]
        assert (row.pushes, row.expansion.effects) == (1, "")
        assert 0 <= function(*range(1, row.pops + 1)) <= TOP


@given(st.integers(0, TOP), st.integers(0, TOP))
def test_division_is_consistent(a: int, b: int) -> None:
    quotient, remainder = EVALUATE["SDIV"](a, b), EVALUATE["SMOD"](a, b)
    if b:
        assert EVALUATE["ADD"](EVALUATE["MUL"](quotient, b), remainder) == a
    assert EVALUATE["CLZ"](a) == next((i for i in range(256) if a >> (255 - i)), 256)
