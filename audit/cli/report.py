"""`sol2zk report`: the report of an earlier run in all its forms again."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli import terminal


@click.command()
@click.argument("path", metavar="REPORT.json", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where the files go; beside the input by default."
)
def command(path: Path, output: Path | None) -> int:
    """Write the HTML, Markdown and SARIF of a report's JSON.

    Example: sol2zk report build/Token/report.json -o out
    """
    from audit.report.model import read_report
    from audit.report.write import write

    for each in write(read_report(path), output or path.parent):
        terminal.note(str(each))
    return 0
