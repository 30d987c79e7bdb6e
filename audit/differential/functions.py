"""Which functions of the interface succeeded in a compared call, and what is known of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from audit.differential.compare import Stop
from audit.differential.doomed import cannot_succeed
from audit.differential.interface import CONSTRUCTOR
from audit.differential.subject import Target

Status = Literal["succeeded", "cannot-succeed", "only-reverted", "only-halted", "only-failed", "blocked", "not-reached"]
ANSWERED: Final[frozenset[Status]] = frozenset(("succeeded", "cannot-succeed"))
"""Functions of which nothing is missing: of what cannot succeed a failure was compared."""
MEANING: Final[Mapping[Status, str]] = {
    "succeeded": "a compared call of it succeeded",
    "cannot-succeed": "it cannot succeed: the certified graph has no success behind its entry; calls of it failed alike in both versions",
    "only-reverted": "no compared call of it succeeded: each reverted",
    "only-halted": "no compared call of it succeeded: each halted",
    "only-failed": "no compared call of it succeeded: each reverted or halted",
    "blocked": "no compared call of it succeeded",
    "not-reached": "no call of it was compared",
}
Counts = Mapping[str, int]
NONE: Final[Counts] = {"success": 0, "revert": 0, "halt": 0, "refused": 0}
"""No calls, by the status of ISA 8.2."""


@dataclass(frozen=True, slots=True)
class FunctionOutcome:
    """A function of the interface: how its compared calls ended, and the first stop at something unsupported in a call of it."""

    name: str
    counts: Counts
    status: Status
    stop: Stop | None = None

    @property
    def answered(self) -> bool:
        """Whether the check has an answer for it: a success, or a proof that there is none."""
        return self.status in ANSWERED

    @property
    def calls(self) -> int:
        """Its compared calls."""
        return sum(self.counts.values())

    @property
    def why(self) -> str:
        """What its status means, with the numbers that it rests on."""
        tried = f" ({self.calls} compared)" if self.calls and self.status not in ("succeeded", "cannot-succeed") else ""
        stop = (
            ""
            if self.stop is None or self.answered
            else f"; stopped at {self.stop.what} ({self.stop.code}), which is unsupported"
        )
        return f"{MEANING[self.status]}{tried}{stop}"

    def as_json(self) -> dict[str, Any]:
        """The form that output holds."""
        return {
            "name": self.name, "status": self.status, "calls": self.calls, "successes": self.counts["success"], "why": self.why,
        }  # fmt: skip


def required(target: Target) -> Iterator[str]:
    """What has to succeed once: the constructor where its code is known, each function, and the fallback and receive that the ABI states.

    Shape: without an ABI the functions are the selectors that the code compares with.
    """
    if target.creation is not None:
        yield CONSTRUCTOR
    for each in target.interface.functions:
        yield each.signature
    yield from target.interface.specials


def outcomes_of(target: Target, outcomes: Mapping[str, Counts], blocked: Mapping[str, Stop]) -> tuple[FunctionOutcome, ...]:
    """The outcome of each function that has to succeed."""
    return tuple(_outcome(target, name, outcomes.get(name, NONE), blocked.get(name)) for name in dict.fromkeys(required(target)))


def _outcome(target: Target, name: str, counts: Counts, stop: Stop | None) -> FunctionOutcome:
    return FunctionOutcome(name, counts, _status(target, name, counts, stop), stop)


def _status(target: Target, name: str, counts: Counts, stop: Stop | None) -> Status:
    if counts["success"]:
        return "succeeded"
    failed = bool(counts["revert"] or counts["halt"])
    if failed and stop is None and _doomed(target, name):
        return "cannot-succeed"
    if stop is not None:
        return "blocked"
    if not failed:
        return "not-reached"
    return "only-failed" if counts["revert"] and counts["halt"] else "only-reverted" if counts["revert"] else "only-halted"


def _doomed(target: Target, name: str) -> bool:
    """Whether it is proven that a function cannot succeed; of code whose immutables are not set nothing is."""
    code = target.runtime
    if name == CONSTRUCTOR or code is None or target.subject.template:
        return False
    return cannot_succeed(code.code, target.fork, target.interface, name)


def unanswered(functions: Iterable[FunctionOutcome]) -> tuple[FunctionOutcome, ...]:
    """Those that leave a check incomplete."""
    return tuple(each for each in functions if not each.answered)


def grouped(functions: Iterable[FunctionOutcome]) -> dict[str, list[str]]:
    """The names of functions by what is known of them, for a reader of lines."""
    found: dict[str, list[str]] = {}
    for each in functions:
        found.setdefault(each.why, []).append(each.name)
    return found


def summary(functions: tuple[FunctionOutcome, ...]) -> str:
    """How many of the functions succeeded."""
    done = sum(each.status == "succeeded" for each in functions)
    doomed = sum(each.status == "cannot-succeed" for each in functions)
    return f"{done} of {len(functions)} functions succeeded in a compared call" + (f", {doomed} cannot succeed" if doomed else "")
