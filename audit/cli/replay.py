"""`sol2zk replay`: a recorded mismatch, run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.cli import terminal
from audit.cli.options import json_option

if TYPE_CHECKING:
    from audit.differential.compare import Mismatch


@click.command()
@click.argument("path", metavar="VECTOR", type=click.Path(path_type=Path))
@json_option
def command(path: Path, as_json: bool) -> int:
    """Run a mismatch again, with today's translator. Exit status 1: it reproduces; 0: it does not.

    Example: sol2zk replay vectors/Token-1.json
    """
    from audit.differential.vector import read_vector, replay

    done = replay(read_vector(path))
    expected, found = done.vector.expected, done.mismatch
    if as_json:
        terminal.print_json(
            {
                "reproduced": done.reproduced,
                "contract": done.vector.contract,
                "fault": None if done.vector.fault is None else done.vector.fault.as_json(),
                "expected": expected.as_json(),
                "found": None if found is None else found.as_json(),
            }
        )
    else:
        place = f" at {expected.source}" if expected.source else ""
        click.echo(terminal.clean(f"{done.vector.contract}: call {expected.call} {expected.function}: {_what(expected)}{place}"))
        click.echo(terminal.clean(f"  recorded: ZK-VM {expected.ours}, EVM {expected.theirs}"))
        click.echo(
            terminal.clean(
                "  now: no difference" if found is None else f"  now: {_what(found)}: ZK-VM {found.ours}, EVM {found.theirs}"
            )
        )
        click.echo("reproduced" if done.reproduced else "not reproduced")
    return 1 if done.reproduced else 0


def _what(mismatch: Mismatch) -> str:
    return f"{mismatch.field} {mismatch.subject}".rstrip()
