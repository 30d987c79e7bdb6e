"""How errors are shown, and which exit status each has."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Any, Final

import click

from audit.cli.terminal import clean
from zkvm.errors import Sol2zkError

INTERNAL: Final = 70
INTERRUPTED: Final = 130
READER_GONE: Final = 141
"""As shells tell SIGPIPE: the output had no reader, so the status says nothing of the work."""


def report_failure(error: BaseException) -> int:
    """Tell what went wrong on stderr; the exit status."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.exceptions.Abort() | KeyboardInterrupt():
            _say("interrupted")
            return INTERRUPTED
        case click.UsageError():
            _say(f"error[usage]: {error.format_message()}")
            _say(f"  help: {error.ctx.command_path if error.ctx else 'sol2zk'} --help")
            return 2
        case click.ClickException():
            _say(f"error[usage]: {error.format_message()}")
            return 2
        case Sol2zkError():
            _say(error.render())
            if error.exit_code == INTERNAL:
                _traceback(error)
            return error.exit_code
        case BrokenPipeError():
            return READER_GONE
        case OSError():
            where = f": {error.filename}" if error.filename else ""
            _say(f"error[file-system]: {error.strerror or error}{where}")
            _traceback(error)
            return 2
        case SystemExit() if isinstance(error.__context__, OSError) and error.__context__.errno == errno.EPIPE:
            return READER_GONE
        case SystemExit():
            return error.code if isinstance(error.code, int) else INTERNAL
        case _:
            _say(f"internal error[unexpected]: {type(error).__name__}: {error}")
            _say("  help: this is a bug of sol2zk; please report it with the output of `sol2zk --debug ...`")
            _traceback(error)
            return INTERNAL


def as_json(error: Sol2zkError) -> dict[str, Any]:
    """An error as `--json` output holds it."""
    place = error.place
    return {
        "code": error.code,
        "message": error.message,
        "place": None if place is None else str(place),
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def _say(text: str) -> None:
    try:
        sys.stderr.write(clean(text) + "\n")
        sys.stderr.flush()
    except OSError:
        return


def _traceback(error: BaseException) -> None:
    if os.environ.get("SOL2ZK_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
