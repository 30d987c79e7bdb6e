"""THE ordered list of stages and passes from bytes to the SSA form that the lowering reads.

    bytes -disassemble-> Code -cfg-> Cfg -certificate-> Cfg -ssa-> Function -verify, passes, verify-> Function

A pass is a frozen value: what it needs to have run before, what it gives, what it spoils. The order is checked at import.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from transpiler.cfg.build import build as build_cfg
from transpiler.cfg.certificate import Certificate, certify
from transpiler.cfg.graph import Cfg
from transpiler.evm.disassemble import disassemble
from transpiler.passes.dead import dead
from transpiler.passes.duplicate import duplicate
from transpiler.passes.fold import fold
from transpiler.passes.forward import forward
from transpiler.passes.grow import grow
from transpiler.passes.inline import inline
from transpiler.passes.number import number
from transpiler.passes.simplify import simplify
from transpiler.passes.stores import stores
from transpiler.passes.unroll import unroll
from transpiler.ssa.build import build as build_ssa
from transpiler.ssa.ir import Function
from transpiler.ssa.verify import verify, verify_gas


@dataclass(frozen=True, slots=True)
class Pass:
    """A rewrite of a function. Facts: folded (no operation on constants), linear (no block that could be part of the one before it),
    numbered (equal pure operations shared), forwarded (no load of a known word), live (no dead result)."""

    name: str
    run: Callable[[Function], Function]
    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    spoils: frozenset[str] = frozenset()


def _facts(*names: str) -> frozenset[str]:
    return frozenset(names)


FOLD: Final = Pass("fold", fold, gives=_facts("folded"), spoils=_facts("linear", "numbered", "live"))
SIMPLIFY: Final = Pass("simplify", simplify, needs=_facts("folded"), gives=_facts("linear"), spoils=_facts("numbered"))
NUMBER: Final = Pass("number", number, needs=_facts("folded"), gives=_facts("numbered"), spoils=_facts("live"))
FORWARD: Final = Pass(
    "forward", forward, needs=_facts("numbered"), gives=_facts("forwarded"), spoils=_facts("folded", "numbered", "live")
)
STORES: Final = Pass("stores", stores, needs=_facts("forwarded", "folded"), spoils=_facts("live"))
GROW: Final = Pass("grow", grow, needs=_facts("forwarded", "folded"))
DEAD: Final = Pass("dead", dead, gives=_facts("live"))
INLINE: Final = Pass("inline", inline, needs=_facts("linear"), spoils=_facts("linear", "numbered", "forwarded"))
DUPLICATE: Final = Pass(
    "duplicate", duplicate, needs=_facts("linear"), spoils=_facts("linear", "numbered", "forwarded", "folded")
)
UNROLL: Final = Pass("unroll", unroll, needs=_facts("linear", "live"), spoils=_facts("linear"))

PASSES: Final[tuple[Pass, ...]] = (
    FOLD, SIMPLIFY, DEAD, INLINE, SIMPLIFY, INLINE, SIMPLIFY, INLINE, SIMPLIFY, DUPLICATE, FOLD, SIMPLIFY, NUMBER, FORWARD,
    FOLD, SIMPLIFY, NUMBER, FORWARD, FOLD, NUMBER, STORES, GROW, DEAD, SIMPLIFY,
    UNROLL, SIMPLIFY,
)  # fmt: skip
"""The passes in order; repeated where one makes room for another."""


def check_order(passes: Sequence[Pass]) -> None:
    """Each pass finds what it needs.

    Raises: ValueError naming the first that does not.
    """
    facts: frozenset[str] = frozenset()
    for index, item in enumerate(passes):
        if not item.needs <= facts:
            raise ValueError(f"pass {index} ({item.name}) needs {', '.join(sorted(item.needs - facts))}")
        facts = (facts - item.spoils) | item.gives


check_order(PASSES)

Watch = Callable[[str, object], None]
"""Told each stage's name and value as it is done: `listing`, `cfg`, `ssa`, then `pass 3 number` and so on."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """A lifted code object with what led to it. Units: `seconds` per stage, wall clock."""

    function: Function
    cfg: Cfg
    certificate: Certificate
    seconds: dict[str, float] = field(default_factory=dict)


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.perf_counter()

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.last
        self.last = now


@contextmanager
def collector_paused() -> Iterator[None]:
    """Python's cycle collector rests: the stages make many small values and no cycles, and its scans would cost half of the time."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def lift_traced(
    code: bytes, fork: str, kind: str, *, passes: Sequence[Pass] = PASSES, watch: Watch | None = None, checked: bool = False
) -> Lifted:
    """Lifts a code object; `kind` is runtime or creation.

    `watch` sees each stage. `checked` verifies after each pass, gas included, and not only at the start and the end.
    Raises: InternalError when the certificate or the verifier refuses.
    """
    with collector_paused():
        return _lift(code, fork, kind, passes, watch, checked)


def _lift(code: bytes, fork: str, kind: str, passes: Sequence[Pass], watch: Watch | None, checked: bool) -> Lifted:
    clock = _Clock()
    tell: Watch = watch if watch is not None else lambda _stage, _value: None
    listing = disassemble(code, fork)
    clock.mark("disassemble")
    tell("listing", listing)
    cfg = build_cfg(listing)
    clock.mark("cfg")
    certificate = certify(cfg)
    clock.mark("certificate")
    tell("cfg", cfg)
    function = build_ssa(cfg, kind)
    clock.mark("ssa")
    verify(function)
    clock.mark("verify")
    tell("ssa", function)
    results: dict[str, Function] = {}
    for index, item in enumerate(passes):
        before = function
        if results.get(item.name) is not function:  # else nothing changed since it ran last
            function = results[item.name] = item.run(function)
        clock.mark(item.name)
        if checked:
            verify(function)
            verify_gas(before, function)
            clock.mark("verify")
        tell(f"pass {index} {item.name}", function)
    clock.mark("verify")
    verify(function)
    clock.mark("verify")
    return Lifted(function, cfg, certificate, clock.seconds)


def lift(code: bytes, fork: str, kind: str) -> Function:
    """The optimised SSA form of a code object; `kind` is runtime or creation."""
    return lift_traced(code, fork, kind).function
