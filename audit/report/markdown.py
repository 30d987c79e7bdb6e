"""The report as Markdown."""

from __future__ import annotations

from typing import Any


def _cell(value: Any) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;").replace("`", "'")


def _table(columns: list[str], rows: list[list[Any]]) -> list[str]:
    if not rows:
        return ["None.", ""]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(each) for each in row) + " |" for row in rows]
    return [*lines, ""]


def markdown(report: dict[str, Any]) -> str:
    """The report's Markdown."""
    subject, checked = report["subject"], report["differential"]
    lines = [f"# Re-audit report: {_cell(subject['contract'])}", "", f"**{report['verdict']}**", ""]
    lines += [
        f"- Input: `{_cell(subject['file'])}`",
        f"- Compiler: {_cell(subject['compiler'])}",
        f"- Rule set: {subject['fork']}",
    ]
    lines += [
        f"- Command: `{_cell(report['command'])}`",
        f"- Made: {report['created']} by sol2zk {report['tool']['version']}",
        "",
    ]
    lines += [
        "## Claims",
        "",
        *_table(["evidence", "claim", "detail"], [[c["evidence"], c["statement"], c["detail"]] for c in report["claims"]]),
    ]
    codes = [
        [c["kind"], c["code_hash"], c["program_digest"], c["code_bytes"], c["instructions"], c["escapes"]]
        for c in subject["codes"]
    ]
    lines += ["## Subject", "", *_table(["code", "code hash", "program", "bytes", "instructions", "escapes"], codes)]
    found = [
        [f["field"], f["function"], f["ours"], f["theirs"], f["source"] or "-", f["line"] or "-"] for f in report["findings"]
    ]
    lines += ["## Findings", "", *_table(["observation", "function", "ZK-VM", "EVM", "where", "line"], found)]
    lines += [
        "## Differential evidence",
        "",
        f"{checked['sequences']} sequences, {checked['calls']} calls, seed {checked['seed']}, {checked['seconds']} s.",
        "",
    ]
    reached = [
        [c["kind"], f"{c['edges_reached']} of {c['edges']}", f"{c['blocks_reached']} of {c['blocks']}"]
        for c in checked["coverage"]
    ]
    lines += _table(["code", "edges reached", "blocks reached"], reached)
    outcomes = [[name, counts["success"], counts["revert"], counts["halt"]] for name, counts in checked["outcomes"].items()]
    lines += _table(["function", "success", "revert", "halt"], outcomes)
    lines += _proof_evidence(report)
    if report["demonstration"]:
        lines += (
            ["## Demonstration", ""]
            + [f"- {_cell(each['title'])}: {_cell(each['outcome'])}" for each in report["demonstration"]]
            + [""]
        )
    lines += ["## Limits", "", *(f"- {_cell(each)}" for each in report["limits"]), ""]
    return "\n".join(lines)


def _proof_evidence(report: dict[str, Any]) -> list[str]:
    proofs = [
        [
            p["name"],
            len(p["calls"]),
            p["proven_bits"],
            p["profile"],
            p["receipt_bytes"],
            p["rows"],
            p["cells"],
            p["prove_s"],
            p["verify_s"],
        ]
        for p in report["proofs"]
    ]
    lines = ["## Proof evidence", ""]
    lines += _table(["receipt", "calls", "proven bits", "profile", "bytes", "rows", "cells", "prove s", "verify s"], proofs)
    for each in report["proofs"]:
        lines += [f"    {each['verify_command']}", ""]
    return [*lines, "## Not proven", "", *_table(["what", "why"], [[n["what"], n["why"]] for n in report["not_proven"]])]
