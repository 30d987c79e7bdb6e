"""Writes a report in all its forms."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any, Final

from audit.report.html import html
from audit.report.markdown import markdown
from audit.report.sarif import sarif
from zkvm.program_file import write_whole

NAME: Final = "report"


def cleaned(value: Any) -> Any:
    """The value with control and direction-changing characters in its texts replaced."""
    match value:
        case str():
            return "".join(
                each if each == "\n" or unicodedata.category(each) not in ("Cc", "Cf", "Cs") else "\N{REPLACEMENT CHARACTER}"
                for each in value
            )
        case list():
            return [cleaned(each) for each in value]
        case dict():
            return {cleaned(key): cleaned(each) for key, each in value.items()}
        case _:
            return value


def write(document: dict[str, Any], folder: Path) -> list[Path]:
    """Write report.json, .html, .md and .sarif into a folder; the paths.

    Raises: InputError if a file cannot be written.
    """
    data = cleaned(document)
    forms = {
        "json": json.dumps(data, indent=2, ensure_ascii=True) + "\n",
        "html": html(data),
        "md": markdown(data),
        "sarif": json.dumps(sarif(data), indent=2, ensure_ascii=True) + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for suffix, text in forms.items():
        path = folder / f"{NAME}.{suffix}"
        write_whole(path, text.encode())
        paths.append(path)
    return paths
