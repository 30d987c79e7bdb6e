"""The report in a real browser: hostile names go through it, nothing of them runs, and every part is there."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from audit.report.write import write
from zkvm import proof

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
HOSTILE: Final = (
    "<img src=x onerror=\"document.title='owned'\">",
    "</script><script>document.title='owned'</script>",
    "</title><script>document.title='owned'</script>",
    "\" onmouseover=\"document.title='owned'",
    "</style><svg onload=\"document.title='owned'\">",
    "{{ 7 * 191 }}{% raw %}",
    "\u202egnp.\u2066exe\x1b]0;owned\x07\x00",
)
Browse = Callable[[Path, str], str]


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Browse:
    """Runs headless Chromium on a file with one more option and gives what it writes to stdout."""
    found = next((path for name in BROWSERS if (path := shutil.which(name)) is not None), None)
    if found is None:
        pytest.skip(f"no browser ({', '.join(BROWSERS)}): apt-get install chromium")
    profile = tmp_path_factory.mktemp("profile")

    def start(page: Path, option: str) -> str:
        words = [found, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        words += [f"--user-data-dir={profile}", "--virtual-time-budget=2000", "--window-size=1200,900", option, page.as_uri()]
        return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout

    return start


@pytest.fixture(scope="module")
def report(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of a small migration."""
    if not proof.available():
        pytest.skip("the extension is not built: make setup")
    folder = tmp_path_factory.mktemp("report")
    code = folder / "counter.hex"
    code.write_text("0x6000546001018060005560005260206000f3")
    assert run(["migrate", str(code), "--sequences", "20", "--output", str(folder)]) == 0
    document: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return document


def poisoned(value: Any, poison: str) -> Any:
    """The value with the poison in each text but those that a rule of ours reads."""
    match value:
        case str():
            return f"{value}{poison}"
        case list():
            return [poisoned(each, poison) for each in value]
        case dict():
            kept = ("verdict", "format", "evidence", "status")
            return {key: each if key in kept else poisoned(each, poison) for key, each in value.items()}
        case _:
            return value


def text(page: str) -> str:
    """What a page shows, more or less: its source without elements."""
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


def test_every_part_is_shown(report: dict[str, Any], tmp_path: Path, browse: Browse) -> None:
    write(report, tmp_path)
    shown = text(browse(tmp_path / "report.html", "--dump-dom"))
    assert report["verdict"] in shown
    for code in report["subject"]["codes"]:
        assert code["code_hash"] in shown
        assert code["program_digest"] in shown
    for each in report["proofs"]:
        assert each["verify_command"] in shown
        assert f"{each['proven_bits']} proven bits" in shown
    for claim in report["claims"]:
        assert claim["statement"] in shown
    for limit in report["limits"]:
        assert limit in shown


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_names_do_not_run(report: dict[str, Any], tmp_path: Path, browse: Browse, poison: str) -> None:
    write(poisoned(report, poison), tmp_path)
    page = browse(tmp_path / "report.html", "--dump-dom")
    assert "<title>Re-audit report: counter" in page
    assert "<title>owned" not in page
    assert not re.search(r"<(img|svg)\b", page)
    assert len(re.findall(r"<script\b", page)) == 1
    assert "counter1337" not in text(page)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07\x1b]", page)
    data = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1]) == json.loads((tmp_path / "report.json").read_text())


def test_nothing_is_loaded(report: dict[str, Any], tmp_path: Path) -> None:
    write(report, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "default-src 'none'" in page
    assert not re.search(r"<(link|iframe|object|embed|base)\b|@import|url\(|\bsrc\s*=", page)


def test_it_is_drawn(report: dict[str, Any], tmp_path: Path, browse: Browse) -> None:
    write(report, tmp_path)
    picture = tmp_path / "report.png"
    browse(tmp_path / "report.html", f"--screenshot={picture}")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
