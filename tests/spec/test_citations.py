"""Paragraphs of ISA.md that code cites exist, and each stands once."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "zkvm" / "ISA.md"
PARAGRAPH = re.compile(r"^(\d+\.\d+)[ .]", re.MULTILINE)
CHAPTER = re.compile(r"^## (\d+)\.", re.MULTILINE)
CITATION = re.compile(r"\bISA (\d+(?:\.\d+)?)")


def sources() -> list[Path]:
    folders = [ROOT / name for name in ("zkvm", "transpiler", "audit", "tests")]
    files = [file for folder in folders for suffix in ("*.py", "*.rs") for file in folder.rglob(suffix)]
    return [file for file in files if "target" not in file.relative_to(ROOT).parts]


def test_paragraphs_stand_once_and_in_order() -> None:
    numbers = [tuple(map(int, number.split("."))) for number in PARAGRAPH.findall(DOCUMENT.read_text())]
    assert numbers == sorted(set(numbers))


def test_citations_lead_somewhere() -> None:
    text = DOCUMENT.read_text()
    known = {*PARAGRAPH.findall(text), *CHAPTER.findall(text)}
    wrong = [
        f"{file}: ISA {number}" for file in sources() for number in CITATION.findall(file.read_text()) if number not in known
    ]
    assert not wrong
