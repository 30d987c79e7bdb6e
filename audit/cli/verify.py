"""`sol2zk verify`: whether a receipt is valid, and whether it is about what the caller thinks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from audit.cli import terminal
from audit.cli.options import input_options, json_option
from audit.inputs.calls import CallFile, read_calls
from audit.inputs.request import Subject, build_request, subject_of
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, CodeObject, Contract, Kind
from transpiler.solc.load import load
from transpiler.translate import translate
from zkvm import proof
from zkvm.errors import InputError, Place
from zkvm.program_file import read_file
from zkvm.word import keccak256

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
    file = None if calls is None else read_calls(calls, settings.fork)
    digests = [read_file(each).program.digest for each in programs]
    subject = Subject("contract", None, None)
    claimed = proof.verify(receipt) if bytecodes else {}
    for each in bytecodes:
        artifact = load(each, replace(settings, fork=claimed["fork"] or settings.fork))
        found, subject = pins(artifact, claimed, subject, one=file is not None)
        digests += found
    hashes = tuple(_hash(each) for each in code_hashes)
    expected = replace(_expected(file, subject, hashes, tuple(digests)), fork=settings.fork if _is_given("fork") else None)
    verdict = proof.verify(receipt, expected)
    if as_json:
        terminal.print_json(verdict)
    else:
        _print(path, verdict)
    return 0 if verdict["valid"] else 5


def _is_given(name: str) -> bool:
    """Whether the person gave an option, so that its value is no default."""
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT


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


def pins(artifact: Artifact, claimed: dict[str, Any], subject: Subject, *, one: bool) -> tuple[list[bytes], Subject]:
    """The digests of an input's programs that the receipt must have, and the subject with the input's code.

    Shape: `claimed` is the receipt's verdict. Of an input with several contracts, the one that --contract names, else those whose code
    the receipt runs; `one` where it must be settled which of them the calls are about.
    Sound because: an input of which the receipt runs nothing gives a digest that the receipt lacks; code with immutables is translated
    as a create of the receipt returned it, and only if it is the input's code outside their places; unlinked code is no code.

    Raises: InputError if there is no code, none can be chosen, or a library's address is missing.
    """
    contracts = _contracts(artifact, claimed, one)
    subjects = [subject_of(each) for each in contracts]
    codes = [each for contract in contracts for each in _running(contract, claimed)] or [_first_code(artifact)]
    if one and len(subjects) == 1:
        (mine,) = subjects
        subject = replace(
            subject,
            creation=subject.creation if mine.creation is None else mine.creation,
            runtime=subject.runtime if mine.template or mine.runtime is None else mine.runtime,
        )
    return [translate(data, artifact.fork, kind).program.digest for kind, data in codes], subject


def _contracts(artifact: Artifact, claimed: dict[str, Any], one: bool) -> list[Contract]:
    """The contracts of an input that a receipt is held against."""
    if artifact.settings.contract is not None:
        return [artifact.contract(artifact.settings.contract)]
    running = [each for each in artifact.contracts if _running(each, claimed)]
    if one and len(running) > 1:
        return [artifact.contract()]
    return running or list(artifact.contracts)


def _running(contract: Contract, claimed: dict[str, Any]) -> list[tuple[Kind, bytes]]:
    """The contract's code that the receipt runs."""
    ran = {(each["kind"], each["code_hash"]) for each in claimed["programs"]}
    codes = [(code.kind, data) for code in contract.objects for data in _concrete(code, claimed)]
    return [(kind, data) for kind, data in codes if (kind, "0x" + keccak256(data).hex()) in ran]


def _concrete(code: CodeObject, claimed: dict[str, Any]) -> list[bytes]:
    """The code as it runs: what creates of the receipt returned where it has immutables; nothing if libraries are not linked."""
    if code.unlinked:
        return []
    return _returned(code, claimed) if code.template and code.kind == "runtime" else [code.code]


def _first_code(artifact: Artifact) -> tuple[Kind, bytes]:
    """Some code of an input of which the receipt runs none: its program is what is then missing.

    Raises: InputError if there is no code.
    """
    for contract in artifact.contracts:
        for each in contract.objects:
            return each.kind, each.code
    raise InputError("no-code", "there is no code to translate in this input", Place(artifact.path))


def _returned(code: CodeObject, claimed: dict[str, Any]) -> list[bytes]:
    """What creates of the receipt returned, where it is this code with its immutables set."""
    creates = (call for call in claimed["calls"] if call["create"] and call["status"] == "success")
    found = dict.fromkeys(bytes.fromhex(call["return_data"][2:]) for call in creates)
    return [each for each in found if _masked(each, code) == _masked(code.code, code)]


def _masked(data: bytes, code: CodeObject) -> bytes:
    bare = bytearray(data)
    for each in code.placeholders:
        bare[each.start : each.start + each.length] = bytes(each.length)
    return bytes(bare)


def _expected(
    file: CallFile | None, subject: Subject, hashes: tuple[bytes, ...], digests: tuple[bytes, ...]
) -> proof.Expectations:
    """What the receipt must be about: code that neither an input nor the call file gives is not compared."""
    if file is None:
        return proof.Expectations(hashes, digests)
    stated = dict(file.state).get(file.contract)
    runtime = subject.runtime if subject.runtime is not None or stated is None else stated.code
    known = runtime is not None or file.creates_first
    assumed = replace(subject, runtime=b"\0" if runtime is None else runtime, creation=subject.creation or b"\0")
    return proof.Expectations(hashes, digests, build_request(file, assumed), known, subject.creation is not None)


def _print(path: Path, verdict: dict[str, Any]) -> None:
    if not verdict["valid"]:
        click.echo(f"{path}: NOT VALID: {terminal.clean(str(verdict['reason']))}")
        return
    click.echo(f"{path}: valid, {verdict['proven_bits']} proven bits, profile {verdict['profile']}, {verdict['fork']} rules")
    for program in verdict["programs"]:
        pinned = "pinned" if program["pinned"] else "translation not checked here"
        click.echo(f"  {program['kind']} code {program['code_hash']}: program {program['program_digest']} ({pinned})")
    for index, call in enumerate(verdict["calls"]):
        what = "create" if call["create"] else call["data"][:10]
        click.echo(f"  call {index} ({what}): {call['status']}, gas left {int(call['gas_left'], 16)}, {len(call['logs'])} logs")
