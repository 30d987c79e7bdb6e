"""Inputs for comparing functions: words of many shapes, hosts, random code that runs for a while."""

from __future__ import annotations

import random

from tests.unit.transpiler.ssa import stack_machine
from transpiler.evm.disassemble import disassemble
from transpiler.ssa.interpret import Host, Outcome, run
from transpiler.ssa.ir import Function
from zkvm.word import MASK

STEPS = 200_000
OPCODES = bytes.fromhex("5b5657606060808182909101031514505251545535 5a59f1a1205e37531610610a0af03dff".replace(" ", ""))


def word(rng: random.Random) -> int:
    """A word with one of several shapes."""
    number = rng.getrandbits(256)
    return rng.choice((0, 1, number & 0xFF, number >> 96, number, 32 * (number & 7), MASK, 1 << (number & 255), MASK ^ 31))


def host(rng: random.Random, code: bytes, selectors: list[int]) -> Host:
    """A host with call data for one of the selectors, and some storage."""
    selector = rng.choice(selectors) if selectors and rng.random() < 0.95 else rng.getrandbits(32)
    data = selector.to_bytes(4, "big") + b"".join(word(rng).to_bytes(32, "big") for _ in range(rng.randrange(6)))
    env = {"CALLER": rng.getrandbits(160), "ADDRESS": 0xC0DE, "CALLVALUE": rng.choice((0, 0, 0, 1)), "TIMESTAMP": 0x65A0BC00}
    gas = rng.choice((10**7, 10**7, rng.randrange(100, 60_000)))
    return Host(calldata=data, code=code, env=env, storage={key: word(rng) for key in range(8)}, gas=gas)


def selectors(code: bytes, fork: str) -> list[int]:
    """Words of four bytes that the code pushes."""
    return sorted({item.value for item in disassemble(code, fork).instructions if item.opcode.name == "PUSH4"})


def random_code(rng: random.Random) -> bytes:
    """Code with a stack to work on and jumps that often have a target."""
    code = bytearray()
    for _ in range(rng.randrange(12)):
        code += bytes([0x60, rng.choice((0, 32, 64, rng.randrange(100)))])
    for _ in range(rng.randrange(5, 60)):
        code.append(rng.choice(OPCODES))
        if code[-1] == 0x60:
            code.append(rng.choice((0, 0, 32, 32, 64, 1, rng.randrange(100))))
    targets = [pc for pc, byte in enumerate(code) if byte == 0x5B]
    for pc in range(len(code) - 1):
        if code[pc] == 0x60 and targets and rng.random() < 0.4:
            code[pc + 1] = rng.choice(targets)
    if rng.random() < 0.5:
        code += bytes.fromhex("60006000f3")
    return bytes(code)


def compare(function: Function, runs: int, seed: int) -> dict[str, int]:
    """Runs the function and the plain EVM on the same inputs; how often each status came.

    An escape goes on in the plain EVM. Raises: AssertionError at the first difference.
    """
    rng = random.Random(seed)
    words = selectors(function.code, function.fork)
    counts: dict[str, int] = {}
    for index in range(runs):
        state = rng.getstate()
        expected = stack_machine.run(function.code, function.fork, host(rng, function.code, words), STEPS)
        rng.setstate(state)
        mine = host(rng, function.code, words)
        found: Outcome = run(function, mine)
        if found.status == "escape":
            counts["escape"] = counts.get("escape", 0) + 1
            found = stack_machine.resume(function.code, function.fork, mine, found, STEPS)
        if "steps" not in (expected.status, found.status):
            assert found == expected, (index, function.code.hex())
        counts[expected.status] = counts.get(expected.status, 0) + 1
    return counts
