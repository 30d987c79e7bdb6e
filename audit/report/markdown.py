"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from audit.report.model import SECTIONS
from audit.report.sarif import RULES


def markdown(report: dict[str, Any]) -> str:
    """The report's Markdown."""
    parts = (_head, _subject, _findings, _costs, _differential, _demonstration, _proofs, _end)
    return "\n".join(line for part in parts for line in part(report))


def _heading(number: int) -> str:
    return f"## {number}. {SECTIONS[number - 1]}"


def _cell(value: Any) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else "-" if value is None else str(value)
    for sign in "\\`*_[]|":
        text = text.replace(sign, "\\" + sign)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _code(value: Any) -> str:
    return f"<code>{_cell(value)}</code>"


def _block(text: Any) -> list[str]:
    return ["", *(f"    {line}" for line in str(text).splitlines()), ""]


def _table(columns: list[str], rows: Iterable[list[Any]]) -> list[str]:
    lines = ["| " + " | ".join(_cell(each) for each in row) + " |" for row in rows]
    if not lines:
        return ["None.", ""]
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), *lines, ""]


def _head(report: dict[str, Any]) -> list[str]:
    checked = report["differential"]
    missing = [each["name"] for each in checked["functions"] if each["missing"]]
    claims = [[each["evidence"], each["statement"], each["detail"]] for each in report["claims"]]
    return [
        f"# Re-audit report: {_cell(report['subject']['contract'])}",
        "",
        f"**{report['verdict']}**: {len(report['findings'])} mismatches in {checked['sequences']} call sequences ({checked['calls']} calls).",
        *([f"No answer for {', '.join(map(_cell, missing))}: section 5."] if missing else []),
        "A verdict on equivalence with the EVM bytecode, not on whether the contract is right.",
        "",
        _heading(1),
        "",
        *_table(["evidence", "claim", "what it rests on"], claims),
    ]


def _subject(report: dict[str, Any]) -> list[str]:
    subject = report["subject"]
    facts = {
        "Input": _code(subject["file"]),
        "Compiler": _cell(f"{subject['compiler']} {subject['compiler_checksum']}".strip()),
        "Settings": _cell(subject["settings"]),
        "Rule set": _cell(subject["fork"]),
        "Reproduce": _code(report["command"]),
        "Made": f"{report['created']} by sol2zk {_cell(report['tool']['version'])}",
    }
    names = ("kind", "code_hash", "program_digest", "code_bytes", "blocks", "instructions", "unresolved_jumps", "escapes")
    rows = [[code[name] for name in names] for code in subject["codes"]]
    heads = ["code", "code hash", "program", "bytes", "blocks", "instructions", "unresolved jumps", "escapes"]
    return [_heading(2), "", *(f"- {name}: {text}" for name, text in facts.items()), "", *_table(heads, rows)]


def _findings(report: dict[str, Any]) -> list[str]:
    lines = [_heading(3), ""]
    if not report["findings"]:
        lines += ["No observable difference was found within the tested scope.", ""]
    for number, found in enumerate(report["findings"], 1):
        lines += [f"### F{number}. {_cell(found['function'])}: {_cell(found['field'])}", "", _cell(found["subject"])]
        lines += _block(f"ZK-VM {found['ours']}\nEVM   {found['theirs']}")
        if found["source"] is not None:
            lines += [_code(found["source"]), *_block(found["line"])]
        lines += _block(found["replay"])
    return lines


def _costs(report: dict[str, Any]) -> list[str]:
    names = ("function", "status", "gas", "steps", "rows", "cells", "prove_s", "verify_s", "receipt_bytes", "why")
    heads = ["function", "outcome", "EVM gas", "steps", "rows", "cells", "prove s", "verify s", "receipt bytes", "not proven"]
    rows = [[each[name] for name in names] for each in report["functions"]]
    return [_heading(4), "", "One call of each function, proven and verified alone.", "", *_table(heads, rows)]


def _differential(report: dict[str, Any]) -> list[str]:
    checked = report["differential"]
    reached = [
        [
            c["kind"],
            f"{c['edges_reached']} of {c['edges']}",
            f"{c['blocks_reached']} of {c['blocks']}",
            ", ".join(c["missed_places"]),
        ]
        for c in checked["coverage"]
    ]
    functions = [[f["name"], f["status"], f["successes"], f["calls"], f["proven"], f["why"]] for f in checked["functions"]]
    outcomes = [
        [name, *(counts[status] for status in ("success", "revert", "halt", "refused"))]
        for name, counts in sorted(checked["outcomes"].items())
    ]
    faults = [[f["fault"], f["what"], "yes" if f["found"] and f["replays"] else "NO"] for f in report["seeded_faults"]]
    left_out = [f"- {_cell(each['what'])} ({_cell(each['code'])})" for each in checked["unsupported"]]
    return [
        _heading(5),
        "",
        f"{checked['sequences']} sequences, {checked['calls']} calls, seed {checked['seed']}, {checked['seconds']} s.",
        "",
        *_table(["code", "edges reached", "blocks reached", "lines of blocks not reached"], reached),
        *(["Left out:", "", *left_out, ""] if left_out else []),
        "### Functions of the interface",
        "",
        *_table(["function", "status", "successes", "calls compared", "proven", "what is known"], functions),
        "### Outcomes by what was called",
        "",
        *_table(["function", "success", "revert", "halt", "refused"], outcomes),
        "### Ways to fail",
        "",
        "Branches after which the frame can only revert or halt, and the calls that prove it.",
        "",
        *_table(["code", "branch", "line", "function", "status", "receipt", "without"], _failures(report)),
        *_table(["seeded fault", "what", "found and replayed"], faults),
    ]


def _failures(report: dict[str, Any]) -> Iterator[list[Any]]:
    """A line for each function at each branch that decides a failure."""
    for site in report["failures"]:
        branch = "no branch: a halt" if site["source"] is None else f"{site['place'] or 'generated code'} (pc {site['source']})"
        ways = site["functions"] or [{"function": None, "status": None, "receipt": None, "why": site["why"]}]
        for way in ways:
            yield [site["kind"], branch, site["line"], way["function"], way["status"], way["receipt"], way["why"]]


def _demonstration(report: dict[str, Any]) -> list[str]:
    lines = [_heading(6), ""]
    if not report["demonstration"]:
        lines += ["None was asked for: <code>sol2zk migrate --demo</code> seeds a fault and forges a receipt.", ""]
    for each in report["demonstration"]:
        lines += [f"### {_cell(each['title'])}", "", _cell(each["outcome"]), *_block(each["detail"])]
    return lines


def _bits(proof: dict[str, Any]) -> str:
    """A proof's bits by list decoding under both bounds, and by unique decoding."""
    lists = proof["list_decoding_bits"]
    return f"{lists['2025']}, {lists['2026']}, {proof['unique_decoding_bits']}"


def _proofs(report: dict[str, Any]) -> list[str]:
    heads = [
        "receipt",
        "calls",
        "proven bits",
        "2025, 2026, unique",
        "profile",
        "bytes",
        "hashes listed",
        "rows",
        "cells",
        "prove s",
        "verify s",
    ]
    names = ("profile", "receipt_bytes", "hashes", "rows", "cells", "prove_s", "verify_s")
    rows = [
        [each["name"], len(each["calls"]), each["proven_bits"], _bits(each), *(each[name] for name in names)]
        for each in report["proofs"]
    ]
    lines = [_heading(7), "", *_table(heads, rows)]
    for each in report["proofs"]:
        calls = [[call["function"], call["status"], call["gas_used"], len(call["logs"])] for call in each["calls"]]
        programs = [[p["kind"], p["code_hash"], p["program_digest"], "yes" if p["pinned"] else "no"] for p in each["programs"]]
        lines += [f"### {_cell(each['name'])}", *_block(each["verify_command"])]
        lines += _table(["program", "code hash", "program digest", "pinned"], programs)
        lines += _table(["call", "status", "gas used", "logs"], calls)
    missing = [[each["what"], each["why"]] for each in report["not_proven"]]
    return [*lines, "### Not proven", "", *_table(["what", "why"], missing)]


def _end(report: dict[str, Any]) -> list[str]:
    rules = [f"- {_code(name)}: {_cell(text)}" for name, text in RULES.items()]
    limits = [f"- {_cell(each)}" for each in report["limits"]]
    made = [f"- {_cell(name)} {_cell(number)}" for name, number in report["tool"]["components"].items()]
    return [_heading(8), "", *limits, "", _heading(9), "", "### Rules run", "", *rules, "", "### Made with", "", *made, ""]
