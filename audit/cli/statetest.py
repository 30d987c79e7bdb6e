"""`sol2zk statetest`: Ethereum's test files on our machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from audit.cli import terminal
from audit.cli.failure import report_failure
from audit.cli.options import json_option
from audit.statetest.proving import prove_and_verify
from audit.statetest.runner import Machine, run_all, unread_row
from audit.statetest.vectors import Unread, Vector, load
from zkvm.errors import Unsupported


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--prove", is_flag=True, help="Prove each run and verify the receipt.")
@click.option(
    "--machine", type=click.Choice(["rust", "python", "both"]), default="rust", show_default=True, help="Which machine runs."
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@json_option
def command(paths: tuple[Path, ...], prove: bool, machine: str, jobs: int, as_json: bool) -> int:
    """Run test files (legacy VMTests) or folders of them.

    Exit status 1 if a test fails; 2 if a path cannot be read, which keeps a row with its error; 4 if a test passes that has no proof yet.

    Example: sol2zk statetest VMTests --jobs 2 --json
    """
    vectors: list[Vector] = []
    rows: list[dict[str, Any]] = []
    unread = 0
    for read in (each for path in paths for each in load(path)):
        if isinstance(read, Unread):
            status = report_failure(read.error)
            unread = unread or status
            rows.append(unread_row(read).as_json())
        else:
            vectors += read
    with terminal.progress() as bars:
        task = bars.add_task("tests", total=len(vectors))
        for row in run_all(vectors, cast(Machine, machine), jobs, prove_and_verify if prove else None):
            rows.append(row.as_json())
            bars.advance(task)
    failed = [each for each in rows if not each["pass"] and each["name"] is not None]
    passed = [each for each in rows if each["pass"]]
    unproven = [each for each in passed if each["proven"] is False]
    if as_json:
        terminal.print_json(rows)
    else:
        for each in failed:
            click.echo(f"FAIL {each['file']} {each['name']}: {terminal.clean(str(each['error']))}")
        for each in unproven:
            click.echo(f"NOT PROVEN {each['file']} {each['name']}: {terminal.clean(str(each['error']))}")
        told = f", {len(passed) - len(unproven)} proven" if prove else ""
        click.echo(f"{len(passed)} passed, {len(failed)} failed{told}")
    return 1 if failed else unread or (Unsupported.exit_code if unproven else 0)
