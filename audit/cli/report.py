"""`sol2zk report`: the report of an earlier run in all its forms again."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli import terminal
from zkvm.errors import InputError, Place


@click.command()
@click.argument("path", metavar="REPORT.json", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where the files go; beside the input by default."
)
def command(path: Path, output: Path | None) -> int:
    """Write the HTML, Markdown and SARIF of a report's JSON.

    Example: sol2zk report build/Token/report.json -o out
    """
    from jinja2 import TemplateError

    from audit.report.model import read_report
    from audit.report.write import write

    document = read_report(path)
    try:
        paths = write(document, output or path.parent)
    except (TemplateError, LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        what = f"a member of this report is missing or of another kind: {type(error).__name__}: {error}"
        raise InputError("report-malformed", what, Place(str(path))) from error
    for each in paths:
        terminal.note(str(each))
    return 0
