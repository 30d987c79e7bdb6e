"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from audit.inputs.forks import parse_fork
from transpiler.settings import DEFAULT_FORK, Settings
from transpiler.solc.link import parse_library
from transpiler.solc.project import parse_remapping

F = TypeVar("F", bound=Callable[..., Any])

PROFILES: Final = ("fast", "strict", "small", "test")
HASHES: Final = ("listed", "proven")

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
calls_option = click.option(
    "--calls", type=click.Path(path_type=Path), metavar="FILE", help="The calls to run, with state and environment."
)
profile_option = click.option(
    "--profile", type=click.Choice(PROFILES), default="fast", show_default=True, help="The proof's parameters."
)
hashes_option = click.option(
    "--hashes",
    type=click.Choice(HASHES),
    default="listed",
    show_default=True,
    help="listed: the receipt lists what is hashed, and the verifier hashes it again; proven: the proof does it all.",
)

_OPTIONS = (
    click.option("--contract", metavar="NAME", help="The contract, where the input has several."),
    click.option("--creation", is_flag=True, help="The hex file holds creation code, not runtime code."),
    click.option("--fork", default=DEFAULT_FORK, show_default=True, help="The EVM's rule set."),
    click.option("--solc", metavar="VERSION", help="The exact version of the compiler."),
    click.option(
        "--optimize/--no-optimize", default=None, help="The compiler's optimiser; on unless the project says otherwise."
    ),
    click.option("--runs", type=click.IntRange(0, 2**32 - 1), help="How often the optimiser expects code to run."),
    click.option("--via-ir/--no-via-ir", default=None, help="Compile through Yul."),
    click.option("--evm-version", metavar="NAME", help="The compiler's target, like cancun."),
    click.option("--remap", multiple=True, metavar="PREFIX=TARGET", help="An import remapping; may repeat."),
    click.option("--libraries", multiple=True, metavar="NAME=0x...", help="The address of a library; may repeat."),
    click.option("--offline", is_flag=True, help="Never use the network."),
    click.option(
        "--strict", is_flag=True, help="Fail with status 70 where the optimised tier fails, rather than use the generic tier."
    ),
)
_NAMES = ("contract", "creation", "fork", "solc", "optimize", "runs", "via_ir", "evm_version", "remap", "libraries", "offline")


def input_options(function: F) -> F:
    """Add the options that say how an input is read; the command gets them as one `settings`."""
    from functools import wraps

    @wraps(function)
    def command(**arguments: Any) -> Any:
        chosen = {name: arguments.pop(name) for name in _NAMES}
        if arguments.pop("strict"):
            from transpiler.translate import strictly

            strictly(True)
        stated = click.get_current_context().get_parameter_source("fork") is not ParameterSource.DEFAULT
        return function(settings=replace(settings_of(**chosen), fork_stated=stated), **arguments)

    wrapped: Any = command
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]


def settings_of(*, remap: tuple[str, ...], libraries: tuple[str, ...], fork: str, **rest: Any) -> Settings:
    """The settings that options state.

    Raises: InputError if one of them is malformed.
    """
    return Settings(
        remappings=tuple(str(parse_remapping(each)) for each in remap),
        libraries=tuple(parse_library(each) for each in libraries),
        fork=parse_fork(fork),
        **rest,
    )
