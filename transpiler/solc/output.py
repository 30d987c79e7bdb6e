"""Standard JSON output and other tools' artefacts, read into contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transpiler.errors import CompileError, InputError, Place
from transpiler.solc.artifact import CodeObject, Contract, Kind, Placeholder, Source
from transpiler.solc.hexcode import decode_object
from transpiler.solc.sourcemap import instruction_starts

_LIBRARY_PROLOGUE = (b"\x73" + bytes(20), b"\x30\x14")


def raise_on_errors(output: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """The warnings of a compiler run.

    Raises: CompileError with the compiler's own messages if it reported errors.
    """
    reported = [each for each in _list(output.get("errors")) if isinstance(each, dict)]
    errors = [each for each in reported if each.get("severity") == "error"]
    if errors:
        texts = [str(each.get("formattedMessage") or each.get("message") or "").strip() for each in errors]
        raise CompileError(
            "does-not-compile",
            "\n".join(texts),
            _place(errors[0], path),
            f"{len(errors)} error{'s' * (len(errors) > 1)} from the compiler",
        )
    return tuple(str(each.get("formattedMessage") or each.get("message") or "").strip() for each in reported)


def _place(error: Mapping[str, Any], path: str) -> Place:
    location = error.get("sourceLocation")
    return Place(str(location["file"])) if isinstance(location, dict) and location.get("file") else Place(path)


def read_contracts(output: Mapping[str, Any], place: Place) -> tuple[Contract, ...]:
    """The contracts with code of a standard JSON output, in order of file and name.

    Raises: InputError if the output is malformed.
    """
    found = []
    for file, contracts in _items(output.get("contracts")):
        for name, body in _items(contracts):
            contract = _contract(name, file, body, place)
            if contract is not None:
                found.append(contract)
    return tuple(found)


def read_sources(output: Mapping[str, Any], contents: Mapping[str, str], paths: Mapping[str, str]) -> tuple[Source, ...]:
    """The source units by the index that source maps use."""
    ids = {
        body["id"]: name for name, body in _items(output.get("sources")) if isinstance(body, dict) and type(body.get("id")) is int
    }
    if not ids or not 0 <= max(ids) < 1 << 16:
        return ()
    names = [ids.get(index, "") for index in range(max(ids) + 1)]
    return tuple(Source(name, contents.get(name), paths.get(name)) for name in names)


def read_flat_artefact(body: Mapping[str, Any], name: str, file: str, place: Place) -> Contract | None:
    """The contract of a Hardhat, Foundry, Truffle or Waffle artefact: one contract, its code at the top or under `evm`.

    Raises: InputError if its code is malformed.
    """
    inner = body.get("evm")
    evm = dict(inner) if isinstance(inner, dict) else {}
    for key, references in (("bytecode", "linkReferences"), ("deployedBytecode", "deployedLinkReferences")):
        value = body.get(key)
        if isinstance(value, str) and key not in evm:
            evm[key] = {"object": value, "linkReferences": body.get(references), "sourceMap": _text(body.get(_map_key(key)))}
        elif isinstance(value, dict):
            evm.setdefault(key, value)
    deployed = evm.get("deployedBytecode")
    if isinstance(deployed, dict) and "immutableReferences" not in deployed:
        deployed = evm["deployedBytecode"] = {**deployed, "immutableReferences": body.get("immutableReferences")}
    return _contract(name, file, {"abi": body.get("abi"), "evm": evm, "storageLayout": body.get("storageLayout")}, place)


def _map_key(key: str) -> str:
    return "sourceMap" if key == "bytecode" else "deployedSourceMap"


def _contract(name: str, file: str, body: Any, place: Place) -> Contract | None:
    if not isinstance(body, dict):
        raise InputError("artefact-malformed", f"the entry of contract {name} is not an object", place)
    evm = body.get("evm")
    evm = evm if isinstance(evm, dict) else {}
    where = Place(f"{place.what}: {name}")
    creation = _code("creation", evm.get("bytecode"), where)
    runtime = _code("runtime", evm.get("deployedBytecode"), where)
    if creation is None and runtime is None:
        return None
    abi = body.get("abi")
    layout = body.get("storageLayout")
    return Contract(
        name,
        file,
        creation,
        runtime,
        tuple(each for each in abi if isinstance(each, dict)) if isinstance(abi, list) else None,
        layout if isinstance(layout, dict) else None,
    )


def _code(kind: Kind, body: Any, place: Place) -> CodeObject | None:
    if not isinstance(body, dict) or not _text(body.get("object")):
        return None
    code, libraries = decode_object(_text(body["object"]), place)
    if not code:
        return None
    references = body.get("immutableReferences")
    immutables = _immutables(references) if isinstance(references, dict) else _zero_words(code) if kind == "runtime" else ()
    placeholders = {*libraries, *_links(body.get("linkReferences")), *immutables}
    named = {(each.start, each.length) for each in placeholders if each.kind == "library" and not each.name.startswith("__")}
    kept = [
        each
        for each in placeholders
        if each.kind != "library" or not each.name.startswith("__") or (each.start, each.length) not in named
    ]
    if kind == "runtime" and code.startswith(_LIBRARY_PROLOGUE[0]) and code[21:23] == _LIBRARY_PROLOGUE[1]:
        kept.append(Placeholder(1, 20, "self", "address of this library"))
    if any(each.start < 0 or each.length <= 0 or each.start + each.length > len(code) for each in kept):
        raise InputError("artefact-malformed", f"a placeholder lies outside the {kind} code", place)
    return CodeObject(kind, code, _text(body.get("sourceMap")), tuple(sorted(kept)))


def _links(references: Any) -> Iterator[Placeholder]:
    for file, libraries in _items(references):
        for library, spots in _items(libraries):
            for start, length in _spots(spots):
                yield Placeholder(start, length, "library", f"{file}:{library}")


def _immutables(references: Any) -> Iterator[Placeholder]:
    for identifier, spots in _items(references):
        for start, length in _spots(spots):
            yield Placeholder(start, length, "immutable", identifier)


def _zero_words(code: bytes) -> Iterator[Placeholder]:
    """Where immutables must be if the artefact does not say: PUSH32 of 0, which a compiler writes for nothing else."""
    for pc in instruction_starts(code):
        if code[pc] == 0x7F and code[pc + 1 : pc + 33] == bytes(32):
            yield Placeholder(pc + 1, 32, "immutable", f"pushed at pc {pc:#x}")


def _spots(spots: Any) -> Iterator[tuple[int, int]]:
    for each in _list(spots):
        if isinstance(each, dict) and type(each.get("start")) is int and type(each.get("length")) is int:
            yield each["start"], each["length"]


def _items(value: Any) -> list[tuple[str, Any]]:
    return sorted((str(key), each) for key, each in value.items()) if isinstance(value, dict) else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
