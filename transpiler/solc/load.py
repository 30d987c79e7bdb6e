"""Any input that people bring, as an `Artifact`: the one entrance of this package."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from transpiler.errors import InputError, Place
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, CodeObject, Contract
from transpiler.solc.compiler import toolbox
from transpiler.solc.hexcode import MAX_HEX_FILE_BYTES, decode_hex
from transpiler.solc.json_input import load_json
from transpiler.solc.link import link
from transpiler.solc.output import raise_on_errors, read_contracts, read_sources
from transpiler.solc.project import open_project
from transpiler.solc.sources import SourceTree, read_text, read_tree
from transpiler.solc.version import Version

OUTPUTS: Final = (
    "abi",
    "evm.bytecode.object",
    "evm.bytecode.sourceMap",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.sourceMap",
    "evm.deployedBytecode.linkReferences",
    "evm.deployedBytecode.immutableReferences",
    "storageLayout",
)
FIRST_VIA_IR: Final = Version(0, 8, 0)
"""Older compilers ignore the setting, refuse it as unknown, or break down on it."""
HEX_SUFFIXES: Final = {".hex": "runtime", ".bin": "creation", ".bin-runtime": "runtime"}


def load(path: Path | str, settings: Settings | None = None) -> Artifact:
    """The artefact of an input file: `.sol`, `.json` (standard JSON in or out, build-info, artefacts), `.hex`, `.bin`.

    Raises: InputError if the file is missing or malformed; CompileError if it does not compile.
    """
    chosen = settings or Settings()
    file = Path(path)
    place = Place(str(path))
    if file.is_dir():
        raise InputError("is-a-folder", "this is a folder, not a file", place, "name the files themselves")
    if not file.exists():
        raise InputError("no-such-file", "there is no such file", place)
    suffix = file.suffix.lower()
    if suffix == ".sol":
        artifact = _load_solidity(file, chosen)
    elif suffix == ".json":
        artifact = load_json(file, chosen, OUTPUTS)
    elif suffix in HEX_SUFFIXES:
        artifact = _load_hex(file, chosen)
    else:
        raise InputError(
            "input-unknown",
            f"a file named *{suffix} is none of our inputs",
            place,
            "inputs are .sol, .json, .hex, .bin and .bin-runtime",
        )
    if suffix != ".sol" and (ignored := _unused_options(chosen, suffix in HEX_SUFFIXES)):
        artifact = replace(artifact, notes=(*artifact.notes, f"{', '.join(ignored)}: not used, the file states its own settings"))
    if not artifact.contracts:
        raise InputError(
            "no-contract", "the input has no contract with code", place, "interfaces and abstract contracts have none"
        )
    return replace(artifact, contracts=tuple(link(each, artifact.settings.libraries) for each in artifact.contracts))


def _unused_options(settings: Settings, hexadecimal: bool) -> list[str]:
    """The options that say how to compile, as far as they are given, and where there is nothing to compile or link those for that."""
    given: dict[str, object] = {
        "--optimize": settings.optimize,
        "--runs": settings.runs,
        "--via-ir": settings.via_ir,
        "--evm-version": settings.evm_version,
    }
    if hexadecimal:
        given |= {"--solc": settings.solc, "--libraries": settings.libraries or None}
    return [name for name, value in given.items() if value is not None] + ["--remap"] * bool(settings.remappings)


def _load_hex(file: Path, settings: Settings) -> Artifact:
    code = decode_hex(read_text(file, MAX_HEX_FILE_BYTES), str(file))
    creation = settings.creation or HEX_SUFFIXES[file.suffix.lower()] == "creation"
    made = CodeObject("creation" if creation else "runtime", code)
    contract = Contract(
        file.name.partition(".")[0] or file.name, file.name, made if creation else None, None if creation else made
    )
    return Artifact(str(file), (contract,), settings=settings)


def _load_solidity(file: Path, chosen: Settings) -> Artifact:
    absolute = _plain(Path.cwd() / file)
    project = open_project(absolute, chosen)
    tree = read_tree(absolute, project)
    settings = replace(project.settings, remappings=tuple(str(each) for each in project.remappings))
    tools = toolbox(project.packages, settings.offline)
    version = tools.choose(tree.ranges, settings.solc, tree.pragma_place)
    if settings.via_ir and version < FIRST_VIA_IR:
        raise InputError(
            "no-via-ir", f"solc {version} does not compile through Yul", tree.pragma_place, f"solc {FIRST_VIA_IR} and newer do"
        )
    run = tools.compile(version, _standard_input(tree, settings))
    warnings = raise_on_errors(run.output, str(file))
    contracts = read_contracts(run.output, Place(str(file)))
    if settings.contract is None:
        contracts = tuple(each for each in contracts if each.file == tree.main.name)
    sources = read_sources(
        run.output, {unit.name: unit.content for unit in tree.units}, {unit.name: str(unit.path) for unit in tree.units}
    )
    return Artifact(str(file), contracts, sources, run.compiler, settings, warnings, run.notes)


def _plain(path: Path) -> Path:
    """The path without `..`, unless that is another file: code holds a hash of the names of its units, which come from paths."""
    plain = Path(os.path.normpath(path))
    return plain if plain.is_file() and plain.samefile(path) else path


def _standard_input(tree: SourceTree, settings: Settings) -> dict[str, Any]:
    selected = tree.main.name if settings.contract is None else "*"
    return {
        "language": "Solidity",
        "sources": {unit.name: {"content": unit.content} for unit in tree.units},
        "settings": {**settings.compiler_settings(), "outputSelection": {selected: {"*": list(OUTPUTS)}}},
    }
