"""What README and CONTRIBUTING promise is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from audit.cli import COMMANDS, run
from audit.support import support_table

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "contracts/README.md")


def recipes() -> dict[str, list[str]]:
    """The files that each recipe of CONTRIBUTING names, in its numbered list."""
    text = (ROOT / "CONTRIBUTING.md").read_text().split("## Recipes", 1)[1].split("\n## ", 1)[0]
    found = {}
    for part in text.split("\n### ")[1:]:
        title, _, body = part.partition("\n")
        found[title] = re.findall(r"^\d+\. `([^`]+)`", body, re.MULTILINE)
    return found


def test_there_are_five_recipes() -> None:
    assert len(recipes()) == 5
    assert all(recipes().values())


@pytest.mark.parametrize("path", sorted({path for paths in recipes().values() for path in paths}))
def test_recipe_paths_exist(path: str) -> None:
    """A recipe names files. A placeholder in angle brackets stands for a name to choose: there are files of that kind already."""
    assert any(file.is_file() for file in ROOT.glob(re.sub("<[^>]*>", "*", path))), path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / document).read_text()):
        if not re.match(r"https?:", target):
            assert (ROOT / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", (ROOT / document).read_text(), re.MULTILINE):
        assert (target[0] or target[1]) in targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_exist(document: str) -> None:
    for name in re.findall(r"(?:`|\$ |bin/)sol2zk ([a-z]+)", (ROOT / document).read_text()):
        assert name in COMMANDS, name
        assert (ROOT / "audit" / "cli" / f"{name}.py").is_file(), name


def test_support_table_is_generated() -> None:
    text = (ROOT / "README.md").read_text()
    assert f"<!-- generated: python -m audit.support -->\n{support_table()}\n<!-- /generated -->" in text


def transcripts() -> list[tuple[str, str]]:
    """Commands of README's console blocks with what they print."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [
        (command, output)
        for block in blocks
        for command, output in re.findall(r"^\$ ([^\n]+)\n((?:(?!\$ )[^\n]*\n)*)", block, re.MULTILINE)
    ]


@pytest.mark.long
@pytest.mark.parametrize(("command", "output"), transcripts())
def test_transcript(command: str, output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What README shows is what the commands print, but for times."""
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/sol2zk"
    run(arguments)
    varying = re.compile(r"\b\d+\.\d+\b")
    assert varying.sub("N", capsys.readouterr().out) == varying.sub("N", output)
