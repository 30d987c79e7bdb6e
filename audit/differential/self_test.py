"""The checker checked: seeded faults, each of which a campaign with the default budget must find and replay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit.differential.campaign import Effort, trials
from audit.differential.compare import judge
from audit.differential.execution import Library
from audit.differential.faults import FAULTS, Fault, faulty
from audit.differential.locate import locate
from audit.differential.subject import Target
from audit.differential.tally import Finding, Trial, reduce
from audit.differential.vector import Vector, replay, vector_of


@dataclass(frozen=True, slots=True)
class Kill:
    """A fault, how many places of a program it changed, and the mismatch that showed it, if any did."""

    fault: Fault
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
    faults: Sequence[Fault] = FAULTS,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Kill, ...]:
    """What became of each fault. One campaign's inputs serve all, since they do not depend on the programs."""
    honest = library or Library()
    inputs = tuple(trials(target, effort or Effort()))
    kills = []
    for number, fault in enumerate(faults, 1):
        kills.append(hunt(target, fault, inputs, honest))
        if progress is not None:
            progress(number, len(faults))
    return tuple(kills)


def hunt(target: Target, fault: Fault, inputs: Sequence[Trial], honest: Library) -> Kill:
    """Run the inputs against programs with a fault until one shows it; shrink, locate and replay that one."""
    used = faulty(honest, fault)
    finding = next((found for trial in inputs if (found := _shown(target, trial, used)) is not None), None)
    sites = max((len(fault.sites(honest.met[key])) for key in used.rewritten), default=0)
    if finding is None:
        return Kill(fault, sites, None, None, False)
    vector = vector_of(target.subject.name, finding, fault)
    return Kill(fault, sites, finding, vector, replay(vector, honest).reproduced)


def _shown(target: Target, trial: Trial, used: Library) -> Finding | None:
    verdict = judge(trial.request, used.result, trial.theirs)
    if verdict.mismatch is None:
        return None
    return reduce(locate(verdict.mismatch, trial.request, target, used), trial.request, target, used, trial.ordinal)


def at_site(fault: Fault, site: int) -> Fault:
    """The fault at one of the places where it applies."""
    return replace(fault, site=site)
