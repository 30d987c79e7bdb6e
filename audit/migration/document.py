"""From a migration to the report's model."""

from __future__ import annotations

import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from audit.differential.functions import grouped, summary
from audit.migration.flow import Migration
from audit.report.model import ASSUMED, CERTIFIED, PROVEN, TESTED, VALIDATED, Claim, Report, verdict_of
from transpiler.settings import Settings
from transpiler.translate import Translation
from zkvm.isa.encode import ISA_DIGEST

COMPONENTS: Final = ("click", "eth-abi", "eth-hash", "jinja2", "networkx", "py-solc-x", "pycryptodome", "requests", "rich")
FIXED_LIMITS: Final = (
    "Calls of other contracts, creates and precompiles are executed and compared, and have no proof yet: what was to be proven of them is listed.",
    "Generated calls are messages, not transactions: intrinsic gas, fees and the deposit of a top-level create (EIP-170, EIP-3541) lie outside.",
    "A call file may hold whole transactions; those are compared.",
    "A receipt proves the calls that it lists, not all calls.",
    "Differences of target chains (rules and profiles) are not part of this report.",
    "Whether the contract does what its authors meant is not examined.",
)


def document(migration: Migration, command: str, demonstration: list[dict[str, Any]]) -> Report:
    """The report of a migration."""
    checked = migration.checked.as_json()
    checked["functions"] = [{**each, "proven": _proven(migration, each["name"])} for each in checked["functions"]]
    found = zip(checked["mismatches"], migration.vectors, strict=True)
    findings = [{**each, "vector": vector, "replay": f"sol2zk replay {vector}"} for each, vector in found]
    seeded = [each.as_json() for each in migration.kills if each.sites]
    tool = {"version": _version("sol2zk"), "python": platform.python_version(), "isa_digest": "0x" + ISA_DIGEST.hex()}
    return Report(
        verdict_of(len(findings) + migration.checked.broken, migration.complete), _subject(migration), _claims(migration), findings, checked, seeded,
        list(migration.proofs), [each.as_json() for each in migration.failures],
        [asdict(each) for each in migration.costs], [each.as_json() for each in migration.not_proven],
        demonstration, _limits(migration), command, {**tool, "components": {name: _version(name) for name in COMPONENTS}},
        datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )  # fmt: skip


def _proven(migration: Migration, name: str) -> str | None:
    """Which calls of a function are proven: one that succeeds, only failing ones, or none."""
    found = migration.proven.get(name)
    return None if found is None else "success" if found else "failing"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "from source"


def _subject(migration: Migration) -> dict[str, Any]:
    artifact = migration.job.artifact
    compiler = artifact.compiler
    return {
        "file": artifact.path,
        "contract": migration.job.contract.name,
        "fork": migration.target.fork,
        "compiler": "not known" if compiler is None else f"solc {compiler.version} ({compiler.backend})",
        "compiler_checksum": "" if compiler is None else compiler.checksum,
        "settings": _settings(artifact.settings),
        "codes": [_code(each) for each in migration.translations],
        "notes": list(artifact.notes),
        "sources": [each.name for each in artifact.sources],
    }


def _settings(settings: Settings) -> str:
    words = [f"optimiser {'off' if settings.optimize is False else f'on, {settings.runs or 200} runs'}"]
    words += ["via-IR"] if settings.via_ir else []
    words += [f"EVM version {settings.evm_version}"] if settings.evm_version else []
    words += [f"remapping {each}" for each in settings.remappings]
    words += [f"library {name}={address}" for name, address in settings.libraries]
    return "; ".join(words)


def _code(each: Translation) -> dict[str, Any]:
    program, stats = each.program, each.stats
    return {
        "kind": program.kind, "code_hash": "0x" + program.code_hash.hex(), "program_digest": "0x" + program.digest.hex(),
        "code_bytes": len(program.code), "blocks": stats.blocks, "instructions": stats.instructions, "escapes": stats.escapes,
        "unresolved_jumps": stats.unresolved_jumps, "tier": stats.tier, "seconds": stats.seconds,
    }  # fmt: skip


def _claims(migration: Migration) -> list[Claim]:
    checked, seeded = migration.checked, [each for each in migration.kills if each.sites]
    escapes = sum(each.stats.escapes for each in migration.translations)
    claims = []
    if migration.proofs:
        calls = sum(len(each.calls) for each in migration.proofs)
        bits, unique = (min(getattr(each, name) for each in migration.proofs) for name in ("proven_bits", "unique_decoding_bits"))
        hashes = sum(each.hashes for each in migration.proofs)
        listed = f"{hashes} digests of listed messages are not proven: the verifier computes them again; " if hashes else ""
        claims.append(
            Claim(
                PROVEN,
                f"{calls} calls of the translated programs have the outcomes that the receipts state: status, return data, logs, gas "
                "left, and the state before and after",
                f"STARK receipts, at least {bits} proven bits each by list decoding under both bounds, {unique} by unique decoding; "
                f"{listed}refunds are not claimed",
            )
        )
    claims += [
        Claim(
            CERTIFIED, f"every {'resolved ' if escapes else ''}jump of the code goes where the control-flow graph says",
            "a certificate that a second, independent pass checks block by block; the argument stands in transpiler/cfg/certificate.py",
        ),
        Claim(VALIDATED, "nothing", "this version has no translation validation by a solver"),
        Claim(
            TESTED, "the translated programs behave as the EVM bytecode",
            f"{checked.sequences} call sequences, {checked.calls} calls compared with revm in everything observable; {summary(checked.functions)}",
        ),
        Claim(
            TESTED, "the test would notice a translator's fault",
            f"{sum(each.passed for each in seeded)} of {len(seeded)} seeded faults found and replayed; each stands at all its places at once",
        ),
        Claim(ASSUMED, "the translation is right where no test reached", "it is tested, not proven; section 5 lists what was not reached"),
        Claim(ASSUMED, "the compiler is right, and the source says what was meant", "the bytecode is taken as the specification"),
        Claim(ASSUMED, "revm behaves as the Ethereum network does", "it is the oracle of the comparison"),
        Claim(
            ASSUMED, "precompiled contracts compute what they should",
            "the executor and the oracle take them from one library, revm-precompile, so the comparison does not judge them",
        ),
        Claim(
            ASSUMED, "the constraint systems say what the specification says; Plonky3 is right; Keccak-256 resists collisions",
            "the arguments stand in zkvm/ISA.md",
        ),
    ]  # fmt: skip
    return claims


def _limits(migration: Migration) -> list[str]:
    checked, limits = migration.checked, list(FIXED_LIMITS)
    limits += [
        f"A run left the graph of the {each.kind} code at {', '.join(each.outside)}, though its certificate says that none does: a fault of ours."
        for each in checked.coverage
        if each.broken
    ]
    limits += [
        f"{each.stats.escapes} jumps of the {each.program.kind} code are escapes: only a run resolves them. A run that takes one goes on in the "
        "generic tier, which is executed and compared, and has no proof yet."
        for each in migration.translations
        if each.stats.escapes
    ]
    limits += [f"{', '.join(names)}: {why}." for why, names in grouped(checked.unanswered).items()]
    if checked.timed_out:
        limits.append("The time given was not enough for the check; it was stopped.")
    if checked.stopped_sequences:
        limits.append(
            f"{checked.stopped_sequences} of {checked.sequences} sequences ended early at something unsupported: of these only the calls "
            "before that are compared and counted."
        )
    if len(migration.costs) < migration.sampled:
        left = migration.sampled - len(migration.costs)
        limits.append(f"The cost of {left} of {migration.sampled} functions was not measured: the time given was not enough.")
    silent = sum(1 for each in migration.failures if each.edge is not None and not each.fails)
    if silent:
        limits.append(f"{silent} branches that decide a failure were taken by no input: section 5 lists them.")
    missed = [each for each in checked.coverage if each.missed]
    return limits + [
        f"{len(each.missed)} of {each.blocks} blocks of the {each.kind} code were not reached by any test." for each in missed
    ]
