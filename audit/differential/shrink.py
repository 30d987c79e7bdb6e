"""Smaller requests that still show the same mismatch: fewer calls, smaller values, shorter data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from audit.differential.compare import Mismatch
from audit.inputs.calls import FRAME_GAS
from zkvm.host.environment import Environment

BUDGET_RUNS: Final = 300
Request = dict[str, Any]
Judge = Callable[[Mapping[str, Any]], Mismatch | None]


def shrink(request: Mapping[str, Any], mismatch: Mismatch, judge: Judge, budget: int = BUDGET_RUNS) -> tuple[Request, Mismatch]:
    """The smallest request found within `budget` runs whose first mismatch is of the same field and function, with that mismatch.

    `judge` gives a request's first mismatch, located as far as its function, and None also for what cannot be run.
    """
    best: Request = {**request, "calls": request["calls"][: mismatch.call + 1]}
    found = mismatch
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
                best, found, improved = {**candidate, "calls": candidate["calls"][: verdict.call + 1]}, verdict, True
                break
    return best, found


def _candidates(request: Request) -> Iterator[Request]:
    """Simpler requests, the boldest first."""
    calls: list[Request] = request["calls"]
    for size in (len(calls) // 2, len(calls) // 4, 1):
        if 0 < size < len(calls):
            for start in range(0, len(calls) - size, size):
                yield {**request, "calls": calls[:start] + calls[start + size :]}
    plain = Environment().as_json()
    if request["env"] != plain:
        yield {**request, "env": plain}
    for at, call in enumerate(calls):
        for simpler in _simpler_calls(call):
            yield {**request, "calls": [*calls[:at], simpler, *calls[at + 1 :]]}


def _simpler_calls(call: Request) -> Iterator[Request]:
    for name, value in (("value", "0x0"), ("gas", hex(FRAME_GAS)), ("origin", call["caller"])):
        if call[name] != value:
            yield {**call, name: value}
    data = bytes.fromhex(call["data"][2:])
    head = 0 if call["create"] else 4
    if len(data) > head:
        yield {**call, "data": "0x" + data[:head].hex()}
        if (len(data) - head) % 32:
            yield {**call, "data": "0x" + data[: len(data) - (len(data) - head) % 32].hex()}
    for at in range(head, len(data) - 31, 32):
        word = int.from_bytes(data[at : at + 32], "big")
        for smaller in dict.fromkeys((0, 1, word & 0xFF, word >> 128, word >> 32, word >> 8, word >> 1)):
            if smaller < word:
                yield {**call, "data": "0x" + (data[:at] + smaller.to_bytes(32, "big") + data[at + 32 :]).hex()}
