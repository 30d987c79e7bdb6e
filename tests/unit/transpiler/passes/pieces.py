"""Pieces of text IR for pass tests: `becomes` compares what a pass makes of one piece with another, and runs both."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.unit.transpiler.ssa.inputs import word
from transpiler.ssa.interpret import Host, run
from transpiler.ssa.ir import Function
from transpiler.ssa.text import parse, write
from transpiler.ssa.verify import verify, verify_gas

RUNS = 40


def function(piece: str) -> Function:
    """The function that a piece describes: blocks without head lines, pcs optional (0 when left out)."""
    lines = []
    for line in piece.strip().splitlines():
        text = line.strip()
        if text.endswith(":") and "@" not in text:
            text = text[:-1] + " @0x0:"
        lines.append(text if text.startswith("b") else "  " + text)
    return parse("function Osaka runtime b0\ncode 0x\n" + "\n".join(lines) + "\n")


def canonical(piece: Function) -> str:
    """The text with values numbered in order of appearance, without pcs."""
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        return names.setdefault(match.group(), f"v{len(names)}")

    text = re.sub(r"\bv\d+\b", name, write(piece).split("\n", 2)[2])
    return re.sub(r" @0x[0-9a-f]+", "", text)


def equal(before: Function, after: Function) -> None:
    """Both do the same on random inputs, gas included."""
    for seed in range(RUNS):
        outcomes = []
        for piece in (before, after):
            rng = random.Random(seed)
            data = b"".join(word(rng).to_bytes(32, "big") for _ in range(rng.randrange(5)))
            env = {kind: word(rng) for kind in ("CALLVALUE", "TIMESTAMP", "NUMBER")}
            env.update({kind: rng.getrandbits(160) for kind in ("CALLER", "ORIGIN")})
            storage = {key: word(rng) for key in range(4)}
            outcomes.append(run(piece, Host(calldata=data, env=env, storage=storage, gas=rng.choice((10**6, 10**6, 5000)))))
        assert outcomes[0] == outcomes[1], seed


def becomes(rewrite: Callable[[Function], Function], before: str, after: str) -> None:
    """The pass makes `after` of `before`, keeps the gas, and both run alike."""
    old = verify(function(before))
    new = verify(rewrite(old))
    verify_gas(old, new)
    equal(old, new)
    assert canonical(new) == canonical(verify(function(after)))


def stays(rewrite: Callable[[Function], Function], piece: str) -> None:
    """The pass leaves the piece alone."""
    becomes(rewrite, piece, piece)
