"""The checker checked: seeded faults, each of which a campaign with the default budget must find and replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit.differential.campaign import Effort, trials
from audit.differential.compare import judge
from audit.differential.execution import Library
from audit.differential.faults import CATALOGUE, AnyFault, Fault, faulty, places
from audit.differential.locate import locate
from audit.differential.subject import Target
from audit.differential.tally import Finding, Trial, given_trial, reduce
from audit.differential.vector import Vector, replay, vector_of


@dataclass(frozen=True, slots=True)
class Kill:
    """A fault, how much it changed (see `places`), and the mismatch that showed it, if any did."""

    fault: AnyFault
    sites: int
    finding: Finding | None
    vector: Vector | None
    replays: bool

    @property
    def passed(self) -> bool:
        """Whether the fault was found and its vector reproduces; a fault that applies nowhere was not tested."""
        return self.sites > 0 and self.finding is not None and self.replays

    def as_json(self) -> dict[str, Any]:
        """The form that output holds."""
        found = self.finding
        return {
            "fault": self.fault.name, "what": self.fault.what, "sites": self.sites, "found": found is not None,
            "sequence": None if found is None else found.sequence, "calls": None if found is None else len(found.request["calls"]),
            "mismatch": None if found is None else found.mismatch.as_json(), "replays": self.replays,
        }  # fmt: skip


def self_test(
    target: Target,
    effort: Effort | None = None,
    library: Library | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    faults: Sequence[AnyFault] = CATALOGUE,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Kill, ...]:
    """What became of each fault. One campaign's inputs serve all, since they do not depend on the programs.

    Raises: InputError for a given request that cannot run.
    """
    honest = library or Library()
    asked, first = given_trial(given, honest)
    inputs = (*first, *trials(target, effort or Effort(), asked))
    kills = []
    for number, fault in enumerate(faults, 1):
        kills.append(hunt(target, fault, inputs, honest))
        if progress is not None:
            progress(number, len(faults))
    return tuple(kills)


def hunt(target: Target, fault: AnyFault, inputs: Sequence[Trial], honest: Library) -> Kill:
    """Run the inputs against programs with a fault until one shows it; shrink, locate and replay that one."""
    used = faulty(honest, fault)
    finding = next(
        (found for trial in inputs if _concerns(fault, trial) and (found := _shown(target, trial, used)) is not None), None
    )
    sites = places(fault, honest, used)
    if finding is None:
        return Kill(fault, sites, None, None, False)
    vector = vector_of(target.subject.name, finding, fault)
    return Kill(fault, sites, finding, vector, replay(vector, honest).reproduced)


def _concerns(fault: AnyFault, trial: Trial) -> bool:
    """Whether a trial could show a fault."""
    return isinstance(fault, Fault) or fault.needs(trial.answer)


def _shown(target: Target, trial: Trial, used: Library) -> Finding | None:
    verdict = judge(trial.request, used.result, trial.theirs)
    if verdict.mismatch is None:
        return None
    return reduce(locate(verdict.mismatch, trial.asked, target, used), trial.asked, target, used, trial.ordinal)


def at_site(fault: Fault, site: int) -> Fault:
    """The fault at one of the places where it applies."""
    return replace(fault, site=site)
