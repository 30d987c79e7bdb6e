"""Seeks successes of functions that only failed: with less in the way, with signatures, and by climbing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from audit.differential import oracle
from audit.differential.climb import PLENTY, Climb, Found, succeeds
from audit.differential.companions import PROXY, proxy_of
from audit.differential.inputs import ACTORS, Companion
from audit.differential.interface import Function, Interface
from audit.differential.signing import signed, templates
from audit.differential.values import WORD
from audit.differential.variations import Request, head_of, other_data, other_state, past, read_slots, with_call
from zkvm.errors import InputError

COMPARED: Final = 6
FILLS: Final = 5
ROUNDS: Final = (250, 1_500)
"""Runs of each climb of each function, in rounds over all functions: what is easy does not wait for what is hard."""
RUNS: Final = 60_000
"""Runs of all climbs of a search."""
INSTRUCTIONS: Final = 60_000_000
"""EVM instructions that these run at most."""


@dataclass(slots=True)
class Budget:
    """What climbs may still run."""

    runs: int = RUNS
    instructions: int = INSTRUCTIONS

    def share(self, parts: int) -> Budget:
        """One of so many equal parts, taken out of it; what is left of the part comes back with `give_back`."""
        part = Budget(self.runs // parts, self.instructions // parts)
        self.runs -= part.runs
        self.instructions -= part.instructions
        return part

    def give_back(self, part: Budget) -> None:
        """Take what is left of a part."""
        self.runs += max(0, part.runs)
        self.instructions += max(0, part.instructions)

    def run(self, request: Request) -> Found | None:
        """The request's guided run; signed, where the run asked for a signature of a placeholder."""
        result = self._guided(request)
        if result is None or succeeds(request, result) or (other := signed(request, result)) is None:
            return None if result is None else (request, result)
        again = self._guided(other)
        return (request, result) if again is None else (other, again)

    def _guided(self, request: Request) -> dict[str, Any] | None:
        if self.runs <= 0 or self.instructions <= 0:
            return None
        self.runs -= 1
        try:
            result = oracle.run({**request, "guide": True, "messages": True}, trace=True)
        except InputError:
            return None
        self.instructions -= sum(int(each["instructions"]) for each in result["trace"]["calls"])
        return result


def eased(bases: Iterable[Request], function: Function | None, interface: Interface, budget: Budget) -> Iterator[Request]:
    """The requests, of one call each, with signatures where the function may want some, then with less in the way of a success."""
    for request in bases:
        for template in () if function is None else templates(request, function):
            if (found := budget.run(template)) is not None and found[0] is not template:
                yield found[0]
    for request in bases:
        yield from _eased(request, interface)


@dataclass(slots=True)
class Ascent:
    """The climbs for one function: one from each of its failing calls, of the contract itself and, after these, through a proxy of it.

    Shape: each knows only its own past, so that a state in which nothing can succeed does not hide the way from another one.
    """

    climbs: tuple[Climb, ...]
    cast: frozenset[str]

    def go(self, runs: int, budget: Budget) -> Iterator[Request]:
        """Search on, for so many runs a climb: at most one request, of one call, that succeeds; its state may hold some of the cast."""
        found = next((each for climb in self.climbs if (each := climb.go(budget.run, runs)) is not None), None)
        if found is not None:
            yield _needed(*found, self.cast, budget)


def ascent(bases: Iterable[Request], function: Function | None, cast: tuple[Companion, ...]) -> Ascent:
    """The climbs from these calls, and from the same with placeholder signatures where the function may want some."""
    started = tuple(bases)
    if function is not None:
        started = (*started, *(each for base in started[:1] for each in templates(base, function)))
    ready = [_set(each, cast, through=through) for through in (False, True) for each in started]
    climbs = tuple(Climb(_named(each), each) for each in ready)
    return Ascent(climbs, frozenset(each.address for each in cast))


def _named(base: Request) -> tuple[str, ...]:
    """The accounts that words may name: those with code, and the senders."""
    coded = (address for address, account in base["state"].items() if account["code"] != "0x")
    return tuple(dict.fromkeys((*coded, *ACTORS)))


def _set(request: Request, cast: tuple[Companion, ...], *, through: bool) -> Request:
    """The request with the cast in its state, and, if it goes through a proxy, the proxy."""
    present = (*cast, proxy_of(request["contract"])) if through else cast
    asked = {**request, "state": {**{each.address: each.as_json() for each in present}, **request["state"]}}
    return with_call(asked, to=PROXY) if through and not request["calls"][0]["create"] else asked


def _needed(request: Request, result: dict[str, Any], cast: frozenset[str], budget: Budget) -> Request:
    """The request without those of the cast that its run did not meet, if it still succeeds."""
    met = {each["to"] for each in result["calls"][0]["messages"]}
    state = {address: account for address, account in request["state"].items() if address in met or address not in cast}
    found = budget.run({**request, "state": state})
    return found[0] if found is not None and succeeds(*found) else request


def _eased(request: Request, interface: Interface) -> Iterator[Request]:
    """The request with less in the way of a success.

    Shape: plenty, or a time that is over, in slots that hold nothing; the least arguments, small words, other callers, no value.
    """
    (call,) = request["calls"]
    data, head = bytes.fromhex(call["data"][2:]), head_of(call)
    if (plain := interface.least(data, call["caller"])) is not None and not call["create"]:
        for value in (PLENTY, past(request)):
            yield from _filled(with_call(request, data="0x" + plain.hex(), value="0x0"), value)
    for each in (request, *other_data(request, (1, 0))):
        for value in (PLENTY, past(request)):
            yield from _filled(each, value)
    words = (int.from_bytes(data[at : at + 32], "big") for at in range(head, len(data) - 31, 32))
    for value in (int(call["caller"], 16), *islice((each for each in words if 0 < each < 1 << 160), COMPARED)):
        yield from _filled(request, value)
    for caller in (*ACTORS, request["contract"]):
        yield from _filled(with_call(request, caller=caller, origin=caller), PLENTY)
    yield with_call(request, value="0x0")
    yield from other_data(request, (0, *(int(each, 16) for each in ACTORS)))
    yield from other_state(request, read_slots(request), lambda _: (0, 1, WORD - 1))


def _filled(request: Request, value: int) -> Iterator[Request]:
    """The request, then with a value in each slot that it reads and that holds nothing, and again, as it comes to read others."""
    contract = request["contract"]
    for _ in range(FILLS):
        yield request
        empty = {slot: hex(value) for slot, held in read_slots(request).items() if not held}
        if not empty:
            return
        account = request["state"][contract]
        filled = {**account, "storage": {**account["storage"], **empty}}
        request = {**request, "state": {**request["state"], contract: filled}}
