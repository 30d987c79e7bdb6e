"""A report to write, with something in every part of it."""

from __future__ import annotations

from typing import Any

import pytest

from audit.report.model import ASSUMED, MISMATCHES, PROVEN, Claim, ProofEvidence, Report

FINDING: dict[str, Any] = {
    "call": 1, "field": "storage", "subject": "slot 0x2", "ours": "0x1", "theirs": "0x2", "function": "mint(address,uint256)",
    "pc": 77, "source": "src/A B.sol:12:9", "line": "total += value;", "sequence": 3, "calls": 2,
    "vector": "out/vectors/mismatch-1.json", "replay": "sol2zk replay out/vectors/mismatch-1.json",
}  # fmt: skip
TABLE: dict[str, Any] = {"name": "rom", "rows": 64, "width": 2, "cells": 128, "interactions": 1, "fields": 6}
CALL: dict[str, Any] = {
    "function": "mint(address,uint256)", "caller": "0x" + "ca" * 20, "status": "revert", "gas_used": 21, "gas_left": "0x1", "logs": [],
}  # fmt: skip
PROGRAM: dict[str, Any] = {"kind": "runtime", "code_hash": "0x" + "11" * 32, "program_digest": "0x" + "22" * 32, "pinned": True}


def make(verdict: str = MISMATCHES) -> Report:
    """A report with a finding, a receipt, a function without proof, and a fault that was missed."""
    coverage = {
        "kind": "runtime", "code_hash": "0x" + "11" * 32, "blocks": 4, "blocks_reached": 3, "edges": 4, "edges_reached": 2,
        "missed": [9], "missed_places": ["src/A.sol:3:1"], "outside": [],
    }  # fmt: skip
    checked = {
        "seed": 1, "sequences": 30, "calls": 90, "seconds": 1.5, "coverage": [coverage], "timed_out": False, "complete": False,
        "unsupported": [{"call": 0, "code": "call", "what": "CALL"}], "outcomes": {"mint": {"success": 1, "revert": 2, "halt": 0, "refused": 0}},
        "scope": "interface",
        "functions": [
            {"name": "mint", "status": "succeeded", "calls": 3, "successes": 1, "why": "it did", "missing": False, "proven": "failing"},
            {"name": "burn(uint256)", "status": "only-reverted", "calls": 2, "successes": 0, "why": "each reverted", "missing": True, "proven": None},
        ],
    }  # fmt: skip
    subject = {
        "file": "src/A.sol", "contract": "A", "fork": "Osaka", "compiler": "solc 0.8.30", "compiler_checksum": "sha256:00", "notes": ["a note"],
        "settings": "optimiser on, 200 runs", "sources": ["src/A.sol"],
        "codes": [{
            "kind": "runtime", "code_hash": "0x" + "11" * 32, "program_digest": "0x" + "22" * 32, "code_bytes": 10, "blocks": 4,
            "instructions": 9, "escapes": 0, "unresolved_jumps": 0, "tier": "optimised", "seconds": 0.01,
        }],
    }  # fmt: skip
    proof = ProofEvidence(
        "calls", "out/receipts/calls.receipt", "fast", 111, {"2025": 111, "2026": 113}, 77, 1000, 0.2, 0.01, [CALL], [PROGRAM],
        [TABLE, TABLE], "sol2zk verify x",
    )  # fmt: skip
    costs: dict[str, Any] = dict.fromkeys(("gas", "steps", "rows", "cells", "prove_s", "verify_s", "receipt_bytes"))
    functions = [
        {"function": "mint", "status": "success", **costs, "why": "EXP has no proof yet"},
        {"function": "cap", "status": "success", **dict.fromkeys(costs, 5), "why": None},
    ]
    fault = {
        "fault": "mask-dropped", "what": "AND passes the word on", "sites": 2, "found": False, "sequence": None, "calls": None,
        "mismatch": None, "replays": False,
    }  # fmt: skip
    failures: list[dict[str, Any]] = [
        {
            "kind": "runtime", "source": 24, "target": 30, "place": "src/A.sol:5:9", "line": "require(to != address(0));", "why": None,
            "functions": [{"function": "mint", "status": "revert", "receipt": "failures-1", "why": None}],
        },
        {"kind": "runtime", "source": 77, "target": 78, "place": None, "line": None, "functions": [], "why": "no input that was tried takes it"},
    ]  # fmt: skip
    claims = [Claim(PROVEN, "calls ran", "receipts"), Claim(ASSUMED, "the compiler", "taken as given")]
    return Report(
        verdict, subject, claims, [FINDING], checked, [fault], [proof], failures, functions,
        [{"what": "mint", "why": "EXP has no proof yet"}], [{"title": "act", "outcome": "found", "detail": "a\nb"}], ["a limit"],
        "sol2zk migrate src/A.sol", {"version": "0.1.0", "python": "3.11", "isa_digest": "0x33", "components": {"click": "8"}}, "2026-01-01",
    )  # fmt: skip


@pytest.fixture
def report() -> dict[str, Any]:
    """The JSON form of that report."""
    return make().as_json()
