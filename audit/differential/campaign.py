"""A campaign: sequences generated, run in both versions, compared; mismatches shrunk and located; coverage measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice
from multiprocessing import get_context
from random import Random
from time import time
from typing import Any, Final

from audit.differential import oracle
from audit.differential.attribution import NO_CODE, OTHER
from audit.differential.companions import STAND_IN, cast, companions_of, names_accounts
from audit.differential.compare import Stop
from audit.differential.coverage import Coverage, coverage
from audit.differential.execution import Library
from audit.differential.functions import FunctionOutcome, outcomes_of, unanswered
from audit.differential.inputs import ACTORS, Generator, Plan, actor_words
from audit.differential.scenes import Scenes, scene, scenes_of
from audit.differential.seek import Seeker
from audit.differential.subject import Target
from audit.differential.tally import REFUSED, Finding, Tally, Trial, examine, examined, within
from audit.differential.values import Dictionary, constants_of
from audit.inputs.calls import Call, CallFile
from audit.inputs.request import build_request

DEFAULT_SEQUENCES: Final = 200
DEFAULT_DEPTH: Final = 12
CHUNK: Final = 100
"""Sequences that share a dictionary; chunks are independent, so that workers change nothing."""
PROBES: Final = 96
CONSTRUCTORS_KEPT: Final = 4
"""Constructor arguments kept of each outcome, beside those that reach something new."""
RESUMED: Final = 0.3
"""Part of the sequences that start from what an earlier one left, mostly with storage bent: contracts that migrate have lived."""
ACTED: Final = 0.6
"""Part of the sequences that begin in the middle of a given call file, where there is one."""
MISMATCHES_KEPT: Final = 10
NEVER_CREATED: Final = Stop(0, "never-created", "the runtime code, as no constructor run that was tried succeeds,")
NEVER_CALLED: Final = Stop(0, "never-called", "the contract's code, which none of the given calls runs,")
SOUGHT: Final = 2
"""One in so many sequences of the first chunk may be given to failures that the others did not reach."""
NOT_OURS: Final = frozenset((OTHER, NO_CODE, REFUSED))
"""What outcomes name where no code of the contract ran."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check: only calls that were compared count in it. The seed reproduces it; `complete` says that nothing was left out."""

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
    """By what was called: how many calls succeeded, reverted, halted."""
    functions: tuple[FunctionOutcome, ...] = ()
    """The functions of the interface, each with what is known of it."""
    generated: bool = True
    """Whether sequences were generated: then each function must succeed. Given calls alone state their own scope."""

    @property
    def complete(self) -> bool:
        """Whether every sequence ran to its end, and each function succeeded or is proven to be unable to."""
        return not self.stops and not self.timed_out and not self.unanswered

    @property
    def unanswered(self) -> tuple[FunctionOutcome, ...]:
        """The functions that leave the check incomplete."""
        return unanswered(self.functions) if self.generated else ()

    @property
    def exit_code(self) -> int:
        """1 for mismatches and runs that left a closed graph, 4 where something was left out, else 0."""
        return 1 if self.findings or self.broken else 0 if self.complete else 4

    @property
    def broken(self) -> bool:
        """Whether a run left a graph that was certified to hold all runs."""
        return any(each.broken for each in self.coverage)

    def as_json(self) -> dict[str, Any]:
        """The form that output holds."""
        return {
            "contract": self.contract, "fork": self.fork, "seed": self.seed, "sequences": self.sequences, "calls": self.calls,
            "mismatches": [{**each.mismatch.as_json(), "sequence": each.sequence, "calls": len(each.request["calls"])} for each in self.findings],
            "coverage": [each.as_json() for each in self.coverage],
            "unsupported": [{"call": each.call, "code": each.code, "what": each.what} for each in self.stops],
            "stopped_sequences": self.stopped_sequences, "timed_out": self.timed_out, "complete": self.complete,
            "outcomes": {name: dict(counts) for name, counts in self.outcomes.items()},
            "scope": "interface" if self.generated else "given calls",
            "functions": [{**each.as_json(), "missing": each in self.unanswered} for each in self.functions],
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried."""

    sequences: int = DEFAULT_SEQUENCES
    depth: int = DEFAULT_DEPTH
    seed: int = 1
    timeout_s: float | None = None


def plan_of(target: Target, effort: Effort) -> Plan:
    """The plan of a target: where there is creation code its constructor runs first, with arguments tried beforehand.

    Shape: a constructor that takes addresses finds the input's other contracts there; where it never succeeds without one, a stand-in.
    Where no constructor run succeeds, most sequences begin with the runtime code in place, if it has no immutables.
    """
    plan = Plan(target.interface, create=target.subject.creation is not None, depth=effort.depth, fork=target.fork)
    if not plan.create:
        return plan
    probed = _probed(target, replace(plan, companions=companions_of(target, plan, effort.seed)), effort)
    if not probed.succeeding and not probed.companions and names_accounts(target.interface.constructor):
        beside = _probed(target, replace(plan, companions=(STAND_IN,)), effort)
        return beside if beside.succeeding else probed
    return probed


def _probed(target: Target, plan: Plan, effort: Effort) -> Plan:
    """The plan with what probing the constructor showed."""
    generator = _generator(target, plan, effort.seed, -1)
    tried: dict[str, dict[bytes, set[tuple[int, int]]]] = {"success": {}, "revert": {}, "halt": {}}
    for _ in range(1 if plan.interface.constructor.types == () else PROBES):
        arguments = generator.probe()
        call = Call(create=True, caller=ACTORS[0], origin=ACTORS[0], data=arguments)
        result = oracle.run(build_request(CallFile((call,), plan.fork, state=plan.accounts), target.subject), trace=True)
        edges = {(start, end) for each in result["trace"]["coverage"] for start, end in each["edges"]}
        tried[result["calls"][0]["status"]][arguments] = edges
    kept = {status: _covering(found, CONSTRUCTORS_KEPT) for status, found in tried.items()}
    direct = not kept["success"] and target.subject.runtime is not None and not target.subject.template
    constructors = tuple(kept["success"] + kept["revert"] + kept["halt"])
    return replace(plan, constructors=constructors, succeeding=len(kept["success"]), direct=direct)


def _covering(found: dict[bytes, set[tuple[int, int]]], most: int) -> list[bytes]:
    """Arguments that together reach all edges that any reach, greedily; then any, up to a number."""
    chosen: list[bytes] = []
    reached: set[tuple[int, int]] = set()
    while len(chosen) < len(found):
        best = max((each for each in found if each not in chosen), key=lambda each: len(found[each] - reached))
        if found[best] <= reached and len(chosen) >= most:
            break
        chosen.append(best)
        reached |= found[best]
    return chosen


def _generator(target: Target, plan: Plan, seed: int, chunk: int) -> Generator:
    codes = [each for each in (target.subject.creation, target.subject.runtime) if each is not None]
    dictionary = Dictionary(constants_of(codes, target.fork), actor_words())
    return Generator(plan, dictionary, Random(f"{seed}/{chunk}"))  # noqa: S311 - reproducible, not secret


def trials(target: Target, effort: Effort, given: Mapping[str, Any] | None = None) -> Iterator[Trial]:
    """The campaign's requests in order; they depend on the EVM's results only, never on the version that is checked.

    Shape: with a `given` request many of them begin in the middle of it.
    """
    plan, scenes = plan_of(target, effort), None if given is None else scenes_of(target, given)
    for chunk in range(-(-effort.sequences // CHUNK)):
        yield from chunk_trials(target, effort, plan, chunk, scenes)


def chunk_trials(target: Target, effort: Effort, plan: Plan, chunk: int, scenes: Scenes | None = None) -> Iterator[Trial]:
    """The requests of one chunk."""
    first, end = chunk * CHUNK, min(effort.sequences, (chunk + 1) * CHUNK)
    drawn = _drawn(_generator(target, plan, effort.seed, chunk), target, first, scenes)
    ordinals = iter(range(first, end))
    sought = 0 if chunk else end // SOUGHT
    seeker = Seeker(target, cast=cast(target, plan, effort.seed) if sought else ())
    for ordinal in islice(ordinals, end - first - sought):
        request, result = next(drawn)
        if sought:
            seeker.watch(request, result)
        yield Trial(ordinal, request, result)
    for ordinal, (request, result) in zip(ordinals, chain(seeker.found(sought), drawn), strict=False):
        yield Trial(ordinal, request, result)


def _drawn(
    generator: Generator, target: Target, first: int, scenes: Scenes | None
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Random requests with the EVM's traced results, without end; the first has the ordinal `first`."""
    lived: Mapping[str, Any] = {}
    for ordinal in count(first):
        acted = scenes is not None and generator.random.random() < ACTED
        request = scene(scenes, generator) if acted and scenes is not None else _next(generator, target, ordinal, lived)
        request = {**request, "messages": True}
        result = oracle.run(request, trace=True)
        generator.note(request, result)
        if not acted and result["state"].get(request["contract"], {"code": "0x"})["code"] != "0x":
            lived = result["state"]
        yield request, result


def _next(generator: Generator, target: Target, ordinal: int, lived: Mapping[str, Any]) -> dict[str, Any]:
    """The next request; `lived` is a state with the contract in it that an earlier one left, or empty."""
    if (failing := generator.failing(ordinal)) is not None:
        return build_request(failing, target.subject)
    if not lived or generator.random.random() >= RESUMED:
        return build_request(generator.sequence(), target.subject)
    file, account = generator.resumed(lived)
    request = build_request(file, replace(target.subject, runtime=bytes.fromhex(account["code"][2:]), template=False))
    lasting = {each.address: lived[each.address] for each in generator.plan.companions if each.address in lived}
    request["state"] |= {**lasting, file.contract: account}
    return request


@dataclass(frozen=True)
class Work:
    """What every chunk of a campaign needs. `deadline` is in the time of `time.time`, which processes share."""

    target: Target
    effort: Effort
    plan: Plan
    deadline: float | None
    scenes: Scenes | None = None

    @property
    def chunks(self) -> range:
        """The ordinals of the chunks."""
        return range(-(-self.effort.sequences // CHUNK))

    def late(self) -> bool:
        """Whether the time given is over."""
        return self.deadline is not None and time() > self.deadline

    def run(self, chunk: int, library: Library, step: Callable[[], None] = lambda: None) -> Tally:
        """Run one chunk."""
        tally = Tally()
        for trial in chunk_trials(self.target, self.effort, self.plan, chunk, self.scenes):
            if self.late():
                tally.timed_out = True
                break
            examine(tally, trial, self.target, library)
            step()
        return tally


_worker: list[tuple[Work, Library]] = []


def _start_worker(work: Work) -> None:
    _worker.append((work, Library()))


def _run_in_worker(chunk: int) -> Tally:
    work, library = _worker[0]
    return work.run(chunk, library)


def _tallies(work: Work, library: Library, jobs: int, progress: Progress) -> Iterator[Tally]:
    """The tallies of all chunks, in order."""
    done = 0
    total = work.effort.sequences

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    if jobs == 1 or len(work.chunks) < 2:
        for chunk in work.chunks:
            yield work.run(chunk, library, step)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(work.chunks)), context, _start_worker, (work,)) as pool:
        for tally in pool.map(_run_in_worker, work.chunks):
            done += tally.sequences
            progress(done, total)
            yield tally


def check(
    target: Target,
    effort: Effort | None = None,
    library: Library | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    jobs: int = 1,
    progress: Progress = lambda _, __: None,
) -> CheckResult:
    """Check a target: the given request first, if there is one, then generated sequences.

    With several `jobs` each process translates for itself, so `library` serves the first process only; the result is the same.
    Raises: InputError for a given request that cannot run; Unsupported where the oracle cannot run a rule set.
    """
    tried, used = effort or Effort(), library or Library()
    begun = time()
    deadline = None if tried.timeout_s is None else begun + tried.timeout_s
    asked = None if given is None else {**given, "messages": True}
    tally = Tally() if asked is None else within(tried.timeout_s, lambda: examined(asked, target, used))
    if tried.sequences and not tally.timed_out:
        work = Work(target, tried, plan_of(target, tried), deadline, None if asked is None else scenes_of(target, asked))
        if work.plan.create and not work.plan.succeeding and not work.plan.direct:
            tally.stops[NEVER_CREATED.code, NEVER_CREATED.what] = NEVER_CREATED
        for part in _tallies(work, used, jobs, progress):
            tally.absorb(part)
            if len(tally.findings) >= MISMATCHES_KEPT or tally.timed_out:
                break
    if (
        not tried.sequences
        and not tally.stops
        and not tally.findings
        and not tally.timed_out
        and not set(tally.outcomes) - NOT_OURS
    ):
        tally.stops[NEVER_CALLED.code, NEVER_CALLED.what] = NEVER_CALLED
    return CheckResult(
        target.subject.name, target.fork, tried.seed, tally.sequences, tally.calls, tuple(tally.findings),
        coverage(target, tally.seen, tally.ran), tuple(tally.stops.values()), tally.stopped, tally.timed_out, time() - begun,
        tally.outcomes, outcomes_of(target, tally.outcomes, tally.blocked), tried.sequences > 0,
    )  # fmt: skip
