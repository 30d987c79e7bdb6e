"""`sol2zk prove`: a run of calls and a receipt that proves it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from audit.cli import terminal
from audit.cli.options import calls_option, hashes_option, input_options, json_option, profile_option
from audit.differential.campaign import Effort, plan_of
from audit.differential.execution import Library
from audit.differential.inputs import ACTORS
from audit.differential.subject import target_of
from audit.inputs.calls import Call, CallFile
from audit.inputs.job import Job, open_job
from audit.inputs.request import build_request
from transpiler.settings import Settings
from zkvm import proof
from zkvm.errors import InternalError, Place, Unsupported
from zkvm.program_file import write_whole

COLUMNS: Final = ["table", "rows", "columns", "cells", "interactions", "fields"]
STILL_COMPARED: Final = "sol2zk check still compares it with the EVM"


@click.command()
@click.argument("path", metavar="INPUT", type=click.Path(path_type=Path))
@input_options
@calls_option
@profile_option
@hashes_option
@click.option(
    "-o", "output", type=click.Path(path_type=Path), metavar="OUT", help="Where the receipt goes; INPUT.receipt by default."
)
@json_option
def command(
    path: Path, settings: Settings, calls: Path | None, profile: str, hashes: str, output: Path | None, as_json: bool
) -> int:
    """Prove calls of a contract and write the receipt.

    Without --calls, one call without data is proven, after a create with generated arguments where the input has creation code.

    Example: sol2zk prove Token.sol --calls calls.json -o token.receipt
    """
    job = open_job(path, settings, calls)
    terminal.tell(job.artifact)
    request = job.request if job.request is not None else default_request(job)
    library = Library()
    library.run(request)
    made = proof.prove(request, library.programs(job.fork), profile, hashes)
    if made.receipt is None or made.cost is None:
        raise not_proven(path, made.obstacle, request, job.calls)
    verdict = proof.verify(made.receipt, proof.Expectations(request=request, code_known=True, creation_known=True))
    if not verdict["valid"] and verdict["kind"] != "profile":
        raise InternalError("prove-rejected", f"the verifier rejects this receipt: {verdict['reason']}", Place(str(path)))
    target = output or path.with_suffix(".receipt")
    write_whole(target, made.receipt)
    if as_json:
        ran = [each.as_json() for each in made.result.calls]
        terminal.print_json({"receipt": str(target), "profile": profile, "calls": ran, "cost": made.cost})
        return 0
    terminal.note(f"{target}: {len(made.receipt)} bytes, {len(made.result.calls)} calls, {made.cost['prove_s']:.2f} s")
    terminal.print_table(COLUMNS, [cost_row(each) for each in made.cost["tables"]])
    return 0


def default_request(job: Job) -> dict[str, Any]:
    """The calls of a run for which no call file is given: a create if there is creation code, then a call without data.

    Shape: a constructor's arguments are the first that the checker's generator finds to succeed.
    """
    calls = [Call()]
    told = "one call without data"
    if job.subject.creation is not None:
        target = target_of(job.artifact, job.contract, job.subject, job.fork)
        tried = plan_of(target, Effort()).constructors
        data = tried[0] if tried else b""
        calls.insert(0, Call(create=True, caller=ACTORS[0], origin=ACTORS[0], data=data))
        told = f"a create {'with generated arguments' if data else 'without arguments'} from {ACTORS[0]}, then {told}"
    terminal.note(f"no call file: {told}")
    return build_request(CallFile(tuple(calls), fork=job.artifact.fork), job.subject)


def not_proven(path: Path, found: proof.Obstacle, request: Mapping[str, Any], file: CallFile | None) -> Unsupported:
    """Why there is no receipt, as an error at the call that it is about, where one is known."""
    where = "" if found.call is None else f"call {found.call}, " + ("" if found.pc is None else f"EVM pc {found.pc}, ")
    place = str(path) if found.call is None or file is None else f"{file.place}#/calls/{found.call}"
    hint = _hint(found.code, {} if found.call is None else request["calls"][found.call])
    return Unsupported(found.code, f"the run cannot be proven: {where}{found.what}", Place(place), hint)


def _hint(code: str, call: Mapping[str, Any]) -> str:
    """What to do about it. Shape: `call` is the request's entry that it is about, empty where none is known."""
    if code == "transaction-refused":
        return "mend the transaction, or leave it out: nothing of it runs, and a receipt is about what ran"
    if code != "not-claimable":
        longer = code in ("step-limit", "memory-limit", "too-large")
        return "prove fewer calls at a time, or give them less gas" if longer else STILL_COMPARED
    if "transaction" in call:
        return 'give "gas" in place of "transaction" to prove the call without nonce and fees; sol2zk check compares it with them'
    if "env" in call:
        return 'move "env" out of the call to the top of the file, and prove calls of other environments from files of their own'
    if call:
        return f"prove the other calls without it; {STILL_COMPARED}"
    return "a receipt has bounds, which sol2zk explain not-claimable lists: prove fewer calls at a time, with less data each"


def cost_row(table: dict[str, Any]) -> list[str]:
    """A line of the cost report."""
    names = ("name", "rows", "width", "cells", "interactions", "fields")
    return [str(table[name]) for name in names]
