"""A campaign: sequences generated, run in both versions, compared; mismatches shrunk and located; coverage measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from time import monotonic
from typing import Any, Final

from audit.differential import oracle
from audit.differential.compare import Mismatch, Stop, judge
from audit.differential.coverage import Coverage, Seen, collect, coverage
from audit.differential.execution import Library
from audit.differential.inputs import Generator, Plan, actor_words
from audit.differential.locate import locate
from audit.differential.shrink import shrink
from audit.differential.subject import Target
from audit.differential.values import Dictionary, constants_of
from audit.inputs.calls import CallFile
from audit.inputs.request import build_request
from zkvm.errors import InputError, Unsupported

DEFAULT_SEQUENCES: Final = 200
DEFAULT_DEPTH: Final = 12
CHUNK: Final = 25
"""Sequences that share a dictionary; chunks are independent, so that workers change nothing."""
PROBES: Final = 64
CONSTRUCTORS_KEPT: Final = 3
MISMATCHES_KEPT: Final = 10
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mismatch with the smallest request that shows it."""

    mismatch: Mismatch
    request: Mapping[str, Any]
    sequence: int
    """Ordinal of the sequence that found it; -1 for a given call file."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check came to. `seeds` reproduce it; `complete` says that nothing was left out."""

    contract: str
    fork: str
    seed: int
    sequences: int
    calls: int
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    stops: tuple[Stop, ...]
    """Runs that ended early at something Unsupported, each kind once (call is that of the first)."""
    stopped_sequences: int
    timed_out: bool
    seconds: float
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By function: how many calls succeeded, reverted, halted."""

    @property
    def complete(self) -> bool:
        """Whether every sequence ran to its end."""
        return not self.stops and not self.timed_out

    @property
    def exit_code(self) -> int:
        """1 for mismatches, 4 where something was left out, else 0."""
        return 1 if self.findings else 0 if self.complete else 4

    def as_json(self) -> dict[str, Any]:
        """The form that output holds."""
        return {
            "contract": self.contract, "fork": self.fork, "seed": self.seed, "sequences": self.sequences, "calls": self.calls,
            "mismatches": [{**each.mismatch.as_json(), "sequence": each.sequence, "calls": len(each.request["calls"])} for each in self.findings],
            "coverage": [each.as_json() for each in self.coverage],
            "unsupported": [{"call": each.call, "code": each.code, "what": each.what} for each in self.stops],
            "stopped_sequences": self.stopped_sequences, "timed_out": self.timed_out, "complete": self.complete,
            "outcomes": {name: dict(counts) for name, counts in self.outcomes.items()}, "seconds": round(self.seconds, 3),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried."""

    sequences: int = DEFAULT_SEQUENCES
    depth: int = DEFAULT_DEPTH
    seed: int = 1
    timeout_s: float | None = None


def plan_of(target: Target, effort: Effort) -> Plan:
    """The plan of a target: where there is creation code its constructor runs first, with arguments tried beforehand."""
    plan = Plan(target.interface, create=target.subject.creation is not None, depth=effort.depth, fork=target.fork)
    if not plan.create or not (plan.interface.constructor.types or plan.interface.constructor.types is None):
        return replace(plan, constructors=(b"",), succeeding=1) if plan.create else plan
    generator = _generator(target, plan, effort.seed, -1)
    good: dict[bytes, None] = {}
    bad: dict[bytes, None] = {}
    for _ in range(PROBES):
        call = replace(generator.constructor(), value=0)
        call = replace(call, data=generator.arguments(plan.interface.constructor), gas=10_000_000)
        request = build_request(CallFile((call,), plan.fork), target.subject)
        status = oracle.run(request)["calls"][0]["status"]
        (good if status == "success" else bad)[call.data] = None
    kept = [*list(good)[:CONSTRUCTORS_KEPT], *list(bad)[:CONSTRUCTORS_KEPT]]
    return replace(plan, constructors=tuple(kept), succeeding=min(len(good), CONSTRUCTORS_KEPT))


def _generator(target: Target, plan: Plan, seed: int, chunk: int) -> Generator:
    codes = [each for each in (target.subject.creation, target.subject.runtime) if each is not None]
    dictionary = Dictionary(constants_of(codes, target.fork), actor_words())
    return Generator(plan, dictionary, Random(f"{seed}/{chunk}"), {})  # noqa: S311 - reproducible, not secret


@dataclass(frozen=True, slots=True)
class Trial:
    """A generated request with the EVM's traced result."""

    ordinal: int
    request: Mapping[str, Any]
    result: Mapping[str, Any]


def trials(target: Target, effort: Effort, plan: Plan | None = None) -> Iterator[Trial]:
    """The campaign's requests in order; they depend on the EVM's results only, never on the version that is checked."""
    chosen = plan or plan_of(target, effort)
    for ordinal in range(effort.sequences):
        if ordinal % CHUNK == 0:
            generator = _generator(target, chosen, effort.seed, ordinal // CHUNK)
        request = build_request(generator.sequence(), target.subject)
        result = oracle.run(request, trace=True)
        generator.note(request, result)
        yield Trial(ordinal, request, result)


@dataclass(slots=True)
class Checker:
    """Runs trials against a library and keeps what it finds."""

    target: Target
    library: Library
    findings: list[Finding] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    stops: dict[tuple[str, str], Stop] = field(default_factory=dict)
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    calls: int = 0
    stopped: int = 0

    def run(self, trial: Trial) -> None:
        """Compare one request; a mismatch is shrunk and located, each kind once."""
        collect(self.seen, trial.request, trial.result)
        for call, outcome in zip(trial.request["calls"], trial.result["calls"], strict=False):
            name = self.target.function(bytes.fromhex(call["data"][2:]), create=call["create"])
            counts = self.outcomes.setdefault(name, {"success": 0, "revert": 0, "halt": 0})
            counts[outcome["status"]] += 1
        verdict = judge(trial.request, self.library.run, lambda request: trial.result if request is trial.request else oracle.run(request))
        self.calls += verdict.calls
        if verdict.stop is not None:
            self.stopped += 1
            self.stops.setdefault((verdict.stop.code, verdict.stop.what), verdict.stop)
        if verdict.mismatch is None:
            return
        found = locate(verdict.mismatch, trial.request, self.target)
        if any(each.mismatch.kind == found.kind for each in self.findings):
            return
        self.findings.append(reduce(found, trial.request, self.target, self.library, trial.ordinal))


def reduce(found: Mismatch, request: Mapping[str, Any], target: Target, library: Library, ordinal: int) -> Finding:
    """A mismatch with a smaller request, located there."""

    def first(candidate: Mapping[str, Any]) -> Mismatch | None:
        try:
            mismatch = judge(candidate, library.run, oracle.run).mismatch
        except (InputError, Unsupported):
            return None
        if mismatch is None:
            return None
        call = candidate["calls"][mismatch.call]
        return replace(mismatch, function=target.function(bytes.fromhex(call["data"][2:]), create=call["create"]))

    smallest, mismatch = shrink(request, found, first)
    return Finding(locate(mismatch, smallest, target), smallest, ordinal)


def check(target: Target, effort: Effort | None = None, library: Library | None = None, *, given: Mapping[str, Any] | None = None,
          progress: Progress | None = None) -> CheckResult:
    """Check a target: the given request first, if there is one, then generated sequences.

    Raises: InputError for a given request that cannot run; Unsupported where the oracle has no such rule set.
    """
    tried = effort or Effort()
    begun = monotonic()
    checker = Checker(target, library or Library())
    count = 0
    timed_out = False
    if given is not None:
        checker.run(Trial(-1, given, oracle.run(given, trace=True)))
        count += 1
    if tried.sequences:
        for trial in trials(target, tried):
            checker.run(trial)
            count += 1
            if progress is not None:
                progress(trial.ordinal + 1, tried.sequences)
            if len(checker.findings) >= MISMATCHES_KEPT:
                break
            if tried.timeout_s is not None and monotonic() - begun > tried.timeout_s:
                timed_out = trial.ordinal + 1 < tried.sequences
                break
    return CheckResult(
        target.subject.name, target.fork, tried.seed, count, checker.calls, tuple(checker.findings), coverage(target, checker.seen),
        tuple(checker.stops.values()), checker.stopped, timed_out, monotonic() - begun, checker.outcomes,
    )  # fmt: skip
