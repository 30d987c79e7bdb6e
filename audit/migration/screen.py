"""The last screen of a migration: what it came to, in the order in which a reader asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from audit.differential.functions import grouped, summary
from audit.migration.flow import Migration
from audit.report.model import Report

_COMMAND: Final = re.compile(r"\bsol2zk(?= (?:verify|replay|migrate) )")
"""The program in a command that the screen tells."""
LABEL_WIDTH = 14
PLACES_SHOWN = 6


def screen(report: Report, done: Migration, page: str, program: str = "sol2zk") -> str:
    """The text of the last screen; `program` is what the person calls it by."""
    checked = done.checked
    head = f"{report.verdict}: {report.subject['contract']}"
    tested = f"{len(report.findings)} mismatches in {checked.sequences} call sequences, {checked.calls} calls, compared with revm"
    caught = sum(1 for each in report.seeded_faults if each["found"] and each["replays"])
    parts = [
        ("sizes", _sizes(report)),
        ("tested", [tested, f"{caught} of {len(report.seeded_faults)} seeded translator faults are found by the same inputs"]),
        ("mismatch", [f"{each['function']}: {each['field']}: {each['replay']}" for each in report.findings]),
        ("proven", _proven(report)),
        ("functions", _functions(done)),
        ("failures", _failures(done)),
        ("not proven", [f"{each['what']}: {each['why']}" for each in report.not_proven]),
        ("left out", _left_out(done)),
        ("not reached", _missed(done)),
        ("assumed", ["the translation is tested, not proven; the compiler, revm, Plonky3 and Keccak-256 are taken as right"]),
    ]
    acts = [(each["title"], [each["outcome"], *each["detail"].splitlines()]) for each in report.demonstration]
    after = [
        ("verify", _verify(report)),
        ("report", [page]),
        ("your own", ["sol2zk migrate YourContract.sol"]),
    ]
    lines = [head, "", *_rows(parts)]
    for title, text in acts:
        lines += ["", f"  {title}", *(f"    {line}" for line in text)]
    return _COMMAND.sub(program, "\n".join([*lines, "", *_rows(after)]))


def _rows(parts: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    for label, lines in parts:
        for number, line in enumerate(lines):
            yield f"  {label if number == 0 else '':<{LABEL_WIDTH}}{line}"


def _sizes(report: Report) -> list[str]:
    return [
        f"{code['kind']} code: {code['code_bytes']:,} bytes, {code['instructions']:,} instructions of the ZK-VM, {code['escapes']} escapes, "
        f"translated in {code['seconds']:.3f} s"
        for code in report.subject["codes"]
    ]


def _proven(report: Report) -> list[str]:
    lines = []
    shown = [each for each in report.proofs if not each.name.startswith("failures-")]
    for each in shown:
        count = len(each.calls)
        failed = sum(1 for call in each.calls if call["status"] != "success")
        lines.append(
            f"{each.name}: {count} call{'s' if count > 1 else ''} ({failed} of them failing) in {each.prove_s:.2f} s, "
            f"{each.rows // count:,} rows and {each.cells // count:,} cells a call, receipt {each.receipt_bytes / 1e6:.2f} MB, "
            f"{each.proven_bits} proven bits, verified in {each.verify_s:.3f} s"
        )
    if rest := [each for each in report.proofs if each not in shown]:
        calls, seconds = sum(len(each.calls) for each in rest), sum(each.prove_s for each in rest)
        size = (
            f"{len(rest)} receipt{'s' if len(rest) > 1 else ''} of {sum(each.receipt_bytes for each in rest) / 1e6:.2f} MB in all"
        )
        lines.append(f"failures: {calls} calls (all of them failing) in {seconds:.2f} s, {size}")
    return lines or ["nothing"]


def _functions(done: Migration) -> list[str]:
    functions, proven = done.checked.functions, done.proven
    lines = [summary(functions)] if functions else []
    costs = [(each.cells, each) for each in done.costs if each.cells is not None]
    if not costs:
        return lines
    _, dearest = max(costs, key=lambda pair: pair[0])
    slowest = max(each.prove_s or 0.0 for _, each in costs)
    if functions:
        failing = sum(1 for each in functions if proven.get(each.name) is False)
        count = f"{sum(1 for each in functions if proven.get(each.name))} of {len(functions)} proven by a call that succeeds"
        lines.append(count + (f", {failing} by failing calls only" if failing else ""))
    most = f"{dearest.function} takes most: {dearest.rows:,} rows, {dearest.cells:,} cells"
    return [*lines, f"one call alone takes {slowest:.2f} s at most; {most}"]


def _left_out(done: Migration) -> list[str]:
    silent = [f"{', '.join(names)}: {why}" for why, names in grouped(done.checked.unanswered).items()]
    return [*silent, *(f"{each.what} ({each.code})" for each in done.checked.stops)]


def _missed(done: Migration) -> list[str]:
    lines = []
    for each in done.checked.coverage:
        shown = ", ".join(each.missed_places[:PLACES_SHOWN])
        more = f" and {len(each.missed_places) - PLACES_SHOWN} more" if len(each.missed_places) > PLACES_SHOWN else ""
        text = f"{each.kind} code: {each.edges - each.edges_reached} of {each.edges} edges, {len(each.missed)} of {each.blocks} blocks"
        lines.append(text + (f": {shown}{more}" if shown else ""))
    return lines


def _failures(done: Migration) -> list[str]:
    branches = [each for each in done.failures if each.edge is not None]
    ways = [way for each in done.failures for way in each.functions if way["status"] is not None]
    halts = sum(1 for each in done.failures if each.edge is None for way in each.functions if way["status"] == "halt")
    proven = sum(1 for each in ways if each["receipt"] is not None)
    lines = [
        f"{proven} of {len(ways)} ways to fail that runs showed are proven by a call each, {halts} of them out of gas or another halt",
        f"{sum(1 for each in branches if each.fails)} of {len(branches)} branches that decide a failure were taken",
    ]
    silent = [
        f"not taken: {each.kind} code, {each.place or 'generated code'} at pc {each.edge.source}: {each.why or each.functions[0]['why']}"
        for each in branches
        if each.edge is not None and not each.fails
    ]
    return [*lines, *_first(silent, 5)]


def _verify(report: Report) -> list[str]:
    return _first([each.verify_command for each in report.proofs], 7)


def _first(lines: list[str], section: int) -> list[str]:
    """The first lines, and how many more a section of the report has."""
    more = [f"and {len(lines) - PLACES_SHOWN} more: section {section} of the report"] if len(lines) > PLACES_SHOWN else []
    return [*lines[:PLACES_SHOWN], *more]
