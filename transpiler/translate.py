"""Translation: bytes to a linted program. Every byte string translates; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final, Literal

from transpiler.cfg import build as cfg_build
from transpiler.cfg.certificate import certify
from transpiler.cfg.graph import Cfg
from transpiler.errors import InternalError
from transpiler.evm.disassemble import Code, disassemble
from transpiler.evm.opcodes import table
from transpiler.lower.lower import REGION_BUDGET_ROWS, Lowered, lower, lower_generic
from transpiler.ssa.build import build as build_ssa
from transpiler.ssa.ir import Function
from transpiler.ssa.verify import verify
from zkvm.isa.table import BY_CODE
from zkvm.lint import LintError, lint
from zkvm.program import Kind, Program

Tier = Literal["optimised", "generic"]
SMALL_BUDGET_ROWS: Final[int] = 200
"""Where a region came out larger than the lint admits, regions are formed again with this budget."""


@dataclass(frozen=True, slots=True)
class Template:
    """Marks code with placeholders: an artefact's code before a constructor has put immutables and addresses in.

    Shape: (start, length) byte ranges of the placeholders.
    """

    placeholders: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """What a translation came to.

    Units: `seconds` is wall clock from bytes to a linted program, `stages` its parts. Shape: `tier` is the one that was emitted,
    `fallback` says why it is not the one asked for; `unsupported` names what a run or a proof that reaches it cannot do (ISA table).
    """

    blocks: int
    instructions: int
    chained: int
    regions: int
    registers: int
    unresolved_jumps: int
    escapes: int
    unsupported: tuple[str, ...]
    seconds: float
    stages: Mapping[str, float]
    tier: Tier
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A program with its name, its source map (ISA 7.3) and statistics. `cfg` and `function` are the stages before, where there are any."""

    name: str
    program: Program
    source_map: tuple[tuple[int, int, tuple[int, int, int] | None], ...]
    stats: Stats
    template: Template | None = None
    cfg: Cfg | None = field(default=None, compare=False)
    function: Function | None = field(default=None, compare=False)


class _Clock:
    """Wall clock by stage."""

    def __init__(self) -> None:
        self.start = perf_counter()
        self.stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a stage; a stage that runs again adds up."""
        begin = perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + perf_counter() - begin


def translate(
    code: bytes,
    fork: str,
    kind: Kind,
    *,
    name: str = "",
    source_map: Mapping[int, tuple[int, int, int]] | None = None,
    tier: Tier = "optimised",
    template: Template | None = None,
) -> Translation:
    """The translation of a code object; `source_map` gives the source of an EVM pc.

    Total: where the optimised tier fails by a bug of ours, the generic tier stands in and `Stats.fallback` says so.
    Raises: InputError for a rule set that does not exist.
    """
    clock = _Clock()
    with clock.stage("disassemble"):
        listing = disassemble(code, fork)
    cfg: Cfg | None = None
    function: Function | None = None
    lowered: Lowered | None = None
    fallback = ""
    if tier == "optimised":
        try:
            cfg = _graph(listing, clock)
            function = _function(cfg, kind, clock)
            lowered = _lowered(function, kind, clock)
        except (InternalError, LintError, RecursionError, AssertionError, LookupError, ValueError, TypeError) as error:
            fallback = f"{type(error).__name__}: {error}"
    if lowered is None:
        with clock.stage("lower"):
            lowered = lower_generic(code, fork, kind)
        with clock.stage("lint"):
            lint(lowered.program)
    stats = _stats(lowered, cfg, listing, clock, fallback)
    places = source_map or {}
    mapped = tuple((identifier, pc, places.get(pc)) for identifier, pc in lowered.origins)
    return Translation(name, lowered.program, mapped, stats, template, cfg, function)


def _graph(listing: Code, clock: _Clock) -> Cfg:
    with clock.stage("cfg"):
        cfg = cfg_build.build(listing)
    with clock.stage("certificate"):
        certify(cfg)
    return cfg


def _function(cfg: Cfg, kind: Kind, clock: _Clock) -> Function:
    with clock.stage("ssa"):
        function = build_ssa(cfg, kind)
    with clock.stage("verify"):
        verify(function)
    return function


def _lowered(function: Function, kind: Kind, clock: _Clock) -> Lowered:
    for budget in (REGION_BUDGET_ROWS, SMALL_BUDGET_ROWS):
        with clock.stage("lower"):
            lowered = lower(function, kind, budget_rows=budget)
        try:
            with clock.stage("lint"):
                lint(lowered.program)
        except LintError as error:
            if error.rule == "region-size" and budget != SMALL_BUDGET_ROWS:
                continue
            raise
        return lowered
    raise InternalError("S2Z-LOWER-REGION", "no budget keeps the regions within their limit")


def _stats(lowered: Lowered, cfg: Cfg | None, listing: Code, clock: _Clock, fallback: str) -> Stats:
    program = lowered.program
    ops = {instruction.op for instruction in program.instructions}
    later = tuple(BY_CODE[op].name for op in sorted(ops) if BY_CODE[op].prover != "now")
    return Stats(
        blocks=len(cfg.nodes) if cfg is not None else lowered.regions,
        instructions=len(program.instructions),
        chained=program.chained,
        regions=lowered.regions,
        registers=lowered.registers,
        unresolved_jumps=len(cfg.unresolved) if cfg is not None else _dynamic_jumps(listing),
        escapes=cfg_build.escapes(cfg) if cfg is not None else 0,
        unsupported=later,
        seconds=perf_counter() - clock.start,
        stages=clock.stages,
        tier="optimised" if cfg is not None and not fallback else "generic",
        fallback=fallback,
    )


def _dynamic_jumps(listing: Code) -> int:
    """Jumps of the generic tier: none of them is resolved."""
    jumps = {opcode.code for opcode in table(listing.fork) if opcode.name in ("JUMP", "JUMPI")}
    return sum(instruction.opcode.code in jumps for instruction in listing.instructions)


def as_json(stats: Stats) -> dict[str, Any]:
    """The statistics as `transpile --json` prints them."""
    return {
        "blocks": stats.blocks, "instructions": stats.instructions, "unresolved_jumps": stats.unresolved_jumps,
        "escapes": stats.escapes, "unsupported": list(stats.unsupported), "seconds": stats.seconds,
    }  # fmt: skip
