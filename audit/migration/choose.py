"""Which runs a migration proves: the given calls, or those of the generated sequence that shows most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from audit.differential.compare import prefix
from audit.differential.execution import Library
from audit.differential.interface import CONSTRUCTOR
from audit.differential.subject import Target
from audit.differential.tally import Trial
from zkvm.errors import InputError
from zkvm.host.request import state_json

CANDIDATES: Final = 60
"""Generated sequences among which the one to be proven is chosen."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run to be proven. `given` says that someone stated it: then no call is left out of it."""

    name: str
    request: Mapping[str, Any]
    given: bool = False


def runs(target: Target, given: Mapping[str, Any] | None, candidates: Iterable[Trial], library: Library) -> tuple[Run, ...]:
    """The runs, a create apart from what follows it."""
    request = given or _richest(target, candidates, library)
    if request is None:
        return ()
    calls, stated = request["calls"], given is not None
    own = target.called(calls[0], request["contract"]) == CONSTRUCTOR
    if len(calls) < 2 or not own:
        return (Run("constructor" if own else "calls", request, stated),)
    first = prefix(request, 1)
    result = library.result(first)
    if result.unsupported is not None or result.calls[0].status != "success":
        return (Run("calls", request, stated),)
    rest = {**request, "state": state_json(result.next_state), "calls": calls[1:]}
    return Run("constructor", first, stated), Run("calls", rest, stated)


def _richest(target: Target, candidates: Iterable[Trial], library: Library) -> Mapping[str, Any] | None:
    """The generated request in which most (function, outcome) pairs occur, cut where the ZK-VM version would end early."""
    best: Mapping[str, Any] | None = None
    most = 0
    for trial in islice(candidates, CANDIDATES):
        whole = _whole(trial.request, library)
        pairs = enumerate(zip(whole["calls"], trial.answer.calls, strict=False))
        count = len(
            {(target.called(call, whole["contract"]), outcome.status) for index, (call, outcome) in pairs if trial.ran(index)}
        )
        if count > most:
            best, most = whole, count
    return best


def _whole(request: Mapping[str, Any], library: Library) -> Mapping[str, Any]:
    try:
        stop = library.result(request).unsupported
    except InputError:
        return prefix(request, 0)
    return request if stop is None else prefix(request, stop.call)
