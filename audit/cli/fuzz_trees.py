"""`sol2zk fuzz-trees`: random call trees on our machines and on revm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import click

from audit.cli import terminal
from audit.cli.options import json_option
from audit.inputs.forks import parse_fork


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="What the trees are drawn from.")
@click.option("--count", type=click.IntRange(1), default=100, show_default=True, help="How many trees (transactions).")
@click.option("--fork", help="One rule set; else all in turn.")
@click.option(
    "--machine", type=click.Choice(["rust", "python", "both"]), default="rust", show_default=True, help="Which machine runs."
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="A folder for vectors of mismatches."
)
@json_option
def command(seed: int, count: int, fork: str | None, machine: str, jobs: int, output: Path | None, as_json: bool) -> int:
    """Run random call trees: contracts that call, create and destroy each other. Everything in the results is compared with revm's.

    Exit status 1 if a machine differs. The same seed and count give the same trees.

    Example: sol2zk fuzz-trees --seed 7 --count 1000 --machine both --jobs 2
    """
    from audit.differential.trees.campaign import Mismatch, blocks, run_all
    from audit.differential.trees.machines import Name

    machines: tuple[Name, ...] = ("rust", "python") if machine == "both" else (cast(Name, machine),)
    trees = messages = cut = 0
    mismatches: list[Mismatch] = []
    with terminal.progress() as bars:
        task = bars.add_task("trees", total=count)
        for outcome in run_all(blocks(seed, count, None if fork is None else parse_fork(fork)), machines, jobs):
            trees += outcome.trees
            messages += outcome.messages
            cut += outcome.cut
            mismatches += outcome.mismatches
            bars.advance(task, outcome.trees)
    documents = [each.as_json() for each in mismatches]
    if output is not None:
        _write(output, seed, documents)
    if as_json:
        terminal.print_json({"seed": seed, "trees": trees, "messages": messages, "cut": cut, "mismatches": documents})
    else:
        for each in mismatches:
            found = each.difference
            place = f"transaction {found.transaction}: {found.field} {found.subject}".rstrip()
            click.echo(terminal.clean(f"{each.fork} {each.machine}: {place}: {found.ours} is {found.theirs} in revm"))
        click.echo(
            f"{trees} trees, {messages} messages, {len(mismatches)} mismatches ({cut} messages of frames that halt not entered)"
        )
    return 1 if mismatches else 0


def _write(folder: Path, seed: int, documents: list[dict[str, Any]]) -> None:
    from zkvm.program_file import write_whole

    folder.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents):
        write_whole(folder / f"tree-{seed}-{number}.json", (json.dumps(document, indent=1) + "\n").encode())
