"""The command `sol2zk`: one file a command, imported only when it is called; one place where errors become exit statuses."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from audit.cli.failure import report_failure

COMMANDS: Final[dict[str, str]] = {
    "migrate": "Transpile, check, prove, verify and report: the whole job.",
    "transpile": "Translate contracts into programs of the ZK-VM.",
    "check": "Run both versions of a contract side by side.",
    "replay": "Run a recorded mismatch again.",
    "prove": "Prove calls of a contract.",
    "verify": "Verify a receipt.",
    "report": "Write the report of an earlier run.",
    "statetest": "Run Ethereum's test files.",
    "fuzz-trees": "Run random call trees.",
    "bench": "Measure workloads.",
    "explain": "Explain an error code or a rule.",
    "doctor": "Say what is installed and whether it is what it should be.",
    "targets": "List the chains whose differences are known.",
}
"""Each command lives in the module of its name in this package (hyphens as underscores); a name without a module is not a command yet."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands whose modules are there, in the order of the table."""
        return [name for name in COMMANDS if _module(name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        name = _module(cmd_name) if cmd_name in COMMANDS else None
        if name is None:
            return None
        command = importlib.import_module(name).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help text, without importing anything."""
        rows = [(name, COMMANDS[name]) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _module(name: str) -> str | None:
    full = f"{__name__}.{name.replace('-', '_')}"
    return full if importlib.util.find_spec(full) is not None else None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(package_name="sol2zk", prog_name="sol2zk")
def group(debug: bool) -> None:
    """Migrates Solidity contracts to a ZK-VM and leaves the evidence."""
    if debug:
        os.environ["SOL2ZK_DEBUG"] = "1"


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit status.

    Source: 0 clean, 1 findings, 2 usage or input, 3 does not compile, 4 incomplete, 5 proof invalid, 70 our bug.
    """
    try:
        result = group.main(args=list(arguments), prog_name="sol2zk", standalone_mode=False)
        return result if isinstance(result, int) and not isinstance(result, bool) else 0
    except BaseException as error:  # noqa: BLE001 - this is the place where every error ends
        return report_failure(error)


def main() -> None:
    """The console script."""
    # closed by whoever called: what is written goes nowhere, the status stays
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = status or 2
    sys.exit(status)
