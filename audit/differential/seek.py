"""Searches what random sequences miss: failures, by changing one value or two of a call that came to the branch, and successes, by climbing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, Final, TypeVar

from audit.differential import oracle
from audit.differential.companions import PROXY
from audit.differential.compare import prefix
from audit.differential.inputs import NOBODY, Companion
from audit.differential.interface import FALLBACK, RECEIVE
from audit.differential.interface import Function as Signing
from audit.differential.subject import Target
from audit.differential.successes import ROUNDS, Ascent, Budget, ascent, eased
from audit.differential.variations import (
    Request,
    bent_data,
    head_of,
    near,
    other_data,
    other_state,
    read_slots,
    traced,
    with_call,
)
from transpiler.cfg.build import overview
from transpiler.cfg.failing import FailingEdge, failing_edges
from transpiler.evm.disassemble import Code, disassemble
from zkvm.host.request import state_json
from zkvm.program import Kind

BASES: Final = 3
"""Calls of each branch from which the search starts."""
STUCK: Final = 8
"""Failing calls of each function from which a success is sought: the first ones, then those that reached something new."""
RUNS_PER_EDGE: Final = 600
RUNS: Final = 10_000
INSTRUCTIONS: Final = 5_000_000
"""EVM instructions that a search runs at most: where calls loop until their gas is gone, few runs are many."""
NEAR: Final = 24
"""Instructions before a branch among which what it compares with is looked for."""
COMPARED: Final = 6
KINDS: Final[tuple[Kind, ...]] = ("creation", "runtime")
Case = tuple[Mapping[str, Any], int]
"""A request and the index of a call of it."""
K = TypeVar("K")
Function = tuple[Kind, str]
"""Which code, and the name of a function of it."""


@lru_cache(maxsize=64)
def _listing(code: bytes, fork: str) -> Code:
    return disassemble(code, fork)


@lru_cache(maxsize=64)
def edges_of(code: bytes, fork: str) -> tuple[FailingEdge, ...]:
    """The edges of a code's graph that decide a failure."""
    return failing_edges(overview(_listing(code, fork)))


def constants_before(code: bytes, fork: str, pc: int) -> tuple[int, ...]:
    """The words of the PUSHes in the last instructions before the one at a pc, the nearest first."""
    listing = _listing(code, fork)
    end = listing.at[pc]
    near = reversed(listing.instructions[max(0, end - NEAR) : end])
    return tuple(islice(dict.fromkeys(each.value for each in near if each.opcode.immediate), COMPARED))


def edges_at(target: Target, request: Mapping[str, Any], call: Mapping[str, Any]) -> tuple[tuple[FailingEdge, ...], Kind | None]:
    """The edges that decide a failure in the code of the contract under test that a call runs, and which code that is, if any."""
    kind: Kind | None = "creation" if call["create"] else "runtime" if call["to"] == request["contract"] else None
    code = None if kind is None else target.code(kind)
    return ((), None) if code is None else (edges_of(code.code, target.fork), kind)


def taken(edges: Iterable[FailingEdge], steps: Mapping[str, Any], status: str) -> Iterator[FailingEdge]:
    """The edges that a failing call took; `steps` is its part of the oracle's trace."""
    ran = {tuple(each) for each in steps["edges"]}
    for each in edges:
        if (each.source, each.target) in ran or (each.target is None and status == "halt" and steps["end"] == each.source):
            yield each


def alone(request: Mapping[str, Any], index: int) -> Request:
    """The request of one call only, with the state that it meets."""
    state = state_json(oracle.result(prefix(request, index)).next_state) if index else request["state"]
    return {**request, "state": state, "calls": [request["calls"][index]]}


@dataclass(frozen=True, slots=True)
class Failing:
    """A function that fails at a branch, or, where `edge` is None, by an exceptional halt that no branch decides."""

    kind: Kind
    function: str
    edge: FailingEdge | None


def failed(target: Target, request: Mapping[str, Any], result: Mapping[str, Any], index: int) -> tuple[Failing, ...]:
    """The ways to fail that a call of a traced run shows: none if it succeeded, or met no code of the contract under test."""
    call, steps, status = request["calls"][index], result["trace"]["calls"][index], result["calls"][index]["status"]
    edges, kind = edges_at(target, request, call)
    if kind is None or status == "success" or not steps["instructions"]:
        return ()
    return tuple(Failing(kind, target.called(call), each) for each in tuple(taken(edges, steps, status)) or (None,))


@dataclass(slots=True)
class Seeker:
    """What was seen of the branches that decide failures: which functions came to them, and which of these failed there.

    Shape: of functions that never succeeded a success is sought, too.
    """

    target: Target
    reached: set[Failing] = field(default_factory=set)
    bases: dict[Failing, list[Case]] = field(default_factory=dict)
    """Calls that came to the branch, of each function that did, in the order in which the first of them was seen."""
    succeeded: set[Function] = field(default_factory=set)
    stuck: dict[Function, list[Case]] = field(default_factory=dict)
    """Failing calls of each function."""
    cast: tuple[Companion, ...] = ()
    """Contracts that functions which only failed may be tried with."""
    _ways: dict[Function, set[tuple[int, int]]] = field(default_factory=dict)

    def watch(self, request: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Take note of a traced run."""
        for index, (call, outcome, steps) in enumerate(
            zip(request["calls"], result["calls"], result["trace"]["calls"], strict=False)
        ):
            if call["to"] == PROXY and outcome["status"] == "success":
                self.succeeded.add(("runtime", self.target.called(call)))
            edges, kind = edges_at(self.target, request, call)
            if kind is None or not steps["instructions"]:
                continue
            name, sources = self.target.called(call), {start for start, _ in steps["edges"]}
            if outcome["status"] == "success":
                self.succeeded.add((kind, name))
                _keep(self.bases, Failing(kind, name, None), request, index)
            else:
                self._keep_stuck((kind, name), request, index, {(start, end) for start, end in steps["edges"]})
            self.reached.update(failed(self.target, request, result, index))
            for each in edges:
                if each.source in sources:
                    _keep(self.bases, Failing(kind, name, each), request, index)

    def _keep_stuck(self, function: Function, request: Mapping[str, Any], index: int, edges: set[tuple[int, int]]) -> None:
        known, ways = self.stuck.setdefault(function, []), self._ways.setdefault(function, set())
        if len(known) < BASES or (len(known) < STUCK and not edges <= ways):
            known.append((request, index))
            ways |= edges

    def _compared(self, failing: Failing) -> tuple[int, ...]:
        """The constants just before a branch: what it compares with is often one of them."""
        code = None if failing.edge is None else self.target.code(failing.kind)
        return () if code is None or failing.edge is None else constants_before(code.code, self.target.fork, failing.edge.source)

    def missed(self) -> tuple[Failing, ...]:
        """Functions that came to a branch which decides a failure and never failed there.

        Shape: branches of the dispatcher are left out: what fails there is by definition a call of no function.
        """
        dispatch = {(each.kind, each.edge) for each in self.reached if each.edge and each.function in (FALLBACK, RECEIVE)}
        return tuple(each for each in self.bases if each not in self.reached and (each.kind, each.edge) not in dispatch)

    def found(self, most: int) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Requests, at most so many, with the oracle's traced results: each shows a failure, or the success of a function, that was missed so far.

        Shape: successes first, each way of seeking with its own budget, so that none starves another.
        """
        budget, ascents = Budget(), dict[Function, Ascent]()
        easy = self._sought(lambda function: self._eased(function, budget))
        climbs = (self._sought(self._climbing(budget, ascents, runs, len(ROUNDS) - number)) for number, runs in enumerate(ROUNDS))
        sought = (self._new(each, successes=True) for each in (easy, *climbs))
        yield from islice(chain(chain.from_iterable(sought), self._new(self._failures())), most)

    def _new(self, requests: Iterable[Request], *, successes: bool = False) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Of the requests, as far as the budget goes, those that show something new; failures are left to who seeks them, if so asked."""
        instructions = 0
        for request in islice(requests, RUNS):
            if (result := traced(request)) is None:
                continue
            instructions += sum(int(each["instructions"]) for each in result["trace"]["calls"])
            if not successes or result["calls"][0]["status"] == "success":
                before = len(self.reached) + len(self.succeeded)
                self.watch(request, result)
                if len(self.reached) + len(self.succeeded) > before:
                    yield request, result
            if instructions >= INSTRUCTIONS:
                return

    def _sought(self, seek: Callable[[Function], Iterator[Request]]) -> Iterator[Request]:
        """Calls for each function that never succeeded, until it does."""
        specials = {FALLBACK, RECEIVE} - set(self.target.interface.specials)
        for function in [each for each in self.stuck if each not in self.succeeded and each[1] not in specials]:
            for request in seek(function):
                if function in self.succeeded:
                    break
                yield request

    def _eased(self, function: Function, budget: Budget) -> Iterator[Request]:
        return eased(tuple(_alone(self.stuck[function][:BASES])), self._signing(function), self.target.interface, budget)

    def _climbing(
        self, budget: Budget, known: dict[Function, Ascent], runs: int, rounds: int
    ) -> Callable[[Function], Iterator[Request]]:
        """Goes on with the climbs for a function, for so many runs each; `known` are those that were begun.

        Shape: each function has an equal share of what is left for this round and those after it, so that a dear one takes nothing from others.
        """
        gone: set[Function] = set()

        def go(function: Function) -> Iterator[Request]:
            waiting = sum(each not in self.succeeded and each not in gone for each in self.stuck)
            gone.add(function)
            part = budget.share(max(1, waiting) * rounds)
            if function not in known:
                known[function] = ascent(_alone(self.stuck[function]), self._signing(function), self.cast)
            yield from known[function].go(runs, part)
            budget.give_back(part)

        return go

    def _signing(self, function: Function) -> Signing | None:
        """What a function may want signatures for; a constructor does not."""
        return None if function[0] == "creation" else self.target.interface.function(function[1])

    def _failures(self) -> Iterator[Request]:
        """Calls for each failure missed: one thing is changed, then two, the first of these a plain one."""
        for step in (_changed, _twice_changed):
            for failing in self.missed():
                way = _short_of_gas if failing.edge is None else partial(step, compared=self._compared(failing))
                ways = map(way, _alone(self.bases[failing]))
                for each in islice(chain.from_iterable(ways), RUNS_PER_EDGE):
                    if failing in self.reached:
                        break
                    yield each


def _keep(cases: dict[K, list[Case]], key: K, request: Mapping[str, Any], index: int) -> None:
    """Keep the first few calls of a key."""
    known = cases.setdefault(key, [])
    if len(known) < BASES:
        known.append((request, index))


def _alone(cases: Iterable[Case]) -> Iterator[Request]:
    return (alone(request, index) for request, index in tuple(cases))


def _changed(request: Request, compared: tuple[int, ...] = ()) -> Iterator[Request]:
    """The request with one thing changed: the caller, a slot that it reads, its call data or their length, the value.

    Shape: words first take values that the branch may compare with (its constants, what slots hold), then those at which checks often
    fail.
    """
    (call,) = request["calls"]
    for caller in (NOBODY, request["contract"]):
        yield with_call(request, caller=caller, origin=caller)
    data, head, slots = bytes.fromhex(call["data"][2:]), head_of(call), read_slots(request)
    likely = tuple(dict.fromkeys((*compared, *islice(slots.values(), COMPARED))))
    yield from other_data(request, likely)
    yield from other_state(request, slots, lambda _: compared)
    yield from other_state(request, slots, near)
    yield from (with_call(request, data="0x" + each.hex()) for each in bent_data(data, head))
    yield from (with_call(request, value=hex(value)) for value in (0, 1, *compared))


def _short_of_gas(request: Request) -> Iterator[Request]:
    """The request with less gas than its call uses."""
    (call,), result = request["calls"], traced(request)
    if result is not None:
        used = int(call["gas"], 16) - int(result["calls"][0]["gas_left"], 16)
        yield from (with_call(request, gas=hex(gas)) for gas in (used - 1, used // 2) if gas >= 0)


def _twice_changed(request: Request, compared: tuple[int, ...] = ()) -> Iterator[Request]:
    for each in _plain(request):
        yield from _changed(each, compared)


def _plain(request: Request) -> Iterator[Request]:
    """The request with a word of its call data 0 or 1, or from nobody."""
    yield with_call(request, caller=NOBODY, origin=NOBODY)
    yield from other_data(request, (0, 1))
