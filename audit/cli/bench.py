"""`sol2zk bench`: what named workloads cost."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

import click

from audit.bench.catalogue import NAMES
from audit.cli import terminal
from audit.cli.options import hashes_option, json_option, profile_option
from zkvm.errors import InternalError, Unsupported

COLUMNS: Final = [
    "workload",
    "execute_s",
    "revm_s",
    "setup_s",
    "prove_s",
    "verify_s",
    "receipt_bytes",
    "rows",
    "cells",
    "peak_bytes",
    "transpile_s",
]
CHILD: Final = "import sys; from audit.cli import run; sys.exit(run(['bench', '--child', *sys.argv[1:]]))"


@click.command()
@click.argument("workloads", nargs=-1, metavar="[WORKLOAD]...")
@profile_option
@hashes_option
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True, help="Runs; the smallest seconds count.")
@click.option("--execute-only", is_flag=True, help="Run the batches in our executor and in revm, and prove nothing.")
@click.option("--child", is_flag=True, hidden=True)
@json_option
def command(
    workloads: tuple[str, ...], profile: str, hashes: str, runs: int, execute_only: bool, child: bool, as_json: bool
) -> int:
    """Measure workloads, a process each.

    They are transfer, transfer10, transfer100, transfer1000, approve, constructor, weth, swap100, arith, transpile-largest.

    Seconds mean little across machines: compare `execute_s` with `revm_s`, and `prove_s` with a bare prover run beside it.

    Examples: sol2zk bench transfer transfer100 --json; sol2zk bench swap100 arith --execute-only
    """
    for name in workloads:
        if name not in NAMES:
            raise click.BadParameter(f"no workload '{name}'; there are {', '.join(NAMES)}")
    if child:
        from audit.bench.measure import measure

        terminal.print_json(measure(workloads[0], profile, runs, hashes, execute_only=execute_only))
        return 0
    rows: list[dict[str, Any]] = []
    with terminal.progress() as bars:
        task = bars.add_task("workloads", total=len(workloads or NAMES))
        extra = ("--execute-only",) if execute_only else ()
        for name in workloads or NAMES:
            rows.append(_measured(name, profile, runs, hashes, extra))
            bars.advance(task)
    if as_json:
        terminal.print_json(rows)
    else:
        terminal.print_table(COLUMNS, [[_cell(row[name]) for name in COLUMNS] for row in rows])
    return 0


def _measured(name: str, profile: str, runs: int, hashes: str, extra: tuple[str, ...]) -> dict[str, Any]:
    """The row that a child process measures.

    Raises: Unsupported or InternalError as the child says.
    """
    words = [sys.executable, "-c", CHILD, name, "--profile", profile, "--runs", str(runs), "--hashes", hashes, *extra]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode == Unsupported.exit_code:
        raise Unsupported("bench-unsupported", done.stderr.strip())
    if done.returncode != 0:
        raise InternalError("bench-failed", f"measuring {name} failed: {done.stderr.strip()}")
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4g}"
        case dict():
            return str(sum(value.values()))
        case _:
            return str(value)
