"""JSON inputs: standard JSON in and out, Hardhat's and Foundry's build-info, and artefacts of one contract."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from transpiler.errors import InputError, Place
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, Compiler
from transpiler.solc.compiler import toolbox
from transpiler.solc.output import raise_on_errors, read_contracts, read_flat_artefact, read_sources
from transpiler.solc.project import OWN_ROOT, node_modules_above
from transpiler.solc.scan import line_and_column, scan
from transpiler.solc.sources import read_text
from transpiler.solc.version import Range, parse_range

MAX_JSON_BYTES: Final = 256 << 20


def parse_json(file: Path, limit: int = MAX_JSON_BYTES, unique: bool = False) -> Any:
    """The value in a JSON file; with `unique`, no object may have two members of one name.

    Raises: InputError with the place if it is not JSON.
    """
    text = read_text(file, limit)
    try:
        return json.loads(text, object_pairs_hook=_unique_members if unique else None)
    except json.JSONDecodeError as error:
        line, column, shown = line_and_column(text, min(error.pos, len(text)))
        place = Place(str(file), line, column, shown if len(shown) <= 160 else None)
        raise InputError("not-json", f"this is not JSON: {error.msg}", place) from error
    except (RecursionError, ValueError) as error:
        raise InputError(
            "not-json", "this JSON is nested too deeply or has a number that is too long", Place(str(file))
        ) from error


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise InputError("not-json", f"an object has two members named {twice!r}")
    return members


def load_json(file: Path, settings: Settings, outputs: Sequence[str]) -> Artifact:
    """The artefact of a JSON input, by what the file itself says it is.

    Raises: InputError if it is none that we know; CompileError if it does not compile.
    """
    body = parse_json(file)
    place = Place(str(file))
    if not isinstance(body, dict):
        raise InputError("artefact-unknown", "the JSON is not an object", place)
    if "language" in body and "sources" in body:
        return _compile(file, body, settings, outputs)
    if isinstance(body.get("output"), dict) or "hh3-sol-build-info" in str(body.get("_format")):
        return _read_build_info(file, body, settings)
    if isinstance(body.get("contracts"), dict) and ("sources" in body or "errors" in body):
        return _read_output(file, body, {}, None, settings)
    if "errors" in body:
        raise_on_errors(body, str(file))
    if any(key in body for key in ("bytecode", "deployedBytecode", "evm")):
        return _read_artefact(file, body, settings)
    raise InputError(
        "artefact-unknown",
        "this JSON is none of the forms that we read",
        place,
        "they are standard JSON input and output, build-info, and artefacts with bytecode",
    )


def _compile(file: Path, body: dict[str, Any], settings: Settings, outputs: Sequence[str]) -> Artifact:
    place = Place(str(file))
    if body["language"] != "Solidity" or not isinstance(body["sources"], dict):
        raise InputError("artefact-unknown", "only standard JSON input in the language Solidity is compiled", place)
    contents = {str(name): _content(file, str(name), source) for name, source in body["sources"].items()}
    given = body.get("settings")
    merged = {**(given if isinstance(given, dict) else {}), "outputSelection": {"*": {"*": list(outputs)}}}
    tools = toolbox([*node_modules_above(file.resolve().parent), OWN_ROOT / "node_modules"], settings.offline)
    version = tools.choose(_ranges(file, contents), settings.solc, place)
    standard_input = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in contents.items()},
        "settings": merged,
    }
    run = tools.compile(version, standard_input)
    warnings = raise_on_errors(run.output, str(file))
    sources = read_sources(run.output, contents, {})
    return Artifact(str(file), read_contracts(run.output, place), sources, run.compiler, settings, warnings, run.notes)


def _content(file: Path, name: str, source: Any) -> str:
    if isinstance(source, dict) and isinstance(source.get("content"), str):
        return str(source["content"])
    urls = source.get("urls") if isinstance(source, dict) else None
    for url in urls if isinstance(urls, list) else []:
        relative = posixpath.normpath(str(url))
        if "://" not in str(url) and not relative.startswith(("/", "../")):
            return read_text(file.parent / relative)
    raise InputError(
        "source-not-given",
        f"the source {name} has no content",
        Place(str(file)),
        "give content, or a url inside the folder of the file",
    )


def _ranges(file: Path, contents: Mapping[str, str]) -> list[Range]:
    ranges = []
    for name, text in contents.items():
        for pragma in scan(text).pragmas:
            found = parse_range(pragma.text)
            if found is None:
                raise InputError(
                    "pragma-malformed", f"{pragma.text!r} is not a range of compiler versions", Place(f"{file}: {name}")
                )
            ranges.append(found)
    return ranges


def _read_build_info(file: Path, body: dict[str, Any], settings: Settings) -> Artifact:
    output = body.get("output")
    if not isinstance(output, dict):
        beside = file.with_name(file.name.removesuffix(".json") + ".output.json")
        second = parse_json(beside)
        output = second.get("output") if isinstance(second, dict) else None
    if not isinstance(output, dict):
        raise InputError("artefact-malformed", "the build-info has no output", Place(str(file)))
    given = body.get("input")
    sources = given.get("sources") if isinstance(given, dict) else None
    contents = {
        str(name): each["content"]
        for name, each in (sources.items() if isinstance(sources, dict) else ())
        if isinstance(each, dict) and isinstance(each.get("content"), str)
    }
    version = str(body.get("solcLongVersion") or body.get("solcVersion") or "")
    return _read_output(file, output, contents, Compiler(version, "recorded") if version else None, settings)


def _read_output(
    file: Path, output: dict[str, Any], contents: Mapping[str, str], compiler: Compiler | None, settings: Settings
) -> Artifact:
    warnings = raise_on_errors(output, str(file))
    contracts = read_contracts(output, Place(str(file)))
    return Artifact(str(file), contracts, read_sources(output, contents, {}), compiler, settings, warnings)


def _read_artefact(file: Path, body: dict[str, Any], settings: Settings) -> Artifact:
    metadata = body.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            metadata = None
    metadata = metadata if isinstance(metadata, dict) else {}
    inner = metadata.get("settings")
    target = inner.get("compilationTarget") if isinstance(inner, dict) else None
    source, named = next(iter(target.items()), (None, None)) if isinstance(target, dict) else (None, None)
    name = str(body.get("contractName") or named or file.stem)
    contract = read_flat_artefact(body, name, str(body.get("sourceName") or source or file.name), Place(str(file)))
    made = metadata.get("compiler") or body.get("compiler")
    version = made.get("version") if isinstance(made, dict) else None
    compiler = Compiler(str(version), "recorded") if version else None
    return Artifact(str(file), () if contract is None else (contract,), compiler=compiler, settings=settings)
