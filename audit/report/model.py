"""The report's one model: plain values, so that its JSON is the report and every other form is made from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from zkvm.errors import InputError, Place

FORMAT: Final = "sol2zk-report/4"
MAX_REPORT_BYTES: Final = 256 << 20
EQUIVALENT: Final = "EQUIVALENT WITHIN TESTED SCOPE"
MISMATCHES: Final = "MISMATCHES FOUND"
INCOMPLETE: Final = "INCOMPLETE"
PROVEN: Final = "proven"
CERTIFIED: Final = "proven (certificate)"
"""By an argument on paper over what a program checked, not by a receipt."""
VALIDATED: Final = "validated by solver"
TESTED: Final = "tested"
ASSUMED: Final = "assumed"
SECTIONS: Final = (
    "Claims and their evidence", "Subject", "Findings", "Cost of migration", "Differential evidence", "Demonstration",
    "Proof evidence", "Limits", "Appendix",
)  # fmt: skip
"""The report's chapters, in every form of it numbered from 1."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about the migrated contract and how strong its evidence is."""

    evidence: str
    statement: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProofEvidence:
    """A receipt, what it proves and what it cost."""

    name: str
    file: str
    profile: str
    proven_bits: int
    list_decoding_bits: dict[str, int]
    unique_decoding_bits: int
    receipt_bytes: int
    prove_s: float
    verify_s: float
    calls: list[dict[str, Any]]
    programs: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    verify_command: str
    hashes: int = 0
    """Digests that the verifier makes again instead of the proof."""

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(int(table["rows"]) for table in self.tables)

    @property
    def cells(self) -> int:
        """Cells of all tables."""
        return sum(int(table["cells"]) for table in self.tables)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report says."""

    verdict: str
    subject: dict[str, Any]
    claims: list[Claim]
    findings: list[dict[str, Any]]
    differential: dict[str, Any]
    seeded_faults: list[dict[str, Any]]
    proofs: list[ProofEvidence]
    failures: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    not_proven: list[dict[str, Any]]
    demonstration: list[dict[str, Any]]
    limits: list[str]
    command: str
    tool: dict[str, Any]
    created: str

    def as_json(self) -> dict[str, Any]:
        """The JSON form."""
        document = {"format": FORMAT, **asdict(self)}
        for proof, evidence in zip(document["proofs"], self.proofs, strict=True):
            proof |= {"rows": evidence.rows, "cells": evidence.cells}
        return document


def verdict_of(mismatches: int, complete: bool) -> str:
    """The verdict: never that a contract is safe."""
    return MISMATCHES if mismatches else EQUIVALENT if complete else INCOMPLETE


def read_report(path: Path) -> dict[str, Any]:
    """A report's JSON.

    Raises: InputError if there is none, or it is not one.
    """
    place = Place(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_REPORT_BYTES + 1)
        if len(data) > MAX_REPORT_BYTES:
            raise InputError("report-not-read", f"the report is above {MAX_REPORT_BYTES} bytes", place)
        document = json.loads(data)
    except OSError as error:
        raise InputError("report-not-read", f"the report cannot be read: {error.strerror}", place) from error
    except (ValueError, RecursionError) as error:
        raise InputError("report-not-json", f"this is no JSON: {error}", place) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("report-malformed", f"this is no report of the form {FORMAT}", place)
    return document
