"""`sol2zk statetest`: Ethereum's test files on our machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from audit.cli import terminal
from audit.cli.failure import report_failure
from audit.cli.options import json_option
from audit.statetest.files import load
from audit.statetest.proving import Prover
from audit.statetest.runner import Machine, run_all, unread_row
from audit.statetest.sample import spread
from audit.statetest.vectors import Unread, Vector
from zkvm.errors import Unsupported


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--prove", is_flag=True, help="Prove each run and verify the receipt.")
@click.option("--receipts", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Keep the receipts of --prove.")
@click.option(
    "--machine", type=click.Choice(["rust", "python", "both"]), default="rust", show_default=True, help="Which machine runs."
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Run only so many tests, spread over the folders.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which ones --sample takes.")
@json_option
def command(
    paths: tuple[Path, ...],
    prove: bool,
    receipts: Path | None,
    machine: str,
    jobs: int,
    sample: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Run test files (GeneralStateTests, legacy VMTests) or folders of them.

    Exit status 1 if a test fails; 2 if a path cannot be read, which keeps a row with its error; 4 if a test is skipped, or passes and
    has no proof yet.

    Example: sol2zk statetest GeneralStateTests --jobs 2 --json
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
    if sample is not None:
        vectors = spread(vectors, sample, seed)
    with terminal.progress() as bars:
        task = bars.add_task("tests", total=len(vectors))
        for row in run_all(vectors, cast(Machine, machine), jobs, prover(prove, receipts)):
            rows.append(row.as_json())
            bars.advance(task)
    if as_json:
        terminal.print_json(rows)
    else:
        _tell(rows, prove)
    incomplete = any(each["pass"] is None or each["proven"] is False for each in rows)
    return 1 if _failed(rows) else unread or (Unsupported.exit_code if incomplete else 0)


def prover(prove: bool, receipts: Path | None) -> Prover | None:
    """What proves, if something is to be proven.

    Raises: UsageError for a folder of receipts without proofs.
    """
    if not prove and receipts is not None:
        raise click.UsageError("--receipts needs --prove")
    if receipts is not None:
        receipts.mkdir(parents=True, exist_ok=True)
    return Prover(receipts=receipts) if prove else None


def _failed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in rows if each["pass"] is False and each["name"] is not None]


def _tell(rows: list[dict[str, Any]], prove: bool) -> None:
    failed, passed = _failed(rows), [each for each in rows if each["pass"]]
    skipped = [each for each in rows if each["pass"] is None]
    unproven = [each for each in passed if each["proven"] is False]
    noted = [each for each in passed if each["error"] is not None and each["proven"] is not False]
    for word, found in (("FAIL", failed), ("SKIPPED", skipped), ("NOT PROVEN", unproven), ("PASS", noted)):
        for each in found:
            click.echo(f"{word} {_named(each)}: {terminal.clean(str(each['error']).removeprefix('skipped: '))}")
    told = f", {len(skipped)} skipped" if skipped else ""
    told += f", {sum(each['proven'] is True for each in passed)} proven" if prove else ""
    click.echo(f"{len(passed)} passed, {len(failed)} failed{told}")


def _named(row: dict[str, Any]) -> str:
    at = row["indexes"]
    entry = f" {row['fork']} data {at['data']} gas {at['gas']} value {at['value']}" if at else ""
    return terminal.clean(f"{row['file']} {row['name']}{entry}")
