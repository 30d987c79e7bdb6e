"""The programs that an input pins in a receipt: its code, translated again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from audit.inputs.request import Subject, subject_of
from transpiler.solc.artifact import Artifact, CodeObject, Contract, Kind
from transpiler.translate import translate
from zkvm.word import keccak256

NOBODY: Final = Subject("contract", None, None)
"""A subject of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Pins:
    """What inputs pin in a receipt."""

    digests: tuple[bytes, ...] = ()
    """Of programs that the receipt runs."""
    subject: Subject = NOBODY
    """The code that `contract` is expected to have, or to be created with."""
    idle: str | None = None
    """The input of which the receipt runs nothing, if there is one: it is then not what was expected."""


def pins(artifacts: Sequence[Artifact], claimed: Mapping[str, Any]) -> Pins:
    """What inputs pin in a receipt, of which `claimed` is the verdict.

    Shape: of an input with several contracts, the one that --contract names, else those whose code the receipt runs. The subject is the
    first whose code `contract` has or is created with, else the first.
    Sound because: every digest is that of a translation of the input's code, and is among those that the receipt runs; code with immutables
    is translated as a create of the receipt returned it, and only if it is the input's code outside their places; unlinked code is no code.

    Raises: InputError if no input has the contract named, or a library's address is missing.
    """
    digests: list[bytes] = []
    subjects: list[tuple[bool, Subject]] = []
    for artifact in artifacts:
        running = [(each, _running(each, claimed)) for each in _named(artifact, artifacts)]
        for contract, codes in running:
            if codes or any(_is_template_of(code, claimed) for code in contract.objects if code.unlinked):
                subjects.append((_fits(codes, claimed), subject_of(contract)))
        if not any(codes for _, codes in running):
            return Pins(idle=artifact.path)
        digests += [translate(data, artifact.fork, kind).program.digest for _, codes in running for kind, data in codes]
    return Pins(tuple(dict.fromkeys(digests)), _merged(subjects))


def _named(artifact: Artifact, artifacts: Sequence[Artifact]) -> list[Contract]:
    """The contracts of an input that a receipt is held against; --contract leaves alone other inputs that have one contract only."""
    name = artifact.settings.contract
    if name is None:
        return list(artifact.contracts)
    here = [each for each in artifact.contracts if name in (each.name, f"{each.file}:{each.name}")]
    if not here and len(artifact.contracts) == 1 and len(artifacts) > 1:
        return list(artifact.contracts)
    return [artifact.contract(name)]


def _merged(subjects: list[tuple[bool, Subject]]) -> Subject:
    """The subject: of inputs that give its creation and its runtime code apart, both."""
    merged = NOBODY
    for _, each in sorted(subjects, key=lambda item: not item[0]):
        if merged.runtime is None and each.runtime is not None:
            merged = replace(merged, runtime=each.runtime, template=each.template)
        if merged.creation is None:
            merged = replace(merged, creation=each.creation)
    return merged


def _fits(codes: list[tuple[Kind, bytes]], claimed: Mapping[str, Any]) -> bool:
    """Whether `contract` of the receipt has some of this code before its calls, or is created with it."""
    address = claimed["contract"]
    returned = {call["return_data"] for call in claimed["calls"] if call["create"] and call["to"] == address}
    if returned:
        return any(kind == "creation" or "0x" + data.hex() in returned for kind, data in codes)
    before = claimed["before"].get(address, {}).get("code_hash")
    return any("0x" + keccak256(data).hex() == before for _, data in codes)


def _is_template_of(code: CodeObject, claimed: Mapping[str, Any]) -> bool:
    """Whether some code of the receipt is this code but for its placeholders."""
    stated = (account.get("code", "0x") for side in ("before", "after") for account in claimed[side].values())
    returned = (call["return_data"] for call in claimed["calls"] if call["create"])
    return any(alike(bytes.fromhex(each[2:]), code) for each in {*stated, *returned})


def _running(contract: Contract, claimed: Mapping[str, Any]) -> list[tuple[Kind, bytes]]:
    """The contract's code that the receipt runs."""
    ran = {(each["kind"], each["code_hash"]) for each in claimed["programs"]}
    codes = [(code.kind, data) for code in contract.objects for data in _concrete(code, claimed)]
    return [(kind, data) for kind, data in codes if (kind, "0x" + keccak256(data).hex()) in ran]


def _concrete(code: CodeObject, claimed: Mapping[str, Any]) -> list[bytes]:
    """The code as it runs: what creates of the receipt returned where it has immutables; nothing if libraries are not linked."""
    if code.unlinked:
        return []
    return _returned(code, claimed) if code.template and code.kind == "runtime" else [code.code]


def _returned(code: CodeObject, claimed: Mapping[str, Any]) -> list[bytes]:
    """What creates of the receipt returned, where it is this code with its immutables set."""
    creates = (call for call in claimed["calls"] if call["create"] and call["status"] == "success")
    found = dict.fromkeys(bytes.fromhex(call["return_data"][2:]) for call in creates)
    return [each for each in found if alike(each, code)]


def alike(data: bytes, code: CodeObject) -> bool:
    """Whether bytes are those of a code object but for its placeholders."""
    return _masked(data, code) == _masked(code.code, code)


def _masked(data: bytes, code: CodeObject) -> bytes:
    bare = bytearray(data)
    for each in code.placeholders:
        bare[each.start : each.start + each.length] = bytes(each.length)
    return bytes(bare)
