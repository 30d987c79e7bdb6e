"""From a migration to the report's model."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from audit.migration.flow import Migration
from audit.report.model import ASSUMED, PROVEN, TESTED, VALIDATED, Claim, Report, verdict_of
from transpiler.translate import Translation


def document(migration: Migration, command: str, demonstration: list[dict[str, Any]]) -> Report:
    """The report of a migration."""
    checked = migration.checked.as_json()
    return Report(
        verdict_of(len(migration.checked.findings), migration.complete), _subject(migration), _claims(migration), checked["mismatches"], checked,
        list(migration.proofs), list(migration.not_proven), demonstration, _limits(migration), command,
        {"version": _version(), "python": platform.python_version()}, datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )  # fmt: skip


def _version() -> str:
    try:
        return version("sol2zk")
    except PackageNotFoundError:
        return "from source"


def _subject(migration: Migration) -> dict[str, Any]:
    artifact = migration.job.artifact
    compiler = artifact.compiler
    return {
        "file": artifact.path,
        "contract": migration.job.contract.name,
        "fork": migration.target.fork,
        "compiler": "not known"
        if compiler is None
        else f"solc {compiler.version} ({compiler.backend}) {compiler.checksum}".strip(),
        "settings": str(artifact.settings),
        "codes": [_code(each) for each in migration.translations],
        "notes": list(artifact.notes),
    }


def _code(each: Translation) -> dict[str, Any]:
    program, stats = each.program, each.stats
    return {
        "kind": program.kind, "code_hash": "0x" + program.code_hash.hex(), "program_digest": "0x" + program.digest.hex(),
        "code_bytes": len(program.code), "blocks": stats.blocks, "instructions": stats.instructions, "escapes": stats.escapes,
        "unresolved_jumps": stats.unresolved_jumps, "tier": stats.tier, "seconds": stats.seconds,
    }  # fmt: skip


def _claims(migration: Migration) -> list[Claim]:
    calls = sum(len(each.calls) for each in migration.proofs)
    bits = min((each.proven_bits for each in migration.proofs), default=0)
    checked = migration.checked
    claims = []
    if migration.proofs:
        claims.append(
            Claim(
                PROVEN,
                f"{calls} calls of the translated programs run as the receipts say: state before and after, status, return data, logs, gas left",
                f"STARK receipts, at least {bits} proven bits; refunds are not claimed",
            )
        )
    claims += [
        Claim(
            PROVEN, "every jump of the code goes where the control-flow graph says",
            "certificate by a second, independent pass over each block",
        ),
        Claim(
            TESTED, "the translated programs behave as the EVM bytecode",
            f"{checked.sequences} generated sequences, {checked.calls} calls, compared with revm after each call",
        ),
        Claim(VALIDATED, "nothing yet", "translation validation by solver is not built"),
        Claim(ASSUMED, "the translation is right where no test reached; it is tested, not proven", "see the blocks not reached below"),
        Claim(ASSUMED, "the compiler is right, and the source is what was meant", "the bytecode is taken as the specification"),
        Claim(
            ASSUMED, "Keccak-256 is collision resistant; Plonky3, revm and this tool's constraints are right",
            "the constraints' arguments stand in zkvm/ISA.md, chapter 10",
        ),
    ]  # fmt: skip
    return claims


def _limits(migration: Migration) -> list[str]:
    limits = [
        "External calls, creates and precompiles are not supported yet: a run that reaches one stops there and is listed.",
        "Intrinsic gas, refunds and the code deposit lie outside the frame that is compared and proven.",
        "Receipts prove the runs they list, not all runs.",
        "Differences of target chains (rules and profiles) are not part of this report yet.",
    ]
    reached = [each for each in migration.checked.coverage if each.missed]
    limits += [
        f"{len(each.missed)} of {each.blocks} blocks of the {each.kind} code were not reached by any test." for each in reached
    ]
    return limits
