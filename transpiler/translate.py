"""Translation: bytes to a linted program. Every byte string translates; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Final, Literal

from transpiler.cfg import build
from transpiler.errors import InternalError, Unsupported
from transpiler.evm.opcodes import table
from transpiler.lower.lower import REGION_BUDGET_ROWS, Lowered, lower, lower_generic
from transpiler.pipeline import PASSES, Lifted, Pass, Watch, collector_paused, lift_traced
from transpiler.ssa.ir import Function
from zkvm.isa.table import BY_CODE, BY_NAME
from zkvm.lint import LintError, lint
from zkvm.program import Kind, Program

Tier = Literal["optimised", "generic"]
_FAILURES: Final = (InternalError, Unsupported, LintError, RecursionError, AssertionError, LookupError, ValueError, TypeError)
_LIMITS: Final = frozenset({"S2Z-LOWER-BUDGET"})
"""Codes of Unsupported that say what the optimised tier cannot hold, by design."""
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
    """The result of a translation in numbers.

    Units: `seconds` is wall clock from bytes to a linted program, `stages` its parts. Shape: `tier` is the one that was emitted,
    `fallback` says why it is not the one asked for, `broken` that a bug is why. `unsupported` names what a run or a proof that
    reaches it cannot do (ISA table).
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
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """A program with its name, its source map (ISA 7.3) and statistics. `lifted` holds the stages before, if there are any."""

    name: str
    program: Program
    source_map: tuple[tuple[int, int, tuple[int, int, int] | None], ...]
    stats: Stats
    template: Template | None = None
    lifted: Lifted | None = field(default=None, compare=False)


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
    passes: Sequence[Pass] = PASSES,
    strict: bool | None = None,
    watch: Watch | None = None,
) -> Translation:
    """The translation of a code object; `source_map` gives the source of an EVM pc, `watch` is told each stage as it is done.

    Total: where the optimised tier fails by a bug of ours, the generic tier stands in and `Stats.fallback` says so; if `strict` (None: as
    `strictly` says), the bug is raised. Code beyond the optimised tier's limits is no bug: the generic tier runs it either way.
    Raises: InputError for a rule set that does not exist, Unsupported for code whose program would pass 2^22 identifiers (ISA 7.5),
    InternalError if strict.
    """
    clock = _Clock()
    lifted: Lifted | None = None
    lowered: Lowered | None = None
    fallback, broken = "", False
    table(fork)
    with collector_paused():
        if tier == "optimised":
            try:
                lifted = lift_traced(code, fork, kind, passes=passes, watch=watch)
                clock.stages.update(lifted.seconds)
                lowered = _lowered(lifted.function, kind, clock, watch)
            except _FAILURES as error:
                broken = not (isinstance(error, Unsupported) and error.code in _LIMITS)
                if broken and (_strict if strict is None else strict):
                    raise _bug(error, name, kind) from error
                fallback = f"{type(error).__name__}: {error}"
        if lowered is None:
            with clock.stage("lower"):
                lowered = lower_generic(code, fork, kind)
            with clock.stage("lint"):
                _lint_generic(lowered.program)
        if watch is not None:
            watch("program", lowered.program)
        places = source_map or {}
        mapped = tuple((identifier, pc, places.get(pc)) for identifier, pc in lowered.origins)
    stats = replace(_stats(lowered, lifted, clock, fallback), broken=broken)
    return Translation(name, lowered.program, mapped, stats, template, lifted)


_strict = False


def strictly(strict: bool) -> None:
    """From now on, in this process, `translate` raises its own bugs (or not) where it is not told otherwise."""
    global _strict  # noqa: PLW0603
    _strict = strict


def _bug(error: Exception, name: str, kind: Kind) -> InternalError:
    """What a failure of the optimised tier is to a caller that wants to know."""
    hint = "without --strict the generic tier stands in"
    return InternalError(
        "S2Z-TRANSLATE", f"the optimised tier fails: {type(error).__name__}: {error}", f"{name or 'code'} ({kind})", hint
    )


def _lint_generic(program: Program) -> None:
    try:
        lint(program)
    except LintError as error:
        if error.rule == "size":
            raise Unsupported("S2Z-LOWER-SIZE", f"the program would have {len(program.instructions)} instructions") from error
        raise


def _lowered(function: Function, kind: Kind, clock: _Clock, watch: Watch | None) -> Lowered:
    for budget in (REGION_BUDGET_ROWS, SMALL_BUDGET_ROWS):
        with clock.stage("lower"):
            lowered = lower(function, kind, budget_rows=budget)
        try:
            with clock.stage("lint"):
                lint(lowered.program)
        except LintError as error:
            if error.rule != "region-size":
                raise
            continue
        if watch is not None:
            watch("regions", lowered.flow)
        return lowered
    raise Unsupported("S2Z-LOWER-BUDGET", "a block hands on more values than a region holds", hint="the generic tier runs it")


def _stats(lowered: Lowered, lifted: Lifted | None, clock: _Clock, fallback: str) -> Stats:
    program = lowered.program
    ops = {instruction.op for instruction in program.instructions}
    return Stats(
        blocks=len(lifted.cfg.nodes) if lifted is not None else lowered.regions,
        instructions=len(program.instructions),
        chained=program.chained,
        regions=lowered.regions,
        registers=lowered.registers,
        unresolved_jumps=len(lifted.cfg.unresolved) if lifted is not None else _dynamic_jumps(program),
        escapes=build.escapes(lifted.cfg) if lifted is not None else 0,
        unsupported=tuple(BY_CODE[op].name for op in sorted(ops) if BY_CODE[op].prover != "now"),
        seconds=perf_counter() - clock.start,
        stages=clock.stages,
        tier="optimised" if lifted is not None and not fallback else "generic",
        fallback=fallback,
    )


def _dynamic_jumps(program: Program) -> int:
    """Jumps whose target the generic tier looks up at run time."""
    return sum(instruction.op == BY_NAME["JMPD"].code for instruction in program.instructions)


def as_json(stats: Stats) -> dict[str, Any]:
    """The statistics as `transpile --json` prints them."""
    return {
        "blocks": stats.blocks, "instructions": stats.instructions, "unresolved_jumps": stats.unresolved_jumps,
        "escapes": stats.escapes, "unsupported": list(stats.unsupported), "seconds": stats.seconds,
    }  # fmt: skip
