"""A migration: every stage of it, with what each leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from audit.differential.campaign import CheckResult, Effort, Trial, check, trials
from audit.differential.execution import Library
from audit.differential.subject import Target, target_of
from audit.inputs.job import Job
from audit.report.model import ProofEvidence
from transpiler.translate import Translation
from zkvm import proof
from zkvm.errors import InternalError, Unsupported
from zkvm.program_file import write_whole

Tell = Callable[[str], None]
CANDIDATES: Final = 60
"""Generated sequences among which the one to be proven is chosen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a migration is to do."""

    folder: Path
    effort: Effort
    profile: str
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration came to."""

    job: Job
    target: Target
    translations: tuple[Translation, ...]
    checked: CheckResult
    proofs: tuple[ProofEvidence, ...]
    not_proven: tuple[dict[str, Any], ...]

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return self.checked.complete and not self.not_proven

    @property
    def exit_code(self) -> int:
        """1 for mismatches, 4 where something was left out, else 0."""
        return 1 if self.checked.findings else 0 if self.complete else Unsupported.exit_code


@dataclass(frozen=True, slots=True)
class Run:
    """A run to be proven."""

    name: str
    request: Mapping[str, Any]


def migrate(job: Job, plan: Plan, tell: Tell, progress: Callable[[int, int], None]) -> Migration:
    """Translate, check, prove and verify.

    Raises: Unsupported where nothing can be run at all; InternalError if a receipt of ours is rejected.
    """
    target = target_of(job.artifact, job.contract, job.subject, job.fork)
    library = Library()
    translations = tuple(
        library.translation(code.code, code.kind, target.fork)
        for code in job.contract.objects
        if not code.template or code.kind == "creation"
    )
    for each in translations:
        size, count = len(each.program.code), len(each.program.instructions)
        tell(f"translated {each.program.kind} code: {size} bytes to {count} instructions in {each.stats.seconds:.3f} s")
    checked = check(target, plan.effort, library, given=job.request, progress=progress)
    tell(f"checked {checked.sequences} sequences, {checked.calls} calls against revm: {len(checked.findings)} mismatches")
    proofs, failed = [], []
    for run in runs(target, job, plan.effort, library):
        evidence = prove(run, library, plan, tell)
        if isinstance(evidence, ProofEvidence):
            proofs.append(evidence)
        else:
            failed.append(evidence)
            tell(f"not proven: {run.name}: {evidence['why']}")
    return Migration(job, target, (*translations, *_met(library, translations)), checked, tuple(proofs), tuple(failed))


def _met(library: Library, known: tuple[Translation, ...]) -> tuple[Translation, ...]:
    """The runtime code of the first deployment, where the artefact's bytes are only a template."""
    if any(each.program.kind == "runtime" for each in known):
        return ()
    return tuple(islice((each for each in library.translations.values() if each.program.kind == "runtime"), 1))


def runs(target: Target, job: Job, effort: Effort, library: Library) -> list[Run]:
    """What is proven: the given calls, or the generated sequence with the most kinds of outcome; a create apart from what follows it."""
    request = job.request or _richest(target, effort)
    if request is None:
        return []
    calls = request["calls"]
    if len(calls) < 2 or not calls[0]["create"]:
        return [Run("calls", request)]
    first = {**request, "calls": calls[:1]}
    result = library.run(first)
    if result["unsupported"] is not None or result["calls"][0]["status"] != "success":
        return [Run("calls", request)]
    return [Run("constructor", first), Run("calls", {**request, "state": result["state"], "calls": calls[1:]})]


def _richest(target: Target, effort: Effort) -> Mapping[str, Any] | None:
    """The generated request in which the most (function, outcome) pairs occur."""

    def score(trial: Trial) -> int:
        outcomes = zip(trial.request["calls"], trial.result["calls"], strict=False)
        return len(
            {(target.function(bytes.fromhex(call["data"][2:]), create=call["create"]), each["status"]) for call, each in outcomes}
        )

    candidates = list(islice(trials(target, effort), CANDIDATES))
    best = max(candidates, key=score, default=None)
    return None if best is None else best.request


def prove(run: Run, library: Library, plan: Plan, tell: Tell) -> ProofEvidence | dict[str, Any]:
    """Prove a run, verify the receipt and write it; or why there is none.

    Raises: InternalError if the receipt is rejected, or claims another outcome than the run's.
    """
    result = library.run(run.request)
    programs = library.programs(run.request["fork"])
    made = proof.prove(run.request, programs, plan.profile)
    if made.receipt is None or made.cost is None:
        found = made.result["unsupported"] or made.unsupported or {"what": "no reason given"}
        return {"what": run.name, "why": f"{found['what']} has no proof yet"}
    used = {bytes.fromhex(each["code_hash"][2:]): each for each in proof.verify(made.receipt)["programs"]}
    pinned = [program for program in programs if program.code_hash in used]
    begun = time.perf_counter()
    verdict = proof.verify(
        made.receipt, proof.Expectations(digests=tuple(each.digest for each in pinned), request=run.request, code_known=True)
    )
    verify_s = time.perf_counter() - begun
    if not verdict["valid"]:
        raise InternalError("migrate-rejected", f"the receipt '{run.name}' is rejected: {verdict['reason']}")
    for claimed, call in zip(verdict["calls"], result["calls"], strict=True):
        if any(claimed[key] != call[key] for key in ("status", "return_data", "logs", "gas_left")):
            raise InternalError("migrate-differs", f"the receipt '{run.name}' claims another outcome than the run's")
    path = plan.folder / "receipts" / f"{run.name}.receipt"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, made.receipt)
    words = ["sol2zk verify", str(path)]
    for program in pinned:
        code = plan.folder / "code" / f"{program.kind}.hex"
        code.parent.mkdir(parents=True, exist_ok=True)
        write_whole(code, b"0x" + program.code.hex().encode() + b"\n")
        words.append(f"--bytecode {code}" + (" --creation" if program.kind == "creation" else ""))
    size, seconds = len(made.receipt), made.cost["prove_s"]
    tell(
        f"proven and verified: {run.name}, {len(verdict['calls'])} calls, {verdict['proven_bits']} bits, {size} bytes, {seconds:.2f} s"
    )
    return ProofEvidence(
        run.name, str(path), plan.profile, verdict["proven_bits"], len(made.receipt), made.cost["prove_s"], verify_s, verdict["calls"],
        verdict["programs"], made.cost["tables"], " ".join(words),
    )  # fmt: skip
