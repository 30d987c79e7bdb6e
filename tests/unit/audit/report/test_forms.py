"""HTML, Markdown and SARIF say what the model says, whatever is in its texts."""

from __future__ import annotations

import copy
import html as html_text
import json
import re
from pathlib import Path
from typing import Any

from audit.report.html import embedded, html
from audit.report.markdown import markdown
from audit.report.sarif import LEVELS, RULES, sarif
from audit.report.write import cleaned, write


def test_html_has_every_part(report: dict[str, Any]) -> None:
    page = html(report)
    shown = html_text.unescape(re.sub(r"<[^>]*>", " ", page))
    assert page.startswith("<!doctype html>")
    parts = (
        "MISMATCHES FOUND", "mint(address,uint256)", "src/A B.sol:12:9", "total += value;", "sol2zk replay out/vectors/mismatch-1.json",
        "EXP has no proof yet", "mask-dropped", "CALL", "111 proven bits",
        "111 (bound of 2025) and 113 (2026); by unique decoding 77", "sol2zk verify x", "pinned by translating again", "a limit",
        "0 of 1", "src/A.sol:3:1", *RULES,
    )  # fmt: skip
    for each in parts:
        assert each in shown, each


def test_markdown_has_every_part(report: dict[str, Any]) -> None:
    text = markdown(report)
    for each in (
        "**MISMATCHES FOUND**",
        "F1.",
        "total += value;",
        "    sol2zk verify x",
        "EXP has no proof yet",
        "| mask-dropped |",
        "| 111, 113, 77 |",
        "a limit",
    ):
        assert each in text, each
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_markdown_cells_hold_markup_as_text(report: dict[str, Any]) -> None:
    report["subject"]["contract"] = "<b>|`x`[a](javascript:alert)"
    head = markdown(report).splitlines()[0]
    assert head == "# Re-audit report: &lt;b&gt;\\|\\`x\\`\\[a\\](javascript:alert)"


def test_sarif_declares_every_rule_and_places_results(report: dict[str, Any]) -> None:
    document = sarif(report)
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == list(RULES) == list(LEVELS)
    by_rule = {each["ruleId"]: each for each in run["results"]}
    assert set(by_rule) == set(RULES)
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["message"]["text"]
    place = by_rule["sol2zk/mismatch"]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "src/A%20B.sol"}, "region": {"startLine": 12, "startColumn": 9}}
    assert run["invocations"][0]["executionSuccessful"] is True


def test_fingerprints_survive_moved_lines(report: dict[str, Any]) -> None:
    moved = copy.deepcopy(report)
    moved["findings"][0] |= {"source": "src/A B.sol:40:9", "pc": 99, "sequence": 17}
    other = copy.deepcopy(report)
    other["findings"][0]["field"] = "logs"

    def prints(document: dict[str, Any]) -> list[Any]:
        return [each["partialFingerprints"] for each in sarif(document)["runs"][0]["results"]]

    assert prints(moved) == prints(report)
    assert prints(other) != prints(report)
    assert len({json.dumps(each) for each in prints(report)}) == len(prints(report))


def test_a_time_out_is_no_success(report: dict[str, Any]) -> None:
    report["differential"]["timed_out"] = True
    run = sarif(report)["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "the time given was not enough" in [each["message"]["text"] for each in run["results"]]


def test_control_and_direction_characters_are_replaced() -> None:
    assert cleaned({"a\u202e": ["x\x1b[31m\ny", "\ud800", 7, None]}) == {"a\ufffd": ["x\ufffd[31m\ny", "\ufffd", 7, None]}


def test_embedded_json_cannot_end_its_element() -> None:
    value = "</script><!--<script>&"
    text = str(embedded({"a": value}))
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"a": value}


def test_all_forms_are_written_whole(report: dict[str, Any], tmp_path: Path) -> None:
    report["subject"]["contract"] = "<img src=x onerror=alert(1)>\u202e"
    paths = write(report, tmp_path / "out")
    assert [each.name for each in paths] == ["report.json", "report.html", "report.md", "report.sarif"]
    for each in paths:
        text = each.read_text()
        assert "\u202e" not in text
        if each.suffix in (".html", ".md"):
            assert "<img" not in text
