"""`sol2zk migrate`: the whole job in one command."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from audit.cli import terminal
from audit.cli.options import calls_option, input_options, json_option, profile_option
from audit.inputs.job import open_job
from transpiler.settings import Settings

if TYPE_CHECKING:
    from audit.migration.flow import Migration
    from audit.report.model import Report

DEMO_SEQUENCES: Final = 300
TIMEOUT_S: Final = 600.0


@click.command()
@click.argument("path", metavar="INPUT", type=click.Path(path_type=Path))
@input_options
@calls_option
@profile_option
@click.option(
    "--sequences", type=click.IntRange(1, 10**7), default=DEMO_SEQUENCES, show_default=True, help="Generated call sequences."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the generated inputs.")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), default=TIMEOUT_S, show_default=True, help="Seconds for the check."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where report and receipts go; build/NAME by default."
)
@click.option("--demo", is_flag=True, help="Also show a seeded fault found and a forged receipt rejected.")
@json_option
def command(
    path: Path, settings: Settings, calls: Path | None, profile: str, sequences: int, seed: int, timeout: float, output: Path | None, demo: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Transpile, check against the EVM, prove, verify, and write a report an auditor can sign.

    Exit status 0: equivalent within the tested scope; 1: mismatches; 4: something was left out.

    Example: sol2zk migrate Token.sol --sequences 1000
    """
    from audit.differential.campaign import Effort
    from audit.migration.demo import flipped_bit, seeded_fault
    from audit.migration.document import document
    from audit.migration.flow import Plan, migrate
    from audit.report.write import write

    beside = path.with_suffix(".calls.json")
    given = calls if calls is not None else beside if demo and beside.is_file() else None
    job = open_job(path, settings, given)
    folder = output or Path("build") / job.contract.name
    effort = Effort(sequences=sequences, seed=seed, timeout_s=timeout)
    with terminal.progress() as bars:
        task = bars.add_task("check", total=sequences)
        done = migrate(job, Plan(folder, effort, profile), terminal.note, lambda count, _: bars.update(task, completed=count))
    acts: list[dict[str, Any]] = []
    if demo:
        acts.append(seeded_fault(done.target, folder, effort))
        acts += [flipped_bit(each) for each in done.proofs[:1]]
    report = document(done, "sol2zk " + shlex.join(sys.argv[1:]), acts)
    paths = write(report.as_json(), folder)
    if as_json:
        terminal.print_json(report.as_json())
    else:
        _screen(report, done, str(paths[1]))
    return done.exit_code


def _screen(report: Report, done: Migration, page: str) -> None:
    """The last screen."""
    lines = [f"{report.verdict}: {done.job.contract.name}, {len(report.findings)} mismatches in {done.checked.calls} calls", ""]
    lines += [
        f"  {code['kind']:<9} {code['code_bytes']} bytes, {code['instructions']} instructions, {code['escapes']} escapes, {code['seconds']:.3f} s"
        for code in report.subject["codes"]
    ]
    lines += [
        f"  {each.name:<11} {len(each.calls)} calls proven in {each.prove_s:.2f} s: {each.rows // len(each.calls)} rows and "
        f"{each.cells // len(each.calls)} cells a call, receipt {each.receipt_bytes / 1e6:.2f} MB, {each.proven_bits} proven bits"
        for each in report.proofs
    ]
    lines += [f"  not proven: {item['what']}: {item['why']}" for item in report.not_proven]
    lines += [
        f"  {covered.kind}: {covered.edges_reached} of {covered.edges} edges reached, {len(covered.missed)} blocks not reached"
        for covered in done.checked.coverage
    ]
    for act in report.demonstration:
        lines += [f"  {act['title']}:", f"    {act['outcome']}", *(f"      {line}" for line in act["detail"].splitlines())]
    lines += ["  assumed: the translation is tested, not proven; the compiler; Keccak; Plonky3 and revm", ""]
    lines += [f"  verify:  {each.verify_command}" for each in report.proofs]
    lines += [f"  report:  {page}", "  your own contract:  sol2zk migrate YourContract.sol"]
    click.echo(terminal.clean("\n".join(lines)))
