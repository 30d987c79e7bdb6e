"""The report as SARIF 2.1.0, for code scanning: every rule that ran is declared, found or not."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import quote

RULES: Final[dict[str, str]] = {
    "sol2zk/mismatch": "The ZK-VM version and the EVM version differ in something observable.",
    "sol2zk/incomplete": "Something was left out of the check: an unsupported operation, a limit, a time-out.",
    "sol2zk/never-succeeded": "A function of the interface that did not succeed in any compared call.",
    "sol2zk/not-proven": "A call or a run that has no proof, and why.",
    "sol2zk/weak-check": "A seeded translator fault that the check did not find.",
}
LEVELS: Final[dict[str, str]] = {
    "sol2zk/mismatch": "error",
    "sol2zk/incomplete": "warning",
    "sol2zk/never-succeeded": "warning",
    "sol2zk/not-proven": "warning",
    "sol2zk/weak-check": "note",
}
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT: Final = "sol2zk/1"


def sarif(report: dict[str, Any]) -> dict[str, Any]:
    """The SARIF document."""
    checked = report["differential"]
    rules = [
        {
            "id": name,
            "name": "".join(word.capitalize() for word in name.partition("/")[2].split("-")),
            "shortDescription": {"text": text},
            "defaultConfiguration": {"level": LEVELS[name]},
        }
        for name, text in RULES.items()
    ]
    driver = {"name": "sol2zk", "semanticVersion": _semantic(report["tool"]["version"]), "rules": rules}
    invocation = {"executionSuccessful": not checked["timed_out"], "commandLine": report["command"]}
    properties = {
        "verdict": report["verdict"],
        "codeHashes": [each["code_hash"] for each in report["subject"]["codes"]],
        "receipts": [each["file"] for each in report["proofs"]],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": _results(report),
        "properties": properties,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _results(report: dict[str, Any]) -> list[dict[str, Any]]:
    checked, file = report["differential"], report["subject"]["file"]
    found = [
        _result(
            "sol2zk/mismatch",
            f"{each['function']}: {each['field']} {each['subject']}: ZK-VM {each['ours']}, EVM {each['theirs']}. {each['replay']}",
            (each["function"], each["field"], each["line"]),
            file,
            each["source"],
        )
        for each in report["findings"]
    ]
    found += [
        _result("sol2zk/incomplete", f"left out: {each['what']}", (each["code"], each["what"]), file)
        for each in checked["unsupported"]
    ]
    if checked["timed_out"]:
        found.append(_result("sol2zk/incomplete", "the time given was not enough", ("timed out",), file))
    found += [
        _result("sol2zk/never-succeeded", f"{each['name']}: {each['why']}", (each["name"],), file)
        for each in checked["functions"]
        if each["missing"]
    ]
    found += [
        _result("sol2zk/not-proven", f"{each['what']}: {each['why']}", (each["what"], each["why"]), file)
        for each in report["not_proven"]
    ]
    missed = [each for each in report["seeded_faults"] if not (each["found"] and each["replays"])]
    return found + [
        _result("sol2zk/weak-check", f"not found: {each['fault']} ({each['what']})", (each["fault"],), file) for each in missed
    ]


def _result(rule: str, text: str, identity: tuple[Any, ...], file: str, source: str | None = None) -> dict[str, Any]:
    """A result. Its fingerprint has no line numbers, so that it survives edits elsewhere."""
    name, region = file, None
    if source is not None and source.count(":") >= 2:
        name, line, column = source.rsplit(":", 2)
        region = {"startLine": int(line), "startColumn": int(column)}
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(name.lstrip("/"))}}
    if region is not None:
        place["region"] = region
    digest = hashlib.sha256("\n".join(map(str, (rule, *identity))).encode("utf-8", "replace")).hexdigest()
    return {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": LEVELS[rule],
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {FINGERPRINT: digest},
    }


def _semantic(version: str) -> str:
    return version if version[:1].isdigit() else "0.0.0"
