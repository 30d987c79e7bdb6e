"""A migration: every stage of it, with what each leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Final

from audit.differential.campaign import CheckResult, Effort, check, trials
from audit.differential.execution import Library
from audit.differential.faults import CATALOGUE
from audit.differential.self_test import Kill, hunt
from audit.differential.subject import Target, target_of
from audit.differential.tally import Finding, Trial, compared, given_trial
from audit.differential.vector import vector_of, write_vector
from audit.inputs.job import Job
from audit.inputs.pins import alike
from audit.migration.choose import runs
from audit.migration.costs import FunctionCost, Sample, function_costs, samples
from audit.migration.failures import LATE, Site, failures
from audit.migration.prove import Desk, NotProven, prove
from audit.report.model import ProofEvidence
from transpiler.translate import Translation
from zkvm.errors import InputError, Place, Unsupported

Tell = Callable[[str], None]
Progress = Callable[[str, int, int], None]
"""Stage, steps done, steps in all."""

OURS: Final = (
    "receipts/constructor.receipt", "receipts/calls.receipt", "receipts/failures-*.receipt", "vectors/mismatch-*.json",
    "code/creation*.hex", "code/creation*.szk", "code/runtime*.hex", "code/runtime*.szk",
    "report.html", "report.md", "report.sarif", "report.json",
)  # fmt: skip
"""What a migration writes into its folder."""
SAMPLED: Final = 300
"""Sequences from which calls are taken whose cost is measured, and with which seeded faults are hunted."""
NOT_SAMPLED: Final = f"its calls that succeed come after the first {SAMPLED} sequences, from which calls are taken to be proven"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a migration is to do."""

    folder: Path
    effort: Effort
    profile: str
    jobs: int = 1
    share_s: float = 60.0
    """Seconds that the hunt for seeded faults, the proofs of failures, and the measurement of functions may take each."""
    hashes: str = "listed"
    """Whether receipts list what is hashed, or prove it."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration came to."""

    job: Job
    target: Target
    translations: tuple[Translation, ...]
    checked: CheckResult
    vectors: tuple[str, ...]
    """Of each finding, a file that `replay` takes."""
    kills: tuple[Kill, ...]
    proofs: tuple[ProofEvidence, ...]
    failures: tuple[Site, ...]
    costs: tuple[FunctionCost, ...]
    sampled: int
    """Functions whose cost was to be measured."""
    not_proven: tuple[NotProven, ...]

    @property
    def proven(self) -> dict[str, bool]:
        """The functions of which a call is proven: whether one that succeeds is."""
        calls = [(call["function"], call["status"]) for each in self.proofs for call in each.calls]
        calls += [(each.function, each.status) for each in self.costs if each.rows is not None]
        return {name: (name, "success") in calls for name, _ in calls}

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return self.checked.complete and bool(self.proofs) and not self.not_proven and len(self.costs) == self.sampled

    @property
    def exit_code(self) -> int:
        """1 for mismatches, 4 where something was left out, else 0."""
        return 1 if self.checked.findings or self.checked.broken else 0 if self.complete else Unsupported.exit_code


def migrate(job: Job, plan: Plan, tell: Tell, progress: Progress) -> Migration:
    """Translate, check, prove and verify.

    Raises: Unsupported where nothing can be run at all; InternalError if a receipt of ours is rejected.
    """
    target = target_of(job.artifact, job.contract, job.subject, job.fork)
    _clear(plan.folder)
    library = Library()
    translations = _translate(job, target, library, tell)
    checked = check(
        target,
        plan.effort,
        library,
        given=job.request,
        jobs=plan.jobs,
        progress=lambda done, total: progress("check", done, total),
    )
    tell(f"checked {checked.sequences} sequences, {checked.calls} calls against revm: {len(checked.findings)} mismatches")
    vectors = tuple(_write_vector(plan.folder, target, number, each) for number, each in enumerate(checked.findings, 1))
    inputs = _inputs(job, target, plan.effort, library)
    kills = tuple(_hunt(target, inputs, library, plan.share_s, progress))
    tell(f"seeded {_seeded(kills)} faults to test the check: {sum(each.passed for each in kills)} found and replayed")
    desk = Desk(target, library, plan.profile, plan.folder, plan.hashes)
    proofs: list[ProofEvidence] = []
    missing: dict[NotProven, None] = {}
    for run in runs(target, job.request, inputs, library):
        evidence, failed = prove(run, desk)
        missing |= dict.fromkeys(failed)
        if evidence is not None:
            proofs.append(evidence)
            tell(_proven(evidence))
    ways = failures(target, inputs)
    for evidence in ways.prove(desk, time.monotonic() + plan.share_s):
        proofs.append(evidence)
        progress("ways to fail", len(ways.receipts) + len(ways.missing), len(ways.found))
    tell(f"proven and verified: {len(ways.receipts)} of {len(ways.found)} ways to fail that runs showed")
    missing |= dict.fromkeys(ways.not_proven())
    chosen = samples(target, inputs)
    costs = _costs(chosen, library, plan, progress)
    missing |= {NotProven(each.function, each.why): None for each in costs if each.why is not None}
    translations = (*translations, *_met(target, library, translations))
    done = Migration(
        job, target, translations, checked, vectors, kills, tuple(proofs), ways.sites(translations), costs, len(chosen),
        tuple(missing),
    )  # fmt: skip
    done = replace(done, not_proven=(*done.not_proven, *_only_compared(done, chosen)))
    for each in done.not_proven:
        tell(f"not proven: {each.what}: {each.why}")
    return done


def _only_compared(done: Migration, chosen: tuple[Sample, ...]) -> Iterator[NotProven]:
    """The functions that succeeded in the check, of which no call that succeeds is proven, and nothing else says why."""
    known = {each.what for each in done.not_proven}
    sampled = {each.function for each in chosen if each.succeeds}
    for each in done.checked.functions:
        if each.counts["success"] and not done.proven.get(each.name) and each.name not in known:
            yield NotProven(each.name, LATE if each.name in sampled else NOT_SAMPLED)


def _proven(evidence: ProofEvidence) -> str:
    return (
        f"proven and verified: {evidence.name}, {len(evidence.calls)} calls, {evidence.proven_bits} bits, "
        f"{evidence.receipt_bytes} bytes, {evidence.prove_s:.2f} s"
    )


def _clear(folder: Path) -> None:
    """Remove what an earlier migration left: a stale receipt is no evidence.

    Raises: InputError if that fails.
    """
    for pattern in OURS:
        for path in folder.glob(pattern):
            try:
                path.unlink()
            except OSError as error:
                raise InputError("file-not-written", f"cannot replace: {error.strerror or error}", Place(str(path))) from error


def _translate(job: Job, target: Target, library: Library, tell: Tell) -> tuple[Translation, ...]:
    codes = [each for each in job.contract.objects if not each.template or each.kind == "creation"]
    found = tuple(library.translation(each.code, each.kind, target.fork) for each in codes)
    for each in found:
        size, count = len(each.program.code), len(each.program.instructions)
        tell(f"translated {each.program.kind} code: {size} bytes to {count} instructions in {each.stats.seconds:.3f} s")
    return found


def _met(target: Target, library: Library, known: tuple[Translation, ...]) -> tuple[Translation, ...]:
    """The runtime code of the contract's first deployment, where the artefact's bytes are only a template."""
    code = target.runtime
    if code is None or any(each.program.kind == "runtime" for each in known):
        return ()
    own = (each for each in library.met.values() if each.kind == "runtime" and alike(each.code, code))
    return tuple(library.translation(each.code, each.kind, each.fork) for each in islice(own, 1))


def _write_vector(folder: Path, target: Target, number: int, finding: Finding) -> str:
    path = folder / "vectors" / f"mismatch-{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_vector(path, vector_of(target.subject.name, finding))
    return str(path)


def _inputs(job: Job, target: Target, effort: Effort, library: Library) -> tuple[Trial, ...]:
    """What is compared of the given calls, if there are any, and of generated sequences."""
    asked, given = given_trial(job.request, library)
    drawn = trials(target, replace(effort, sequences=min(effort.sequences, SAMPLED)), asked)
    cut = (compared(each, library) for each in chain(given, drawn))
    return tuple(each for each in cut if each.request["calls"])


def _hunt(target: Target, inputs: tuple[Trial, ...], library: Library, seconds: float, progress: Progress) -> Iterator[Kill]:
    """What became of each seeded fault, as many as the time allows."""
    end = time.monotonic() + seconds
    for number, fault in enumerate(CATALOGUE, 1):
        if time.monotonic() > end:
            return
        yield hunt(target, fault, inputs, library)
        progress("seeded faults", number, len(CATALOGUE))


def _seeded(kills: tuple[Kill, ...]) -> int:
    return sum(1 for each in kills if each.sites)


def _costs(chosen: tuple[Sample, ...], library: Library, plan: Plan, progress: Progress) -> tuple[FunctionCost, ...]:
    end = time.monotonic() + plan.share_s
    return function_costs(chosen, library, plan.profile, end, lambda done, total: progress("cost by function", done, total))
