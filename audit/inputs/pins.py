"""The programs that an input pins in a receipt: its code, translated again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from audit.inputs.request import Subject, subject_of
from transpiler.solc.artifact import Artifact, CodeObject, Contract, Kind
from transpiler.translate import translate
from zkvm.errors import InputError, Place
from zkvm.word import keccak256


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
    codes = [each for contract in contracts for each in _running(contract, claimed)] or [_some_code(artifact, contracts)]
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


def _some_code(artifact: Artifact, contracts: list[Contract]) -> tuple[Kind, bytes]:
    """Some code of contracts of which the receipt runs none: its program is what is then missing.

    Raises: InputError if there is no code.
    """
    for contract in contracts:
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
