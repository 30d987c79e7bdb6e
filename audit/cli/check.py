"""`sol2zk check`: both versions of a contract side by side, on given and generated call sequences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from audit.cli import terminal
from audit.cli.options import calls_option, input_options, json_option
from audit.inputs.job import open_job
from transpiler.settings import Settings
from zkvm.errors import Unsupported

if TYPE_CHECKING:
    from audit.differential.campaign import CheckResult
    from audit.differential.self_test import Kill
    from audit.differential.vector import Vector

SHOWN: Final = 80
"""Longest value that the table shows whole."""


@click.command()
@click.argument("path", metavar="INPUT", type=click.Path(path_type=Path))
@input_options
@calls_option
@click.option("--sequences", type=click.IntRange(0, 10**7), default=None, help="Generated sequences; 200, or 0 with --calls.")
@click.option(
    "--depth", type=click.IntRange(1, 10**4), default=12, show_default=True, help="Longest sequence, constructor apart."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the generated inputs.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes; the results do not depend on it."
)
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), default=None, metavar="SECONDS", help="Stop then; exit status 4."
)
@click.option("-o", "output", type=click.Path(path_type=Path), metavar="DIR", help="Write a vector for each mismatch there.")
@click.option("--self-test", is_flag=True, help="Inject faults into programs and executor: each must be found.")
@json_option
def command(
    path: Path, settings: Settings, calls: Path | None, sequences: int | None, depth: int, seed: int, jobs: int,
    timeout: float | None, output: Path | None, self_test: bool, as_json: bool,
) -> int:  # fmt: skip
    """Run the EVM's and the ZK-VM's version side by side and compare everything observable after each call.

    Exit status 0: no mismatch; 1: mismatches; 4: no mismatch, but something was left out: Unsupported, a limit was met, or, of generated
    sequences, a function of the contract never succeeded in a compared call.

    Example: sol2zk check Token.sol --sequences 1000 --seed 7 -o vectors
    """
    from audit.differential.campaign import DEFAULT_SEQUENCES, Effort, check
    from audit.differential.subject import target_of

    job = open_job(path, settings, calls)
    terminal.tell(job.artifact)
    target = target_of(job.artifact, job.contract, job.subject, job.fork)
    if job.request is None and target.subject.creation is None and target.subject.template:
        raise Unsupported(
            "immutables-not-set", f"the code of {target.subject.name} has immutables and nothing to set them", str(path)
        )
    if sequences == 0 and job.request is None:
        raise click.UsageError("--sequences 0 leaves nothing to check: give --calls, or more sequences")
    count = sequences if sequences is not None else 0 if job.request is not None and not self_test else DEFAULT_SEQUENCES
    effort = Effort(count, depth, seed, timeout)
    if self_test:
        return _self_test(target, effort, job.request, output, as_json)
    with terminal.progress() as bars:
        task = bars.add_task(f"check {target.subject.name}", total=count or 1)
        result = check(target, effort, given=job.request, jobs=jobs, progress=lambda done, _: bars.update(task, completed=done))
    paths = _write_vectors(output, _vectors(result))
    if as_json:
        terminal.print_json({**result.as_json(), "vectors": paths})
    else:
        _print(result, paths)
    return result.exit_code


def _vectors(result: CheckResult) -> list[Vector]:
    from audit.differential.vector import vector_of

    return [vector_of(result.contract, each) for each in result.findings]


def _write_vectors(folder: Path | None, vectors: Iterable[Vector]) -> list[str]:
    from audit.differential.vector import write_vector

    paths: list[str] = []
    if folder is None:
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    for number, vector in enumerate(vectors, 1):
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", vector.contract)
        label = str(number) if vector.fault is None else vector.fault.name
        target = folder / f"{name}-{label}.json"
        write_vector(target, vector)
        paths.append(str(target))
    return paths


def _print(result: CheckResult, paths: list[str]) -> None:
    from audit.differential.functions import grouped, summary

    click.echo(
        f"{terminal.clean(result.contract)}: {result.sequences} sequences, {result.calls} calls, {len(result.findings)} mismatches "
        f"({result.fork}, seed {result.seed}, {result.seconds:.1f} s)"
    )
    for each in result.coverage:
        why = "A FAULT OF OURS" if each.broken else "it has unresolved jumps"
        click.echo(
            f"  {each.kind}: {each.edges_reached}/{each.edges} edges, {each.blocks_reached}/{each.blocks} blocks of the EVM's graph reached"
            + (f", {len(each.outside)} transfers outside it: {why}" if each.outside else "")
        )
    for number, finding in enumerate(result.findings):
        found = finding.mismatch
        click.echo(
            terminal.clean(
                f"  mismatch in {found.function}, call {found.call} of {len(finding.request['calls'])}: {found.field} {found.subject}"
            )
        )
        click.echo(terminal.clean(f"    ZK-VM {_short(found.ours)}"))
        click.echo(terminal.clean(f"    EVM   {_short(found.theirs)}"))
        if found.source is not None:
            click.echo(terminal.clean(f"    --> {found.source} (pc {found.pc:#x})   {found.line}"))
        if paths:
            click.echo(f"    {terminal.program()} replay {paths[number]}")
    if result.functions:
        click.echo(f"  {summary(result.functions)}" + ("" if result.generated else "; the calls given are what is checked"))
    for why, names in grouped(result.unanswered).items():
        terminal.note(terminal.clean(f"left out: {', '.join(names)}: {why}"))
    if refused := sum(counts.get("refused", 0) for counts in result.outcomes.values()):
        terminal.note(f"{refused} transactions were refused by the rule set, in both versions alike")
    for stop in result.stops:
        early = f"; {result.stopped_sequences} sequences ended early" if result.stopped_sequences else ""
        terminal.note(f"left out: {stop.what} is not covered ({stop.code}){early}")
    if result.timed_out:
        terminal.note("left out: the time given was not enough")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]}...{text[-SHOWN // 4 :]} ({len(text)} characters)"


def _self_test(target: Any, effort: Any, given: Any, output: Path | None, as_json: bool) -> int:
    from audit.differential.self_test import self_test

    with terminal.progress() as bars:
        task = bars.add_task("self-test", total=None)
        kills = self_test(
            target, effort, given=given, progress=lambda done, total: bars.update(task, completed=done, total=total)
        )
    paths = _write_vectors(output, [each.vector for each in kills if each.vector is not None])
    applied = [each for each in kills if each.sites]
    missed = [each.fault.name for each in applied if not each.passed]
    if as_json:
        terminal.print_json({
            "contract": target.subject.name, "seed": effort.seed, "sequences": effort.sequences, "faults": len(applied),
            "found": sum(each.passed for each in applied), "missed": missed, "self_test": [each.as_json() for each in kills],
            "vectors": paths,
        })  # fmt: skip
    else:
        terminal.print_table(
            ["fault", "places", "sequence", "calls", "seen in", "line", "replays"], [_row(each) for each in kills]
        )
        click.echo(f"{len(applied) - len(missed)} of {len(applied)} faults found and replayed")
    return 1 if missed else 0


def _row(kill: Kill) -> list[str]:
    found = kill.finding
    if found is None:
        return [kill.fault.name, str(kill.sites), "-", "-", "not found" if kill.sites else "does not apply", "-", "-"]
    mismatch = found.mismatch
    where = f"{mismatch.function}: {mismatch.field}"
    return [
        kill.fault.name,
        str(kill.sites),
        str(found.sequence),
        str(len(found.request["calls"])),
        where,
        mismatch.source or "-",
        "yes" if kill.replays else "NO",
    ]
