"""`sol2zk migrate`: the whole job in one command."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from audit.cli import terminal
from audit.cli.options import calls_option, hashes_option, input_options, json_option, profile_option
from audit.inputs.job import open_job
from transpiler.settings import Settings

if TYPE_CHECKING:
    from rich.progress import TaskID

DEMO_SEQUENCES: Final = 300
TIMEOUT_S: Final = 600.0


@click.command()
@click.argument("path", metavar="INPUT", type=click.Path(path_type=Path))
@input_options
@calls_option
@profile_option
@hashes_option
@click.option(
    "--sequences", type=click.IntRange(1, 10**7), default=DEMO_SEQUENCES, show_default=True, help="Generated call sequences."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the generated inputs.")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), default=TIMEOUT_S, show_default=True, help="Seconds for the check."
)
@click.option(
    "--stage-timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds for each of: seeded faults, proofs of ways to fail, cost of functions.",
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes of the check.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where report and receipts go; build/NAME by default."
)
@click.option("--demo", is_flag=True, help="Also show a seeded fault found and a forged receipt rejected.")
@json_option
def command(
    path: Path, settings: Settings, calls: Path | None, profile: str, hashes: str, sequences: int, seed: int, timeout: float, stage_timeout: float,
    jobs: int, output: Path | None, demo: bool, as_json: bool,
) -> int:  # fmt: skip
    """Transpile, check against the EVM, prove, verify, and write a report an auditor can sign.

    Exit status 0: equivalent within the tested scope; 1: mismatches; 4: something was left out.

    Example: sol2zk migrate Token.sol --sequences 1000
    """
    from audit.differential.campaign import Effort
    from audit.migration.demo import flipped_bit, seeded_fault
    from audit.migration.document import document
    from audit.migration.flow import Plan, migrate
    from audit.migration.screen import screen
    from audit.report.write import write

    if profile == "test":
        raise click.BadParameter("receipts of the test profile are never valid", param_hint="--profile")
    beside = path.with_suffix(".calls.json")
    given = calls if calls is not None else beside if demo and beside.is_file() else None
    job = open_job(path, settings, given)
    terminal.tell(job.artifact)
    folder = output or Path("build") / (re.sub(r"[^A-Za-z0-9_-]", "_", job.contract.name) or "contract")
    folder.mkdir(parents=True, exist_ok=True)
    effort = Effort(sequences=sequences, seed=seed, timeout_s=timeout)
    acts: list[dict[str, Any]] = []
    with terminal.progress() as bars:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, count: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=count)

        if demo:
            terminal.note("act one: the whole migration")
        done = migrate(job, Plan(folder, effort, profile, jobs, stage_timeout, hashes), terminal.note, progress)
        if demo:
            terminal.note("act two: the same contract, translated with one seeded fault")
            acts.append(seeded_fault(done.target, folder, effort))
            terminal.note("act three: one bit of a receipt flipped")
            acts += [flipped_bit(each) for each in done.proofs[:1]]
    report = document(done, "sol2zk " + shlex.join(sys.argv[1:]), acts)
    paths = write(report.as_json(), folder)
    if as_json:
        terminal.print_json(report.as_json())
    else:
        click.echo(terminal.clean(screen(report, done, str(paths[1]), terminal.program())))
    return done.exit_code
