"""Searches inputs for failures that random sequences miss: one value, or two, are changed in a call that came to the branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, Final, TypeVar

from audit.differential import oracle
from audit.differential.compare import prefix
from audit.differential.inputs import ACTORS, NOBODY
from audit.differential.interface import FALLBACK, RECEIVE, Interface
from audit.differential.signing import signed
from audit.differential.subject import Target
from audit.differential.values import WORD
from transpiler.cfg.build import overview
from transpiler.cfg.failing import FailingEdge, failing_edges
from transpiler.evm.disassemble import Code, disassemble
from zkvm.errors import InputError
from zkvm.host.request import state_json
from zkvm.program import Kind

BASES: Final = 3
"""Calls of each branch from which the search starts."""
RUNS_PER_EDGE: Final = 600
RUNS: Final = 10_000
INSTRUCTIONS: Final = 5_000_000
"""EVM instructions that a search runs at most: where calls loop until their gas is gone, few runs are many."""
NEAR: Final = 24
"""Instructions before a branch among which what it compares with is looked for."""
COMPARED: Final = 6
FILLS: Final = 5
PLENTY: Final = int("01" * 16, 16)
"""What is put where nothing is held: much in a number, and 1 in each flag or enum that is packed into the word."""
WORDS: Final = 12
"""Words of call data that are changed."""
SLOTS: Final = 24
KINDS: Final[tuple[Kind, ...]] = ("creation", "runtime")
Request = dict[str, Any]
Case = tuple[Mapping[str, Any], int]
"""A request and the index of a call of it."""
K = TypeVar("K")
Function = tuple[Kind, str]
"""Which code, and the name of a function of it."""
Values = Callable[[int], tuple[int, ...]]
"""Other values of a word."""


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

    def watch(self, request: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Take note of a traced run."""
        for index, (call, outcome, steps) in enumerate(
            zip(request["calls"], result["calls"], result["trace"]["calls"], strict=False)
        ):
            edges, kind = edges_at(self.target, request, call)
            if kind is None or not steps["instructions"]:
                continue
            name, sources = self.target.called(call), {start for start, _ in steps["edges"]}
            if outcome["status"] == "success":
                self.succeeded.add((kind, name))
                _keep(self.bases, Failing(kind, name, None), request, index)
            else:
                _keep(self.stuck, (kind, name), request, index)
            self.reached.update(failed(self.target, request, result, index))
            for each in edges:
                if each.source in sources:
                    _keep(self.bases, Failing(kind, name, each), request, index)

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
        """Requests, at most so many, with the oracle's traced results: each shows a failure, or the success of a function, that was missed so far."""
        runs = instructions = 0
        for request in self._candidates():
            if most <= 0 or runs >= RUNS or instructions >= INSTRUCTIONS:
                break
            runs += 1
            if (result := _traced(request)) is None:
                continue
            instructions += sum(int(each["instructions"]) for each in result["trace"]["calls"])
            before = len(self.reached) + len(self.succeeded)
            self.watch(request, result)
            if len(self.reached) + len(self.succeeded) > before:
                most -= 1
                yield request, result

    def _candidates(self) -> Iterator[Request]:
        """Calls for each function that never succeeded, then for each failure missed.

        Shape: for a failure one thing is changed, then two, the first of these a plain one.
        """
        specials = {FALLBACK, RECEIVE} - set(self.target.interface.specials)
        for function in [each for each in self.stuck if each not in self.succeeded and each[1] not in specials]:
            found = self.target.interface.function(function[1])
            bases = tuple(_alone(self.stuck[function]))
            sign = () if found is None or function[0] == "creation" else (signed(request, found) for request in bases)
            eased = (_eased(request, self.target.interface) for request in bases)
            for each in chain.from_iterable((*sign, *eased)):
                if function in self.succeeded:
                    break
                yield each
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


def _traced(request: Request) -> dict[str, Any] | None:
    try:
        return oracle.run(request, trace=True)
    except InputError:
        return None


def _changed(request: Request, compared: tuple[int, ...] = ()) -> Iterator[Request]:
    """The request with one thing changed: the caller, a slot that it reads, its call data or their length, the value.

    Shape: words first take values that the branch may compare with (its constants, what slots hold), then those at which checks often
    fail.
    """
    (call,) = request["calls"]
    for caller in (NOBODY, request["contract"]):
        yield _with_call(request, caller=caller, origin=caller)
    data, head, slots = bytes.fromhex(call["data"][2:]), _head(call), _read(request)
    likely = tuple(dict.fromkeys((*compared, *islice(slots.values(), COMPARED))))
    yield from _other_data(request, likely)
    yield from _other_state(request, slots, lambda _: compared)
    yield from _other_state(request, slots, _others)
    yield from (_with_call(request, data="0x" + each.hex()) for each in _data(data, head))
    yield from (_with_call(request, value=hex(value)) for value in (0, 1, *compared))


def _eased(request: Request, interface: Interface) -> Iterator[Request]:
    """The request with less in the way of a success.

    Shape: plenty, or a time that is over, in slots that hold nothing; the least arguments, small words, other callers, no value.
    """
    (call,) = request["calls"]
    data, head = bytes.fromhex(call["data"][2:]), _head(call)
    if (plain := interface.least(data, call["caller"])) is not None and not call["create"]:
        for value in (PLENTY, _past(request)):
            yield from _filled(_with_call(request, data="0x" + plain.hex(), value="0x0"), value)
    for each in (request, *_other_data(request, (1, 0))):
        for value in (PLENTY, _past(request)):
            yield from _filled(each, value)
    words = (int.from_bytes(data[at : at + 32], "big") for at in range(head, len(data) - 31, 32))
    for value in (int(call["caller"], 16), *islice((each for each in words if 0 < each < 1 << 160), COMPARED)):
        yield from _filled(request, value)
    for caller in (*ACTORS, request["contract"]):
        yield from _filled(_with_call(request, caller=caller, origin=caller), PLENTY)
    yield _with_call(request, value="0x0")
    yield from _other_data(request, (0, *(int(each, 16) for each in ACTORS)))
    yield from _other_state(request, _read(request), lambda _: (0, 1, WORD - 1))


def _past(request: Request) -> int:
    """A time shortly before the block's that is 1 in its last byte, so true where a flag is read."""
    return max(0, int(request["env"]["timestamp"], 16) - 0x100) | 1


def _filled(request: Request, value: int) -> Iterator[Request]:
    """The request, then with a value in each slot that it reads and that holds nothing, and again, as it comes to read others."""
    contract = request["contract"]
    for _ in range(FILLS):
        yield request
        empty = {slot: hex(value) for slot, held in _read(request).items() if not held}
        if not empty:
            return
        account = request["state"][contract]
        filled = {**account, "storage": {**account["storage"], **empty}}
        request = {**request, "state": {**request["state"], contract: filled}}


def _short_of_gas(request: Request) -> Iterator[Request]:
    """The request with less gas than its call uses."""
    (call,), result = request["calls"], _traced(request)
    if result is not None:
        used = int(call["gas"], 16) - int(result["calls"][0]["gas_left"], 16)
        yield from (_with_call(request, gas=hex(gas)) for gas in (used - 1, used // 2) if gas >= 0)


def _twice_changed(request: Request, compared: tuple[int, ...] = ()) -> Iterator[Request]:
    for each in _plain(request):
        yield from _changed(each, compared)


def _plain(request: Request) -> Iterator[Request]:
    """The request with a word of its call data 0 or 1, or from nobody."""
    yield _with_call(request, caller=NOBODY, origin=NOBODY)
    yield from _other_data(request, (0, 1))


def _read(request: Request) -> dict[str, int]:
    """The first slots that the call reads, with what they hold; none for a create, which finds none."""
    account, result = request["state"].get(request["contract"]), _traced(request)
    if request["calls"][0]["create"] or account is None or result is None:
        return {}
    return {slot: int(account["storage"].get(slot, "0x0"), 16) for slot in result["trace"]["calls"][0]["slots"][:SLOTS]}


def _other_state(request: Request, slots: Mapping[str, int], values: Values) -> Iterator[Request]:
    """The request with one of the slots changed to each of the values that there are for it."""
    contract = request["contract"]
    for slot, held in slots.items():
        account = request["state"][contract]
        for value in values(held):
            storage = {key: word for key, word in account["storage"].items() if key != slot}
            storage |= {slot: hex(value)} if value else {}
            yield {**request, "state": {**request["state"], contract: {**account, "storage": storage}}}


def _other_data(request: Request, values: tuple[int, ...]) -> Iterator[Request]:
    """The request with one word of its call data changed to each value."""
    (call,) = request["calls"]
    data = bytes.fromhex(call["data"][2:])
    for each in _other_words(data, _head(call), lambda _: values):
        yield _with_call(request, data="0x" + each.hex())


def _with_call(request: Request, **changes: str) -> Request:
    return {**request, "calls": [{**request["calls"][0], **changes}]}


def _head(call: Mapping[str, Any]) -> int:
    """Bytes before the first word of a call's data."""
    return 0 if call["create"] else 4


def _data(data: bytes, head: int) -> Iterator[bytes]:
    for cut in (0, 1, head, head + 31, len(data) - 32, len(data) - 1):
        if 0 <= cut < len(data):
            yield data[:cut]
    yield from _other_words(data, head, _others)
    selector = int.from_bytes(data[:head], "big")
    for value in (selector + 1, selector - 1, 0, (1 << 32) - 1) if len(data) >= head > 0 else ():
        yield (value % (1 << 32)).to_bytes(4, "big") + data[head:]


def _other_words(data: bytes, head: int, values: Values) -> Iterator[bytes]:
    """The data with one word changed to each of the values that there are for it."""
    for at in range(head, len(data) - 31, 32)[:WORDS]:
        for value in values(int.from_bytes(data[at : at + 32], "big")):
            yield data[:at] + value.to_bytes(32, "big") + data[at + 32 :]


def _others(value: int) -> tuple[int, ...]:
    """Values at which checks of a word fail: zero, limits of types, neighbours."""
    near = (value ^ 1, value + 1, value - 1, 0, 1)
    limits = (WORD - 1, WORD >> 1, (1 << 64) - 1, 1 << 64, (1 << 128) - 1, 1 << 160)
    return tuple(each for each in dict.fromkeys(each % WORD for each in (*near, *limits)) if each != value)
