"""Requests compared one by one: what differs is shrunk and located, and what they showed adds up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Thread
from typing import Any, Final

from audit.differential import oracle
from audit.differential.attribution import NO_CODE, OTHER, functions, homes
from audit.differential.compare import Mismatch, Stop, judge, prefix, stop_of
from audit.differential.coverage import Seen, collect
from audit.differential.execution import Library, Stuck
from audit.differential.functions import NONE
from audit.differential.locate import locate
from audit.differential.shrink import shrink
from audit.differential.subject import Target
from zkvm.errors import InputError, Unsupported
from zkvm.host.request import Request, request_of
from zkvm.host.result import Result, result_of

REFUSED: Final = "refused transactions"
"""No function of the contract ran in these: the rule set takes no such transaction (ISA 8.10)."""
LIMITS: Final = ("step-limit", "memory-limit")
"""Codes of runs that are longer, or take more memory, than the executor runs (ISA 8.4)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A mismatch with the smallest request that shows it."""

    mismatch: Mismatch
    request: Mapping[str, Any]
    sequence: int
    """Ordinal of the sequence that found it; -1 for a given call file."""


@dataclass(frozen=True)
class Trial:
    """A generated request with the EVM's traced result; `asked` and `answer` are these as values."""

    ordinal: int
    request: Mapping[str, Any]
    result: Mapping[str, Any]

    @cached_property
    def asked(self) -> Request:
        """The request as a value."""
        return request_of(self.request)

    @cached_property
    def answer(self) -> Result:
        """The EVM's result as a value."""
        return result_of(self.result)

    def ran(self, index: int) -> bool:
        """Whether a call met any code, which it does not where a constructor failed before."""
        return bool(self.result["trace"]["calls"][index]["instructions"])

    def theirs(self, request: Mapping[str, Any]) -> Result:
        """The EVM's result of this request or a variation."""
        return self.answer if request is self.request else oracle.result(request)

    def first(self, calls: int) -> Trial:
        """The trial of its first calls only: what was compared of it."""
        if calls == len(self.request["calls"]):
            return self
        request = prefix(self.request, calls)
        return Trial(self.ordinal, request, oracle.run(request, trace=True))


@dataclass(slots=True)
class Tally:
    """What trials showed so far. Of a trial that was cut off only the compared calls count."""

    findings: list[Finding] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    """What compared calls reached."""
    ran: dict[str, Seen] = field(default_factory=dict)
    """All that the EVM ran: the graph must hold it, compared or not."""
    stops: dict[tuple[str, str], Stop] = field(default_factory=dict)
    blocked: dict[str, Stop] = field(default_factory=dict)
    """By function, the first stop in a call of it."""
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    sequences: int = 0
    calls: int = 0
    stopped: int = 0
    timed_out: bool = False

    def absorb(self, other: Tally) -> None:
        """Add what later trials showed; of the findings of one kind the first stays."""
        kinds = {each.mismatch.kind for each in self.findings}
        self.findings += [each for each in other.findings if each.mismatch.kind not in kinds]
        for mine, theirs in ((self.seen, other.seen), (self.ran, other.ran)):
            for kind, seen in theirs.items():
                mine.setdefault(kind, Seen()).update(seen)
        self.stops = {**other.stops, **self.stops}
        self.blocked = {**other.blocked, **self.blocked}
        for name, counts in other.outcomes.items():
            known = self.outcomes.setdefault(name, dict.fromkeys(counts, 0))
            for outcome, number in counts.items():
                known[outcome] += number
        self.sequences += other.sequences
        self.calls += other.calls
        self.stopped += other.stopped
        self.timed_out = self.timed_out or other.timed_out

    def count(self, trial: Trial, target: Target) -> None:
        """Add a trial of compared calls only."""
        self.calls += len(trial.request["calls"])
        collect(self.seen, target, trial.request, trial.result)
        where = homes(target, trial.asked, trial.answer)
        for index, outcome in enumerate(trial.answer.calls):
            ran = trial.ran(index)
            unrun = REFUSED if outcome.status == "refused" else OTHER if ran else NO_CODE
            found = tuple(functions(target, where, outcome)) if ran else ()
            for name, status in found or ((unrun, outcome.status),):
                self.outcomes.setdefault(name, dict(NONE))[status] += 1

    def stop(self, stop: Stop, trial: Trial, target: Target) -> None:
        """Note what cut a trial off, and in a call of which function."""
        self.stopped += 1
        self.stops.setdefault((stop.code, stop.what), stop)
        self.blocked.setdefault(target.function_of(trial.asked.calls[stop.call], trial.asked.contract), stop)


def examine(tally: Tally, trial: Trial, target: Target, library: Library) -> None:
    """Compare one request; a mismatch is shrunk and located, each kind once.

    Raises: InputError for a request that cannot run.
    """
    tally.sequences += 1
    collect(tally.ran, target, trial.request, trial.result)
    verdict = judge(trial.request, library.result, trial.theirs)
    tally.count(trial.first(verdict.calls), target)
    if verdict.stop is not None:
        tally.stop(verdict.stop, trial, target)
    if verdict.mismatch is None:
        return
    found = locate(verdict.mismatch, trial.asked, target, library)
    if all(each.mismatch.kind != found.kind for each in tally.findings):
        tally.findings.append(reduce(found, trial.asked, target, library, trial.ordinal))


def compared(trial: Trial, library: Library) -> Trial:
    """The part of a trial that both versions run and that is compared."""
    return trial.first(judge(trial.request, library.result, trial.theirs).calls)


def reduce(found: Mismatch, request: Request, target: Target, library: Library, ordinal: int) -> Finding:
    """A mismatch with a smaller request, located there."""

    def first(candidate: Request) -> Mismatch | None:
        try:
            mismatch = judge(candidate.as_json(), library.result, oracle.result).mismatch
        except (InputError, Unsupported):
            return None
        if mismatch is None:
            return None
        return replace(mismatch, function=target.function_of(candidate.calls[mismatch.call], candidate.contract))

    smallest, mismatch = shrink(request, found, first)
    return Finding(locate(mismatch, smallest, target, library), smallest.as_json(), ordinal)


def runnable(given: Mapping[str, Any], library: Library) -> tuple[Mapping[str, Any], Stop | None]:
    """A given request up to a call of more steps or memory than are run, and that stop: the EVM's side would go on as long as its gas lasts.

    Raises: InputError for a request that cannot run.
    """
    try:
        stop = stop_of(library.result(given))
    except Stuck:
        stop = None
    if stop is None or stop.code not in LIMITS:
        return given, None
    return prefix(given, stop.call), stop


def given_trial(given: Mapping[str, Any] | None, library: Library) -> tuple[Mapping[str, Any] | None, tuple[Trial, ...]]:
    """A given request with its messages asked for, and what of it is run as a trial, if it is anything.

    Raises: InputError for a request that cannot run.
    """
    if given is None:
        return None, ()
    asked = {**given, "messages": True}
    request, _ = runnable(asked, library)
    return asked, (Trial(-1, request, oracle.run(request, trace=True)),) if request["calls"] else ()


def examined(given: Mapping[str, Any], target: Target, library: Library) -> Tally:
    """A given request compared, as far as it can be run.

    Raises: InputError for a request that cannot run.
    """
    request, stop = runnable(given, library)
    tally = Tally()
    if stop is not None:
        tally.stop(stop, Trial(-1, given, {}), target)
    if request["calls"]:
        examine(tally, Trial(-1, request, oracle.run(request, trace=True)), target, library)
    return tally


def within(seconds: float | None, work: Callable[[], Tally]) -> Tally:
    """What the work gives, or a tally that has timed out; the work then goes on unheeded until the process ends."""
    if seconds is None:
        return work()
    done: Future[Tally] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError:
        return Tally(timed_out=True)
