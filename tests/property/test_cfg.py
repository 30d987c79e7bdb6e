"""Graphs of arbitrary bytes: there always is one, its certificate passes, and executions stay inside."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.cfg_walk import Walk
from tests.unit.transpiler.cfg.programs import PROGRAMS
from transpiler.cfg.build import build, resolve
from transpiler.cfg.certificate import certify
from transpiler.cfg.text import parse, render
from transpiler.cfg.views import block_edges
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble
from zkvm.isa.table import FORKS

WORDS = [
    "JUMP", "JUMPI", "JUMPI", "DUP1", "DUP2", "DUP3", "SWAP1", "SWAP2", "SWAP3", "POP", "ADD", "SUB", "AND", "ISZERO", "EQ", "LT", "0", "1",
    "CALLDATASIZE", "CALLER", "SLOAD", "STOP", "REVERT", "RETURN", "0xffff", "PC",
]  # fmt: skip


@st.composite
def soups(draw: st.DrawFn) -> str:
    """Random programs that know their labels: much of what they do is jump."""
    labels = draw(st.integers(1, 8))
    token = st.one_of(st.sampled_from(WORDS), st.integers(0, labels - 1).map(lambda i: f"@l{i}"))
    pieces = draw(st.lists(st.lists(token, max_size=9), min_size=labels + 1, max_size=labels + 1))
    return " ".join(pieces[0]) + "".join(f"\nl{i}: {' '.join(piece)}" for i, piece in enumerate(pieces[1:]))


@st.composite
def call_trees(draw: st.DrawFn) -> str:
    """Random programs of functions that call each other, with one argument: recursion, sharing and loops are common."""
    functions = draw(st.integers(1, 5))
    serial = iter(range(10_000))
    text = ["CALLDATASIZE"]

    def body(calls: list[int]) -> None:
        for callee in calls:
            label = f"r{next(serial)}"
            shape = draw(st.integers(0, 2))
            if shape == 1:
                text.append(f"DUP1 ISZERO @s{label} JUMPI")
            text.append(f"@{label} SWAP1 @f{callee} JUMP {label}:")
            if shape == 1:
                text.append(f"s{label}:")
            if shape == 2:
                text.append("1 ADD CALLER EQ")

    body(draw(st.lists(st.integers(0, functions - 1), min_size=1, max_size=3)))
    text.append("STOP")
    for function in range(functions):
        text.append(f"f{function}:")
        body(draw(st.lists(st.integers(0, functions - 1), max_size=3)))
        text.append("SWAP1 JUMP")
    return "\n".join(text)


def examine(data: bytes, fork: str, seed: int) -> None:
    """Build, certify, print, parse; walk the graph along executions."""
    code = disassemble(data, fork)
    cfg = build(code)
    certify(cfg)
    assert not any(context.recursive for context in cfg.contexts)
    assert build(disassemble(data, fork)) == cfg
    assert parse(render(cfg), code) == cfg
    blocks, edges = block_edges(cfg)
    starts = {pc for pc, _ in blocks}
    assert all(pc in starts for edge in edges for pc in edge)
    for closed, graph in ((True, cfg), (False, resolve(code))):
        for walk in range(2):
            if graph is not None:
                Walk(graph, random.Random(seed + walk), closed).run(150)


@given(st.binary(max_size=120), st.sampled_from(FORKS), st.integers(0, 2**32))
@settings(deadline=None, max_examples=50)
def test_random_bytes(data: bytes, fork: str, seed: int) -> None:
    examine(data, fork, seed)


@given(soups(), st.integers(0, 2**32))
@settings(deadline=None, max_examples=50)
def test_random_jumps(text: str, seed: int) -> None:
    examine(assemble(text), "Osaka", seed)


@given(call_trees(), st.integers(0, 2**32))
@settings(deadline=None, max_examples=50)
def test_random_functions(text: str, seed: int) -> None:
    examine(assemble(text), "Osaka", seed)


@pytest.mark.parametrize("name", PROGRAMS)
def test_small_programs(name: str) -> None:
    for seed in range(4):
        examine(assemble(PROGRAMS[name]), "Osaka", seed)
