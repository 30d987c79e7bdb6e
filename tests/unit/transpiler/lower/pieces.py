"""Pieces of SSA text lowered, linted and run against the SSA interpreter."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.unit.transpiler.lower.runs import CALLER, CONTRACT, request
from tests.unit.transpiler.passes.pieces import function
from transpiler.lower.lower import Lowered, lower
from transpiler.ssa.interpret import Host
from transpiler.ssa.interpret import run as interpret
from transpiler.ssa.ir import Function
from transpiler.ssa.verify import verify
from zkvm.isa.table import BY_CODE
from zkvm.lint import lint
from zkvm.machine import execute
from zkvm.word import keccak256

GAS = 200_000


def program(piece: str, budget_rows: int = 1500) -> Lowered:
    """The linted program of a piece."""
    lowered = lower(verify(function(piece)), "runtime", budget_rows=budget_rows)
    lint(lowered.program)
    return lowered


def names(lowered: Lowered, *, pure: bool = False) -> list[str]:
    """The names of the chained (or the other) instructions in order."""
    rows = lowered.program.instructions
    return [BY_CODE[row.op].name for row in (rows[lowered.program.chained :] if pure else rows[: lowered.program.chained])]


def same(piece: str, budget_rows: int = 1500) -> Lowered:
    """The program of a piece, which does what the SSA interpreter says on random inputs, gas included."""
    lowered = program(piece, budget_rows)
    source = function(piece)
    for seed in range(12):
        rng = random.Random(seed)
        data = b"".join(rng.choice((0, 1, 2, 3, 7, rng.getrandbits(256))).to_bytes(32, "big") for _ in range(4))
        _compare(source, lowered, data)
    return lowered


def _compare(source: Function, lowered: Lowered, data: bytes) -> None:
    env = {"CALLER": int(CALLER, 16), "ORIGIN": int(CALLER, 16), "ADDRESS": int(CONTRACT, 16), "TIMESTAMP": 0x65A0BC00}
    expected = interpret(source, Host(calldata=data, env=env, storage={1: 5}, gas=GAS))
    moved = replace(lowered.program, code=b"\0", code_hash=keccak256(b"\0"))  # an account without code runs nothing
    result = execute(request(b"\0", [(data, GAS)]), [moved])
    call: dict[str, Any] = result["calls"][0]
    assert (call["status"], call["return_data"]) == (expected.status, "0x" + expected.output.hex()), data.hex()
    assert int(call["gas_left"], 16) == expected.gas, data.hex()
    if expected.status == "success":
        slots = {hex(key): hex(word) for key, word in expected.storage if word}
        assert result["state"][CONTRACT]["storage"] == slots, data.hex()
