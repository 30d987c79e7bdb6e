"""Proves a migration's runs and verifies the receipts as an outsider would."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from audit.differential.execution import Library
from audit.differential.subject import Target
from audit.migration.choose import Run
from audit.report.model import ProofEvidence
from zkvm import proof
from zkvm.errors import InternalError
from zkvm.host.request import request_of, state_json
from zkvm.host.result import Result
from zkvm.program import Program
from zkvm.program_file import ProgramFile, file_bytes, write_whole

CLAIMED = ("status", "return_data", "logs", "gas_left")


@dataclass(frozen=True, slots=True)
class NotProven:
    """A run, or a call of it, that has no proof, and why."""

    what: str
    why: str

    def as_json(self) -> dict[str, str]:
        """The form that the report holds."""
        return {"what": self.what, "why": self.why}


@dataclass(frozen=True, slots=True)
class Desk:
    """What proving needs besides a run."""

    target: Target
    library: Library
    profile: str
    folder: Path
    hashes: str = "listed"


def prove(run: Run, desk: Desk) -> tuple[ProofEvidence | None, tuple[NotProven, ...]]:
    """Prove a run, verify the receipt, write both it and the code that pins it.

    Shape: of a generated run calls without a proof are left out and named; a given run is proven whole or not at all.
    Raises: InternalError if the receipt is rejected, or claims another outcome than the run's.
    """
    missing: tuple[NotProven, ...] = ()
    ran = desk.library.result(run.request)
    if (refused := proof.refused(ran)) is not None and run.given:
        return None, (NotProven(f"the run '{run.name}'", f"{refused.what} (call {refused.call} of the run)"),)
    if _idle(ran):
        return None, (NotProven(f"the run '{run.name}'", "none of its calls meets any code"),)
    made, result = _made(run, desk, desk.profile)
    if made.receipt is None and not run.given:
        run, missing = _without(run, desk)
        if not run.request["calls"]:
            return None, missing
        made, result = _made(run, desk, desk.profile)
    if made.receipt is None:
        return None, (*missing, NotProven(f"the run '{run.name}'", why_not(made)))
    pinned = _pinned(made.receipt, desk.library.programs(run.request["fork"]))
    verdict, verify_s = _verified(run, made.receipt, pinned, result, desk.profile)
    path = desk.folder / "receipts" / f"{run.name}.receipt"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, made.receipt)
    return _evidence(run, path, made, verdict, verify_s, _command(path, pinned, desk.folder), desk), missing


def _made(run: Run, desk: Desk, profile: str) -> tuple[proof.Proof, Result]:
    result = desk.library.result(run.request)
    return proof.prove(run.request, desk.library.programs(run.request["fork"]), profile, desk.hashes), result


def _idle(result: Result) -> bool:
    """Whether all calls ran, and none met any code: then there is nothing to prove."""
    return result.unsupported is None and not any(each.steps for each in result.calls)


GENERIC_TIER: Final = frozenset({"SCHK", "SLD", "SST", "SADJ", "JMPD"})
"""Instructions that only the generic tier has (ISA 11)."""
WHOLE_REASONS: Final = frozenset({"no-frame", "not-claimable", "transaction-refused", "too-large", "step-limit", "missing-code"})
"""Codes whose text says why by itself; that of others names what has no proof."""


def why_not(made: proof.Proof) -> str:
    """Why a run has no receipt."""
    what = made.obstacle.what
    if made.obstacle.code in WHOLE_REASONS:
        return what
    if what in GENERIC_TIER:
        what = f"the generic tier, which goes on after a jump that only a run resolves ({what}),"
    return f"{what} has no proof yet"


def _without(run: Run, desk: Desk) -> tuple[Run, tuple[NotProven, ...]]:
    """The run without the calls that have no proof alone, and those."""
    kept: list[Any] = []
    missing: dict[NotProven, None] = {}
    state = run.request["state"]
    for call in run.request["calls"]:
        single = replace(run, request={**run.request, "state": state, "calls": [call]})
        made, result = _made(single, desk, "test")
        if made.receipt is None and not _idle(result):
            missing[NotProven(desk.target.called(call, run.request["contract"]), why_not(made))] = None
        else:
            kept.append(call)
            state = state_json(result.next_state)
    return replace(run, request={**run.request, "calls": kept}), tuple(missing)


def _pinned(receipt: bytes, programs: list[Program]) -> list[Program]:
    ran = {each["code_hash"] for each in proof.verify(receipt)["programs"]}
    return [each for each in programs if "0x" + each.code_hash.hex() in ran]


def _verified(run: Run, receipt: bytes, pinned: list[Program], result: Result, profile: str) -> tuple[dict[str, Any], float]:
    begun = time.perf_counter()
    expected = proof.Expectations(
        digests=tuple(each.digest for each in pinned), request=run.request, code_known=True, creation_known=True
    )
    verdict = proof.verify(receipt, expected)
    verify_s = time.perf_counter() - begun
    if not verdict["valid"]:
        raise InternalError("migrate-rejected", f"the receipt '{run.name}' is rejected: {verdict['reason']} (profile {profile})")
    for claimed, call in zip(verdict["calls"], (each.as_json() for each in result.calls), strict=True):
        if any(claimed[key] != call[key] for key in CLAIMED):
            raise InternalError("migrate-differs", f"the receipt '{run.name}' claims another outcome than the run's")
    return verdict, verify_s


def _command(path: Path, pinned: list[Program], folder: Path) -> str:
    """The command that verifies a receipt with its programs pinned; the code files that it names are written."""
    words = ["sol2zk", "verify", str(path)]
    mixed = len({each.kind for each in pinned}) > 1
    for program in pinned:
        if mixed:  # --creation speaks of all hex files
            words += ["--program", str(_code_file(folder, program, ".szk", file_bytes(ProgramFile(program))))]
        else:
            words += ["--bytecode", str(_code_file(folder, program, ".hex", b"0x" + program.code.hex().encode() + b"\n"))]
    if not mixed and pinned and pinned[0].kind == "creation":
        words.append("--creation")
    return shlex.join(words)


def _code_file(folder: Path, program: Program, suffix: str, content: bytes) -> Path:
    """The file that holds a program or its code; constructor runs that set other immutables leave other code, each in its own file."""
    stem = folder / "code" / program.kind
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = (stem.with_name(f"{stem.name}-{number}{suffix}" if number else f"{stem.name}{suffix}") for number in count())
    path = next(each for each in paths if not each.exists() or each.read_bytes() == content)
    if not path.exists():
        write_whole(path, content)
    return path


def _evidence(
    run: Run, path: Path, made: proof.Proof, verdict: dict[str, Any], verify_s: float, command: str, desk: Desk
) -> ProofEvidence:
    assert made.cost is not None
    asked = request_of(run.request)
    calls = [
        {
            **claimed,
            "function": desk.target.function_of(call, asked.contract),
            "gas_used": call.limit - int(claimed["gas_left"], 16),
        }
        for claimed, call in zip(verdict["calls"], asked.calls, strict=True)
    ]
    return ProofEvidence(
        run.name, str(path), desk.profile, verdict["proven_bits"], verdict["list_decoding_bits"], verdict["unique_decoding_bits"],
        path.stat().st_size, made.cost["prove_s"], verify_s, calls, verdict["programs"], made.cost["tables"], command, verdict["hashes"],
    )  # fmt: skip
