"""The report as SARIF 2.1.0, for code scanning: every rule that ran is declared, found or not."""

from __future__ import annotations

from typing import Any, Final

RULES: Final[dict[str, str]] = {
    "sol2zk/mismatch": "The ZK-VM version and the EVM version differ in something observable.",
    "sol2zk/incomplete": "Something was left out of the check: an unsupported operation, a limit, a time-out.",
    "sol2zk/not-proven": "A run for which the proof system lacks a chip.",
}
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: dict[str, Any]) -> dict[str, Any]:
    """The SARIF document."""
    file = report["subject"]["file"]
    results = [
        _result(
            "sol2zk/mismatch",
            "error",
            f"{f['function']}: {f['field']} {f['subject']}: ZK-VM {f['ours']}, EVM {f['theirs']}",
            file,
            f["source"],
        )
        for f in report["findings"]
    ]
    results += [
        _result("sol2zk/incomplete", "warning", f"left out: {u['what']} ({u['code']})", file, None)
        for u in report["differential"]["unsupported"]
    ]
    results += [_result("sol2zk/not-proven", "note", f"{n['what']}: {n['why']}", file, None) for n in report["not_proven"]]
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "sol2zk", "version": report["tool"]["version"], "rules": rules}
    invocation = {"executionSuccessful": not report["differential"]["timed_out"], "commandLine": report["command"]}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "invocations": [invocation], "results": results}],
    }


def _result(rule: str, level: str, text: str, file: str, source: str | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": file.lstrip("/")}}
    if source is not None and source.count(":") >= 2:
        name, line, column = source.rsplit(":", 2)
        place = {"artifactLocation": {"uri": name.lstrip("/")}, "region": {"startLine": int(line), "startColumn": int(column)}}
    return {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [{"physicalLocation": place}]}
