"""Versions and the ranges of `pragma solidity`, by the compiler's own grammar (`||` of conjunctions of comparators)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Version(NamedTuple):
    """A release; ordered."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


_RELEASE = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:\+.*)?$")
_STATED = re.compile(r"(?<![\d.])(\d+)\.(\d+)\.(\d+)(?:\+[\w.+-]*)?\s*$")
_PART = r"(\d+|[xX*])"
_COMPARATOR = re.compile(rf"(\^|~|>=|<=|>|<|=)?\s*v?{_PART}(?:\.{_PART})?(?:\.{_PART})?")
_BEYOND = Version(1 << 30, 0, 0)


def parse_version(text: str) -> Version | None:
    """The release that a text like `0.8.26` or `0.8.26+commit.8a97fa7a` names, or None."""
    found = _RELEASE.match(text.strip())
    return Version(*map(int, found.groups())) if found else None


def stated_version(text: str) -> Version | None:
    """The release that a compiler says it is at the end of words such as `Version: 0.8.26+commit.8a97fa7a`, or None: a nightly is none."""
    found = _STATED.search(text)
    return Version(*map(int, found.groups())) if found else None


@dataclass(frozen=True, slots=True)
class Interval:
    """Releases from `low` on and before `high`."""

    low: Version
    high: Version


@dataclass(frozen=True, slots=True)
class Range:
    """A set of releases: the union of intersections of intervals."""

    text: str
    alternatives: tuple[tuple[Interval, ...], ...]

    def __contains__(self, version: Version) -> bool:
        return any(all(each.low <= version < each.high for each in conjunction) for conjunction in self.alternatives)


def parse_range(text: str) -> Range | None:
    """The range that a pragma's text states, or None if it is not one."""
    alternatives = []
    for part in text.split("||"):
        conjunction = _conjunction(part.strip().strip("\"'"))
        if conjunction is None:
            return None
        alternatives.append(conjunction)
    return Range(" ".join(text.split()), tuple(alternatives))


def newest(candidates: Iterable[Version], ranges: Iterable[Range]) -> Version | None:
    """The newest candidate that lies in all ranges, or None."""
    wanted = tuple(ranges)
    return max((each for each in candidates if all(each in one for one in wanted)), default=None)


def _conjunction(text: str) -> tuple[Interval, ...] | None:
    hyphen = re.fullmatch(rf"\s*({_COMPARATOR.pattern})\s+-\s+({_COMPARATOR.pattern})\s*", text)
    if hyphen:
        low, high = _comparators(hyphen.group(1)), _comparators(hyphen.group(6))
        if low is None or high is None or len(low) != 1 or len(high) != 1:
            return None
        return (Interval(low[0].low, high[0].high),)
    return _comparators(text)


def _comparators(text: str) -> tuple[Interval, ...] | None:
    intervals, at = [], 0
    while at < len(text):
        found = _COMPARATOR.match(text, at)
        if found is None:
            return None
        intervals.append(_interval(found.group(1) or "=", [part for part in found.groups()[1:] if part is not None]))
        at = found.end()
        while at < len(text) and text[at].isspace():
            at += 1
    return tuple(intervals) or None


def _interval(operator: str, parts: list[str]) -> Interval:
    numbers = []
    for part in parts:
        if not part.isdigit():
            break
        numbers.append(int(part))
    low = Version(*[*numbers, 0, 0, 0][:3])
    after = _after(numbers)
    match operator:
        case "=":
            return Interval(low, after)
        case ">=":
            return Interval(low, _BEYOND)
        case ">":
            return Interval(after, _BEYOND)
        case "<":
            return Interval(Version(0, 0, 0), low)
        case "<=":
            return Interval(Version(0, 0, 0), after)
        case "~":
            return Interval(low, _after(numbers[:2]))
        case _:
            return Interval(low, _caret_end(numbers))


def _after(numbers: list[int]) -> Version:
    """The first release that does not begin with these numbers."""
    if not numbers:
        return _BEYOND
    raised = [*numbers[:-1], numbers[-1] + 1]
    return Version(*[*raised, 0, 0, 0][:3])


def _caret_end(numbers: list[int]) -> Version:
    """The first release above a caret range: the leftmost number that is not 0 is fixed."""
    for index, number in enumerate(numbers):
        if number != 0:
            return _after(numbers[: index + 1])
    return _after(numbers)
