"""Contracts that a call file names: `File.sol:Name`, of the input itself, beside the call file, or of a package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from audit.inputs.calls import CallFile
from audit.inputs.request import Subject, subject_of
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, Contract
from transpiler.solc.load import load
from transpiler.solc.project import OWN_ROOT, node_modules_above
from zkvm.errors import InputError, Place


def named_subjects(
    file: CallFile, artifact: Artifact | None, settings: Settings, known: Mapping[str, Subject] | None = None
) -> dict[str, Subject]:
    """The contracts that the creates of a call file name, by the names as written; those that are known already stay.

    Shape: a name is looked up among the contracts of `artifact`, then as a file beside the call file, then in the packages
    above it. Where that is the file of `artifact`, the contract is the one of `artifact`, however it was compiled. The version of the
    compiler that was chosen for the input is not used for other files.
    Raises: InputError if a name leads nowhere; CompileError if its file does not compile.
    """
    loaded: dict[Path, Artifact] = {}
    before = known or {}
    return {name: before.get(name) or _subject(name, file, artifact, settings, loaded) for name in file.named}


def _subject(name: str, file: CallFile, artifact: Artifact | None, settings: Settings, loaded: dict[Path, Artifact]) -> Subject:
    for each in () if artifact is None else artifact.contracts:
        if name in (each.name, f"{each.file}:{each.name}"):
            return subject_of(each)
    unit, _, contract = name.rpartition(":")
    place = Place(next(call.place for call in file.calls if call.contract == name))
    path = _find(unit, Path(file.place).parent) if unit else None
    if path is None:
        raise InputError(
            "no-such-contract", f"no contract {name!r} is in the input, beside the call file or in a package", place,
            'name it "File.sol:Name", the file as seen from the call file or from node_modules',
        )  # fmt: skip
    if artifact is not None and (own := _own(path, contract, artifact)) is not None:
        return subject_of(own)
    chosen = replace(settings, contract=contract, solc=None, creation=False)
    if path not in loaded:
        loaded[path] = load(path, replace(chosen, contract=None) if path.suffix != ".sol" else chosen)
    return subject_of(loaded[path].contract(contract))


def _own(path: Path, contract: str, artifact: Artifact) -> Contract | None:
    """The contract of that name in the artifact, if the artifact comes from that file."""
    if not Path(artifact.path).is_file() or not path.samefile(artifact.path):
        return None
    found = [each for each in artifact.contracts if each.name == contract]
    return found[0] if len(found) == 1 else None


def _find(unit: str, folder: Path) -> Path | None:
    """The file of a source unit's name."""
    here = folder.resolve()
    for candidate in (folder / unit, *(each / unit for each in node_modules_above(here)), OWN_ROOT / "node_modules" / unit):
        if candidate.is_file():
            return candidate
    return None
