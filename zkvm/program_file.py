"""Program files (`.szk`, ISA 7.3): a program's body with a name and a source map that nothing trusts."""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zkvm.errors import InputError, Place
from zkvm.program import Program

FORMAT: Final[str] = "sol2zk-program/1"

Source = tuple[int, int, int]
"""File index, start, length (bytes)."""


@dataclass(frozen=True, slots=True)
class ProgramFile:
    """A program as a file holds it."""

    program: Program
    name: str = ""
    source_map: tuple[tuple[int, int, Source | None], ...] = ()
    """(identifier, EVM pc, source)."""
    sources: tuple[str, ...] = ()


def write_file(path: Path | str, file: ProgramFile) -> None:
    """Write a program file whole or not at all.

    Raises: InputError if the path cannot be written.
    """
    write_whole(Path(path), file_bytes(file))


def file_bytes(file: ProgramFile) -> bytes:
    """The bytes of a program file."""
    program = file.program
    document = {
        "format": FORMAT,
        "name": file.name,
        "kind": program.kind,
        "fork": program.fork,
        "code_hash": "0x" + program.code_hash.hex(),
        "program_digest": "0x" + program.digest.hex(),
        "body": "0x" + program.body.hex(),
        "source_map": file.source_map,
        "sources": file.sources,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def write_whole(path: Path, data: bytes) -> None:
    """Write bytes to a file by way of a temporary one, so that no half-written file is left.

    Shape: a link stays one, a file that is replaced keeps its mode; a device, a pipe or a socket is written to as it is.

    Raises: InputError if that fails.
    """
    try:
        mode = os.stat(path).st_mode if path.exists() else None
        if mode is None or stat.S_ISREG(mode):
            _replace(Path(os.path.realpath(path)), data, mode)
        else:
            with path.open("wb") as stream:
                stream.write(data)
    except OSError as error:
        raise InputError("file-not-written", f"cannot write: {error.strerror or error}", Place(str(path))) from error


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_file(path: Path | str) -> ProgramFile:
    """Read a program file.

    Raises: InputError if there is none, or it is not one.
    """
    place = Place(str(path))
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise InputError("file-not-read", f"cannot read: {error.strerror or error}", place) from error
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("program-file-malformed", f"not a program file: {error}", place) from error
    try:
        return _parse(document, place)
    except InputError as error:
        raise InputError(error.code, error.message, place, error.hint) from error


def _parse(document: Any, place: Place) -> ProgramFile:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("program-file-malformed", f'not a program file: "format" is not "{FORMAT}"', place)
    try:
        body = document["body"]
        if not isinstance(body, str) or not body.startswith("0x"):
            raise ValueError("the body is not 0x-hex")
        program = Program.decode(bytes.fromhex(body[2:]))
        source_map = tuple((_index(i), _index(pc), _source(source)) for i, pc, source in document.get("source_map", ()))
        sources = tuple(str(name) for name in document.get("sources", ()))
        return ProgramFile(program, str(document.get("name", "")), source_map, sources)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("program-file-malformed", f"not a program file: {error!r}", place) from error


def _index(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 32:
        raise ValueError(f"{value!r} is not an index")
    return value


def _source(value: Any) -> Source | None:
    if value is None:
        return None
    index, start, length = value
    return _index(index), _index(start), _index(length)
