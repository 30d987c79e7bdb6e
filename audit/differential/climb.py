"""Climbs towards a success: from a failing call, whatever lets the run reach something new is kept, and changed further.

What to change is read off the run (input-to-state correspondence, as in RedQueen, NDSS 2019): a word that a comparison saw is looked for in
the slots that the run read, in any account, in the call's data, its caller and its value, and replaced by what it was compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final

from audit.differential.values import WORD
from audit.differential.variations import NO_ACCOUNT, Request, head_of, past, stored, with_call, words_of
from zkvm.errors import InternalError

Found = tuple[Request, dict[str, Any]]
"""A request and its traced and guided result."""
Run = Callable[[Request], Found | None]
"""Runs a request, or a variant of it (signed, say); None where it is refused."""
Change = tuple[str, str, str, int] | tuple[str, str, str] | tuple[str, str]
"""What is changed: ("slot", account, slot, word), ("code", account, whose), ("data", bytes), ("caller", address), ("value", amount)."""

TURNS: Final = 24
"""Children that a place is asked for before another one gets a turn."""
NEAREST: Final = 32
"""Comparisons that are answered, the last ones first."""
LAST: Final = 6
"""Comparisons that are taken to decide how a run ends."""
READ: Final = 24
WORDS: Final = 24
ENOUGH: Final = int("01" * 10, 16)
"""More than a run asks for, and less than what overflows; 1 in each flag or enum that is packed into the word."""
PLENTY: Final = int("01" * 16, 16)
MORE: Final = int("02" * 14, 16)
FULL: Final = int("01" * 32, 16)
"""1 in each byte: much in each number that is packed into the word, though less than `MORE`."""
LAST_PRECOMPILE: Final = 0x100
NARROW: Final = 2
"""Bytes that a part of a word has at least to be taken for what was compared."""
ADDRESS: Final = 20


@dataclass(frozen=True, slots=True)
class Guide:
    """What the call of a run decided by: (account, slot, word) read, in order, and the words compared, the last last."""

    reads: tuple[tuple[str, str, int], ...]
    compared: tuple[tuple[int, int], ...]
    bare: tuple[str, ...] = ()
    """Accounts without code that were called."""


def guide_of(request: Request, result: Mapping[str, Any]) -> Guide:
    """The guide of the only call of a guided run."""
    given = result["trace"]["calls"][0]["guide"]
    reads = tuple((account, slot, int(word, 16)) for account, slot, word in given["reads"])
    called = dict.fromkeys(each["to"] for each in result["calls"][0]["messages"])
    bare = tuple(each for each in called if int(each, 16) > LAST_PRECOMPILE and not _coded(request, each))
    return Guide(reads, tuple((int(left, 16), int(right, 16)) for left, right in given["compared"]), bare)


def _coded(request: Request, address: str) -> bool:
    return bool(request["state"].get(address, NO_ACCOUNT)["code"] != "0x")


def succeeds(request: Request, result: Mapping[str, Any]) -> bool:
    """Whether the call succeeds, and with it a message to the contract: not where a proxy has come to lead elsewhere."""
    (call,) = result["calls"]
    own = request["contract"]
    return call["status"] == "success" and any(each["to"] == own and each["status"] == "success" for each in call["messages"])


def reached(result: Mapping[str, Any]) -> set[tuple[str, int, int]]:
    """The edges that a run took, of every code."""
    return {(each["code_hash"], start, end) for each in result["trace"]["coverage"] for start, end in each["edges"]}


@dataclass(slots=True)
class _Place:
    """A request that got further than those before, and what was not changed about it yet."""

    request: Request
    edges: int
    distance: int
    changes: Iterator[Change]
    turns: int = 0


@dataclass(slots=True)
class Climb:
    """The search from one failing call. Shape: `accounts` are those that words may name; `runs` counts them."""

    accounts: tuple[str, ...]
    base: Request
    """A call that fails, from which it starts."""
    runs: int = 0
    known: set[tuple[str, int, int]] = field(default_factory=set)
    nearest: dict[frozenset[tuple[str, int, int]], int] = field(default_factory=dict)
    """By the edges of a run, the least distance."""
    places: list[_Place] = field(default_factory=list)

    def go(self, run: Run, runs: int) -> Found | None:
        """Search on, for so many runs: a request of one call that succeeds, with its result; None where none was found."""
        for _ in range(runs):
            if self.runs == 0:
                found = self._try(run, self.base)
            elif not self.places:
                return None
            else:
                place = self._next()
                place.turns += 1
                change = next(place.changes, None)
                if change is None:
                    self.places.remove(place)
                found = None if change is None else self._try(run, changed(place.request, change))
            if found is not None:
                return found
        return None

    def _next(self) -> _Place:
        """Every second time the place that got furthest, and else each in its turn: what got furthest may lead nowhere."""
        furthest = self.runs % 2 == 0
        return min(self.places, key=lambda each: (0 if furthest else each.turns // TURNS, -each.edges, each.distance))

    def _try(self, run: Run, request: Request) -> Found | None:
        self.runs += 1
        found = run(request)
        if found is None:
            return None
        _, result = found
        if succeeds(*found):
            return found
        edges, guide = reached(result), guide_of(request, result)
        way, distance = frozenset(edges), distance_of(guide)
        if self.runs == 1 or not edges <= self.known or distance < self.nearest.get(way, distance):
            self.known |= edges
            self.nearest[way] = distance
            self.places.append(_Place(request, len(edges), distance, changes(request, guide, self.accounts)))
        return None


def distance_of(guide: Guide) -> int:
    """How far the last comparisons of a run are from equality, in bits."""
    return sum(abs(left - right).bit_length() for left, right in guide.compared[-LAST:])


def changes(request: Request, guide: Guide, accounts: tuple[str, ...]) -> Iterator[Change]:
    """What to change, each once: what answers a comparison first, then what often lets a call succeed."""
    tried: set[Change] = set()
    for each in chain(_answers(request, guide), _usual(request, guide, accounts)):
        if each not in tried:
            tried.add(each)
            yield each


def changed(request: Request, change: Change) -> Request:
    """The request with one thing changed."""
    match change:
        case ("slot", account, slot, word):
            return stored(request, account, slot, word)
        case ("code", account, other):
            state = request["state"]
            held = state.get(account, NO_ACCOUNT)
            copied = {**state[other], "balance": held["balance"]}
            return {**request, "state": {**state, account: copied}}
        case ("caller", caller):
            return with_call(request, caller=caller, origin=caller)
        case (member, text):
            return with_call(request, **{member: text})
    raise InternalError("unknown-change", f"{change} names nothing that can be changed")


def _answers(request: Request, guide: Guide) -> Iterator[Change]:
    """A word that was compared becomes what it was compared with, or a neighbour of that."""
    pairs = dict.fromkeys(each for pair in reversed(guide.compared) for each in (pair, pair[::-1]))
    for seen, wanted in islice(pairs, 2 * NEAREST):
        for value in dict.fromkeys(each % WORD for each in (wanted, wanted + 1, wanted - 1)):
            if value != seen:
                yield from _replaced(request, guide, seen, value)


def _replaced(request: Request, guide: Guide, seen: int, value: int) -> Iterator[Change]:
    """Of the places that hold a word, each with another value."""
    for account, slot, word in reversed(guide.reads[:READ]):
        if (other := _within(word, seen, value)) is not None:
            yield "slot", account, slot, other
    (call,) = request["calls"]
    for at, word in _words(call):
        if word == seen:
            yield _with_word(call, at, value)
    if int(call["caller"], 16) == seen and value < 1 << 8 * ADDRESS:
        yield "caller", f"0x{value:040x}"
    if int(call["value"], 16) == seen and value < 1 << 96:
        yield "value", hex(value)


def _within(word: int, seen: int, value: int) -> int | None:
    """The word with a value in place of what was seen: all of it, or the bytes of it that are that."""
    if word == seen:
        return value
    if not seen:  # an address that nobody set, in a word with something above it
        return word | value if value.bit_length() > 64 and word % (1 << 8 * ADDRESS) == 0 else None
    size = max(NARROW, -(-seen.bit_length() // 8), -(-value.bit_length() // 8))
    mask = (1 << 8 * size) - 1
    for shift in range(0, 257 - 8 * size, 8):
        if word >> shift & mask == seen:
            return word & ~(mask << shift) | value << shift
    return None


def _usual(request: Request, guide: Guide, accounts: tuple[str, ...]) -> Iterator[Change]:
    """Values in slots, words and caller that often let a call succeed, what was read last first."""
    (call,) = request["calls"]
    named = tuple(int(each, 16) for each in accounts)
    for account, slot, word in reversed(guide.reads[:READ]):
        for value in (1, ENOUGH, *named, MORE, FULL, int(call["caller"], 16), PLENTY, past(request), 0):
            if value != word:
                yield "slot", account, slot, value
    coded = tuple(each for each in accounts if _coded(request, each))
    yield from (("code", account, other) for account in guide.bare for other in coded)
    yield from (("caller", account) for account in accounts if account != call["caller"])
    for at, word in _words(call):
        yield from (_with_word(call, at, value) for value in (0, 1, 2, 32, *named, ENOUGH) if value != word)
    yield from (("value", hex(value)) for value in (0, 1, ENOUGH) if hex(value) != call["value"])
    for account, slot, word in reversed(guide.reads[:READ]):  # a number or a flag that is packed somewhere into the word
        yield from (("slot", account, slot, word | part << shift) for shift in range(8, 256, 8) for part in (1, 0xFF))


def _words(call: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """The first words of a call's arguments: (place in the data, word)."""
    return words_of(bytes.fromhex(call["data"][2:]), head_of(call), WORDS)


def _with_word(call: Mapping[str, Any], at: int, value: int) -> Change:
    first, last = 2 + 2 * at, 2 + 2 * (at + 32)
    return "data", f"{call['data'][:first]}{value:064x}{call['data'][last:]}"
