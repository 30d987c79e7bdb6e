"""`sol2zk explain`: what an error code or a rule means."""

from __future__ import annotations

import difflib

import click

from audit.cli import terminal
from audit.cli.options import json_option


@click.command()
@click.argument("code", required=False)
@json_option
def command(code: str | None, as_json: bool) -> int:
    """Explain an error code or a rule; without one, list them all.

    Example: sol2zk explain immutables-not-set
    """
    from audit.explanations import EXPLANATIONS

    if code is None:
        if as_json:
            terminal.print_json(EXPLANATIONS)
        else:
            terminal.print_table(["code", "meaning"], [[name, text] for name, text in sorted(EXPLANATIONS.items())])
        return 0
    text = EXPLANATIONS.get(code)
    if text is None:
        near = difflib.get_close_matches(code, EXPLANATIONS, 3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise click.UsageError(
            f"'{terminal.clean(code)}' is no code of ours{hint}. A code after 'internal error' needs none: it is our bug"
        )
    if as_json:
        terminal.print_json({"code": code, "meaning": text})
    else:
        click.echo(f"{code}: {text}")
    return 0
