"""`sol2zk verify`: whether a receipt is valid, and whether it is about what the caller thinks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from audit.cli import terminal
from audit.cli.options import input_options, json_option
from audit.inputs.calls import CallFile, read_calls
from audit.inputs.named import named_subjects
from audit.inputs.pins import Pins, pins
from audit.inputs.request import Subject, build_request
from transpiler.settings import Settings
from transpiler.solc.load import load
from zkvm import proof
from zkvm.errors import InputError, Place
from zkvm.program_file import read_file

HASH_LENGTH = 32


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--code-hash", "code_hashes", multiple=True, metavar="H", help="A code hash that must be among the programs.")
@click.option("--program", "programs", multiple=True, type=click.Path(path_type=Path), metavar="P", help="A program file to pin.")
@click.option(
    "--bytecode", "bytecodes", multiple=True, type=click.Path(path_type=Path), metavar="F",
    help="Code (or source, or an artefact) to translate again and pin; may repeat. The options below say how it is read.",
)  # fmt: skip
@click.option("--calls", type=click.Path(path_type=Path), metavar="FILE", help="The calls that must be the receipt's.")
@input_options
@json_option
def command(
    path: Path,
    settings: Settings,
    code_hashes: tuple[str, ...],
    programs: tuple[Path, ...],
    bytecodes: tuple[Path, ...],
    calls: Path | None,
    as_json: bool,
) -> int:
    """Verify a receipt. Exit status 0: valid and as expected; 5: not; 2: a file cannot be read.

    Programs that --program or --bytecode name are pinned; of others the receipt says only that some sound program, paired with the code hash, ran.
    --fork, where given, must be the receipt's; a call file that states none is of that one (Osaka if there is none either), as in prove.

    Example: sol2zk verify token.receipt --bytecode token.hex --calls calls.json --json
    """
    receipt = read_receipt(path)
    file = None if calls is None else read_calls(calls, settings.fork, stated=settings.fork_stated)
    digests = [read_file(each).program.digest for each in programs]
    claimed = proof.verify(receipt) if bytecodes else {}
    artifacts = [load(each, replace(settings, fork=claimed["fork"] or settings.fork)) for each in bytecodes]
    for each in artifacts:
        terminal.tell(each)
    found = pins(artifacts, claimed) if artifacts and claimed["valid"] else Pins()
    hashes = tuple(_hash(each) for each in code_hashes)
    others = {} if file is None else named_subjects(file, next(iter(artifacts), None), settings)
    expected = _expected(file, found.subject, others, hashes, (*digests, *found.digests))
    unmet = None if found.idle is None else f"the receipt runs no code of {found.idle}"
    verdict = proof.verify(receipt, replace(expected, fork=settings.fork if settings.fork_stated else None, unmet=unmet))
    if as_json:
        terminal.print_json(verdict)
    else:
        _print(path, verdict)
    return 0 if verdict["valid"] else 5


def read_receipt(path: Path) -> bytes:
    """The bytes of a receipt, at most as many as show that it is too long.

    Raises: InputError if the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(proof.longest() + 1)
    except OSError as error:
        raise InputError("receipt-not-read", f"the receipt cannot be read: {error.strerror}", Place(str(path))) from error


def _hash(text: str) -> bytes:
    digits = text.removeprefix("0x")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    if len(value) != HASH_LENGTH:
        raise InputError("not-a-hash", f"'{text}' is no hash of 32 bytes", hint="write 0x and 64 hex digits")
    return value


def _expected(
    file: CallFile | None, subject: Subject, others: dict[str, Subject], hashes: tuple[bytes, ...], digests: tuple[bytes, ...]
) -> proof.Expectations:
    """What the receipt must be about: code that neither an input nor the call file gives is not compared."""
    if file is None:
        return proof.Expectations(hashes, digests)
    stated = dict(file.state).get(file.contract)
    runtime = subject.runtime if subject.runtime is not None or stated is None else stated.code
    known = file.creates_first or (runtime is not None and not subject.template)
    assumed = replace(subject, runtime=b"\0" if runtime is None else runtime, creation=subject.creation or b"\0")
    return proof.Expectations(hashes, digests, build_request(file, assumed, others), known, subject.creation is not None)


def _print(path: Path, verdict: dict[str, Any]) -> None:
    if not verdict["valid"]:
        click.echo(f"{path}: NOT VALID: {terminal.clean(str(verdict['reason']))}")
        return
    click.echo(f"{path}: valid, {verdict['proven_bits']} proven bits, profile {verdict['profile']}, {verdict['fork']} rules")
    lists, sums = verdict["list_decoding_bits"], verdict["summed_bits"]
    click.echo(
        f"  by list decoding {lists['2025']} (bound of 2025) and {lists['2026']} (2026), by unique decoding {verdict['unique_decoding_bits']}; "
        f"summed over the rounds {sums['2025']}, {sums['2026']}, {sums['unique']}"
    )
    if verdict["hashes"]:
        click.echo(f"  {verdict['hashes']} hashes computed again here, the others proven")
    for program in verdict["programs"]:
        pinned = "pinned" if program["pinned"] else "translation not checked here"
        click.echo(f"  {program['kind']} code {program['code_hash']}: program {program['program_digest']} ({pinned})")
    for index, call in enumerate(verdict["calls"]):
        what = "create" if call["create"] else call["data"][:10]
        click.echo(f"  call {index} ({what}): {call['status']}, gas left {int(call['gas_left'], 16)}, {len(call['logs'])} logs")
