"""What people see: notes and progress on stderr, data on stdout, and no control characters from outside."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from transpiler.solc.artifact import Artifact


def clean(text: str) -> str:
    """The text with control and direction-changing characters replaced, but for line breaks and tabs."""
    return "".join(
        each if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cf", "Cs") else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


@cache
def messages() -> Console:
    """The console on stderr; it honours NO_COLOR and is plain where stderr is no terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


@cache
def program() -> str:
    """What a person types to run this program here: its name where the shell finds it, else its path."""
    called = Path(sys.argv[0])
    if called.name != "sol2zk":
        return "sol2zk"
    found = shutil.which("sol2zk")
    if found is not None and os.path.samefile(found, called):
        return "sol2zk"
    path = called.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def note(text: str) -> None:
    """Tell a fact that is not data."""
    messages().print(clean(f"note: {text}"), style="dim")


def tell(artifact: Artifact) -> None:
    """Tell what was done to an input that a reader should know."""
    for text in artifact.notes:
        note(f"{artifact.path}: {text}")


def print_json(value: Any) -> None:
    """Write a value to stdout as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=True) + "\n")


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress bars on stderr; they show only on a terminal and leave nothing behind."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages(), transient=True, disable=not messages().is_terminal) as bars:
        yield bars


def print_table(columns: list[str], rows: list[list[str]]) -> None:
    """Write a table to stdout, drawn only on a terminal and tab-separated elsewhere."""
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            sys.stdout.write("\t".join(clean(cell).replace("\t", " ").replace("\n", " ") for cell in row) + "\n")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in columns:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    Console(highlight=False).print(table)
