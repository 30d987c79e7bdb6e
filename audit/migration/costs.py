"""What each function costs on the ZK-VM: one call of it, proven and verified alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.differential.execution import Library
from audit.differential.seek import alone
from audit.differential.subject import Target
from audit.differential.tally import Trial
from audit.migration.prove import why_not
from zkvm import proof
from zkvm.errors import InternalError
from zkvm.host.request import request_of

STATUSES: Final = ("success", "revert", "halt")


@dataclass(frozen=True, slots=True)
class FunctionCost:
    """One call's cost; where it has no proof, `why` says so and the figures of the proof are None.

    Units: `gas` is what the call used, rows and cells are sums over all tables of its proof, padding and fixed tables included.
    """

    function: str
    status: str
    gas: int | None
    steps: int | None
    rows: int | None = None
    cells: int | None = None
    prove_s: float | None = None
    verify_s: float | None = None
    receipt_bytes: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A call of a function with the state before it."""

    function: str
    rank: int
    request: Mapping[str, Any]
    index: int

    @property
    def succeeds(self) -> bool:
        """Whether the call succeeds."""
        return STATUSES[self.rank] == "success"

    def alone(self) -> dict[str, Any]:
        """The request of this call only."""
        return alone(self.request, self.index)


def samples(target: Target, trials: Iterable[Trial]) -> tuple[Sample, ...]:
    """A call of each function that any trial, a compared one, calls: one that succeeds where there is one.

    Shape: a refused transaction is no call of a function: nothing of it runs.
    """
    found: dict[str, Sample] = {}
    for trial in trials:
        for index, (call, outcome) in enumerate(zip(trial.asked.calls, trial.answer.calls, strict=False)):
            if outcome.status == "refused":
                continue
            name, rank = target.function_of(call, trial.asked.contract), STATUSES.index(outcome.status)
            if trial.ran(index) and (name not in found or rank < found[name].rank):
                found[name] = Sample(name, rank, trial.request, index)
    return tuple(sorted(found.values(), key=lambda each: (not each.request["calls"][each.index]["create"], each.function)))


def function_costs(
    chosen: tuple[Sample, ...],
    library: Library,
    profile: str,
    deadline: float,
    progress: Callable[[int, int], None],
    hashes: str = "listed",
) -> tuple[FunctionCost, ...]:
    """The costs of samples, in order, as many as the time allows.

    Units: `deadline` is in the time of `time.monotonic`.
    Raises: InternalError if a receipt of ours is rejected.
    """
    costs = []
    for number, sample in enumerate(chosen, 1):
        if time.monotonic() > deadline:
            break
        costs.append(_measure(sample, library, profile, hashes))
        progress(number, len(chosen))
    return tuple(costs)


def _measure(sample: Sample, library: Library, profile: str, hashes: str) -> FunctionCost:
    request = sample.alone()
    result = library.result(request)
    if result.unsupported is not None:
        why = f"{result.unsupported.what} is not supported yet"
        return FunctionCost(sample.function, STATUSES[sample.rank], None, None, why=why)
    (call,), (outcome,) = request_of(request).calls, result.calls
    gas = call.limit - outcome.gas_left
    programs = library.programs(request["fork"])
    made = proof.prove(request, programs, profile, hashes)
    if made.receipt is None or made.cost is None:
        return FunctionCost(sample.function, outcome.status, gas, outcome.steps, why=why_not(made))
    begun = time.perf_counter()
    verdict = proof.verify(made.receipt, proof.Expectations(request=request, code_known=True, creation_known=True))
    verify_s = time.perf_counter() - begun
    if not verdict["valid"] and profile != "test":
        raise InternalError("migrate-rejected", f"the receipt of one call of {sample.function} is rejected: {verdict['reason']}")
    tables = made.cost["tables"]
    rows, cells = (sum(int(table[key]) for table in tables) for key in ("rows", "cells"))
    return FunctionCost(
        sample.function, outcome.status, gas, outcome.steps, rows, cells, made.cost["prove_s"], verify_s, len(made.receipt)
    )
