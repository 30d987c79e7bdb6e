"""Smaller requests that still show the same mismatch: fewer calls, smaller values, shorter data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from audit.differential.compare import Mismatch
from audit.inputs.calls import FRAME_GAS
from zkvm.host.environment import Environment
from zkvm.host.request import Call, Request

BUDGET_RUNS: Final = 300
Judge = Callable[[Request], Mismatch | None]


def shrink(request: Request, mismatch: Mismatch, judge: Judge, budget: int = BUDGET_RUNS) -> tuple[Request, Mismatch]:
    """The smallest request found within `budget` runs whose first mismatch is of the same field and function, with that mismatch.

    `judge` gives a request's first mismatch, located as far as its function, and None also for what cannot be run.
    """
    best, found = request.prefix(mismatch.call + 1), mismatch
    runs = 0
    improved = True
    while improved and runs < budget:
        improved = False
        for candidate in _candidates(best):
            if runs >= budget:
                break
            runs += 1
            verdict = judge(candidate)
            if verdict is not None and verdict.kind == mismatch.kind:
                best, found, improved = candidate.prefix(verdict.call + 1), verdict, True
                break
    return best, found


def _candidates(request: Request) -> Iterator[Request]:
    """Simpler requests, the boldest first."""
    calls = request.calls
    for size in (len(calls) // 2, len(calls) // 4, 1):
        if 0 < size < len(calls):
            for start in range(0, len(calls) - size, size):
                yield replace(request, calls=calls[:start] + calls[start + size :])
    if request.env != Environment():
        yield replace(request, env=Environment())
    for at, call in enumerate(calls):
        for simpler in _simpler_calls(call):
            yield replace(request, calls=(*calls[:at], simpler, *calls[at + 1 :]))


def _simpler_calls(call: Call) -> Iterator[Call]:
    gas = None if call.gas is None else FRAME_GAS
    for simpler in (replace(call, value=0), replace(call, gas=gas), replace(call, origin=call.caller)):
        if simpler != call:
            yield simpler
    data = call.data
    head = 0 if call.create else 4
    if len(data) > head:
        yield replace(call, data=data[:head])
        if (len(data) - head) % 32:
            yield replace(call, data=data[: len(data) - (len(data) - head) % 32])
    for at in range(head, len(data) - 31, 32):
        word = int.from_bytes(data[at : at + 32], "big")
        for smaller in dict.fromkeys((0, 1, word & 0xFF, word >> 128, word >> 32, word >> 8, word >> 1)):
            if smaller < word:
                yield replace(call, data=data[:at] + smaller.to_bytes(32, "big") + data[at + 32 :])
