"""Generated contracts."""

from __future__ import annotations

from random import Random

import pytest

from audit.differential.trees.contracts import contract, diver
from audit.differential.trees.init_codes import init_code
from transpiler.evm.opcodes import table
from zkvm.isa.table import FORKS


def balance(code: bytes, fork: str) -> int:
    """Pushes less pops of a piece of code, read from its beginning to its end."""
    rows, at, height = table(fork), 0, 0
    while at < len(code):
        row = rows[code[at]]
        assert row.defined, f"{code[at]:#x} at {at}"
        height += row.pushes - row.pops
        at += 1 + row.immediate
    return height


@pytest.mark.parametrize("fork", FORKS)
def test_an_action_leaves_the_stack_as_it_was_and_is_of_the_rule_set(fork: str) -> None:
    for seed in range(12):
        code = contract(fork, Random(seed))
        assert code.spans
        assert {balance(code.data[start:end], fork) for start, end in code.spans} == {0}


def test_constantinople_never_stores() -> None:
    rows = table("Constantinople")
    for seed in range(30):
        code = contract("Constantinople", Random(seed))
        for start, end in code.spans:
            at = start
            while at < end:
                assert rows[code.data[at]].name != "SSTORE"
                at += 1 + rows[code.data[at]].immediate


def test_the_same_seed_gives_the_same_code() -> None:
    assert contract("Osaka", Random(5)) == contract("Osaka", Random(5)) != contract("Osaka", Random(6))
    assert init_code("Osaka", Random(5)) == init_code("Osaka", Random(5))


def test_there_are_empty_long_and_refused_init_codes() -> None:
    codes = [init_code("Osaka", Random(seed)) for seed in range(300)]
    assert b"" in codes
    assert any(b"\x61\x60\x01\x5f\xf3" in code for code in codes)  # returns 24,577 bytes
    assert any(b"\xef" in code for code in codes)


def test_a_diver_calls_or_creates_itself() -> None:
    assert diver("Osaka", Random(1), creating=True).data.startswith(bytes.fromhex("385f5f39385f5ff0"))
    assert b"\x30" in diver("Frontier", Random(1), creating=False).data
