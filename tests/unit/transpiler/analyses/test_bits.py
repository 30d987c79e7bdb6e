"""Known bits hold for every value that a run computes."""

from __future__ import annotations

import random

import pytest

from tests.unit.transpiler.passes.pieces import function
from tests.unit.transpiler.passes.test_algebra import expression
from tests.unit.transpiler.ssa.inputs import host, random_code
from transpiler.analyses.bits import known_bits
from transpiler.cfg.build import build as build_cfg
from transpiler.evm.disassemble import disassemble
from transpiler.ssa import interpret
from transpiler.ssa.build import build
from transpiler.ssa.dominance import dominance
from transpiler.ssa.ir import Function, Value
from transpiler.ssa.ops import ARITHMETIC
from zkvm.word import MASK


def check(piece: Function, mine: interpret.Host) -> int:
    """Runs the piece and compares every result with what is known of it; the number of results seen."""
    known = known_bits(piece, dominance(piece))
    frame = interpret.Frame(piece, mine)
    block, seen = piece.blocks[piece.entry], 0

    def compare(value: Value) -> int:
        zeros, ones = known.conditions.refine(value, block.id, known.bits[value])
        word = frame.values[value]
        assert not word & zeros
        assert word & ones == ones
        return 1

    for _ in range(200):
        assert block.id in known.blocks
        seen += sum(compare(param) for param in block.params)
        try:
            for inst in block.insts:
                frame.run_inst(inst)
                seen += 0 if inst.result is None else compare(inst.result)
            end = frame.end(block.term)
        except interpret.Halted:
            return seen
        if isinstance(end, interpret.Outcome):
            return seen
        block = piece.blocks[end]
    return seen


@pytest.mark.parametrize("op", sorted(ARITHMETIC - {"HASH1", "HASH2"}))
def test_operations(op: str) -> None:
    rng = random.Random(op)
    for _ in range(40):
        assert check(function(expression(rng, op)), host(rng, b"", []))


def test_random_code() -> None:
    seen = 0
    for seed in range(200):
        rng = random.Random(seed)
        code = random_code(rng)
        seen += check(build(build_cfg(disassemble(code, "Osaka")), "runtime"), host(rng, code, []))
    assert seen > 100


def test_masks_and_branches() -> None:
    piece = function(
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = LT v1 0x100\n BRANCH v2 b1 b2\nb1:\n v3 = SHL 0x8 v1\n SSTORE v3 v3\n STOP\nb2:\n v4 = SHL 0x8 v1\n"
        " SSTORE v4 v4\n STOP"
    )
    known = known_bits(piece, dominance(piece))
    assert known.bits[3] == (MASK ^ 0xFF00, 0)
    assert known.bits[4] == (0xFF, 0)
    assert known.constant(3) is None
