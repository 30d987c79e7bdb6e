"""Pure instructions against what the Yellow Paper and the EIPs give as examples, and against other formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkvm.isa.table import BY_NAME, ROWS
from zkvm.machine.dispatch import HANDLERS
from zkvm.machine.pure import PURE
from zkvm.word import MASK, MODULUS, keccak256

MINUS = MASK
LOWEST = 1 << 255
words = st.one_of(st.integers(0, MASK), st.integers(0, 300), st.integers(MASK - 300, MASK), st.just(LOWEST))


def apply(name: str, *operands: int) -> int:
    arity, function = PURE[BY_NAME[name].code]
    assert arity == len(operands)
    return function(*operands)


def test_every_row_has_its_meaning() -> None:
    assert set(PURE) == {row.code for row in ROWS if row.kind == "pure"}
    assert set(HANDLERS) == {row.code for row in ROWS if row.kind in ("chained", "branch", "end")}


CASES = [
    ("ADD", (MASK, 2), 1),
    ("MUL", (MASK, 2), MASK - 1),
    ("SUB", (1, 2), MASK),
    ("DIV", (7, 2), 3),
    ("DIV", (7, 0), 0),
    ("SDIV", (-7 & MASK, 2), -3 & MASK),
    ("SDIV", (LOWEST, MINUS), LOWEST),
    ("SDIV", (7, 0), 0),
    ("SDIV", (7, -2 & MASK), -3 & MASK),
    ("MOD", (7, 0), 0),
    ("MOD", (7, 4), 3),
    ("SMOD", (-8 & MASK, 3), -2 & MASK),
    ("SMOD", (8, -3 & MASK), 2),
    ("SMOD", (8, 0), 0),
    ("ADDMOD", (MASK, MASK, 3), (2 * MASK) % 3),
    ("ADDMOD", (1, 2, 0), 0),
    ("MULMOD", (MASK, MASK, 12), 9),
    ("MULMOD", (1, 2, 0), 0),
    ("EXP", (0, 0), 1),
    ("EXP", (2, 256), 0),
    ("EXP", (3, 5), 243),
    ("SIGNEXTEND", (0, 0xFF), MASK),
    ("SIGNEXTEND", (0, 0x17F), 0x7F),
    ("SIGNEXTEND", (31, MASK), MASK),
    ("SIGNEXTEND", (MASK, 5), 5),
    ("SIGNEXTEND", (30, 1 << 247), MASK ^ ((1 << 247) - 1)),
    ("SIGNEXTEND", (30, 1 << 248), 0),
    ("LT", (1, 2), 1),
    ("LT", (2, 2), 0),
    ("GT", (2, 1), 1),
    ("SLT", (MINUS, 0), 1),
    ("SGT", (0, MINUS), 1),
    ("SLT", (1, 2), 1),
    ("EQ", (5, 5), 1),
    ("ISZERO", (0,), 1),
    ("ISZERO", (9,), 0),
    ("AND", (12, 10), 8),
    ("OR", (12, 10), 14),
    ("XOR", (12, 10), 6),
    ("NOT", (0,), MASK),
    ("BYTE", (31, 0x1234), 0x34),
    ("BYTE", (30, 0x1234), 0x12),
    ("BYTE", (32, MASK), 0),
    ("SHL", (255, 3), LOWEST),
    ("SHL", (256, 1), 0),
    ("SHR", (255, LOWEST), 1),
    ("SHR", (MASK, MASK), 0),
    ("SAR", (4, -16 & MASK), MASK),
    ("SAR", (MASK, MINUS), MASK),
    ("SAR", (MASK, 1), 0),
    ("CLZ", (0,), 256),
    ("CLZ", (LOWEST,), 0),
    ("CLZ", (1,), 255),
]


@pytest.mark.parametrize(("name", "operands", "result"), CASES)
def test_examples(name: str, operands: tuple[int, ...], result: int) -> None:
    assert apply(name, *operands) == result


@given(words, words, words)
def test_results_are_words_and_agree(a: int, b: int, c: int) -> None:
    for arity, function in PURE.values():
        assert 0 <= function(*(a, b, c)[:arity]) <= MASK
    assert apply("SUB", a, b) == apply("ADD", a, apply("ADD", apply("NOT", b), 1))
    assert apply("SLT", a, b) == apply("SGT", b, a)
    assert apply("ADDMOD", a, b, c) == (apply("MOD", a, c) + apply("MOD", b, c)) % c if c else True
    if b:
        assert apply("ADD", apply("MUL", apply("SDIV", a, b), b), apply("SMOD", a, b)) == a
    assert apply("SAR", c % 256, a) == (apply("SHR", c % 256, a) | ((MASK << (256 - c % 256)) & MASK if a & LOWEST else 0))


def test_hashes() -> None:
    assert apply("HASH1", 5) == int.from_bytes(keccak256((5).to_bytes(32, "big")), "big")
    assert apply("HASH2", 5, 6) == int.from_bytes(keccak256((5).to_bytes(32, "big") + (6).to_bytes(32, "big")), "big")
    assert MODULUS == MASK + 1
