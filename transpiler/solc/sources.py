"""The closure of a source file under its imports: every source unit by the name under which the compiler looks for it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from transpiler.errors import InputError, Place
from transpiler.solc.project import Project, node_modules_above, remap
from transpiler.solc.scan import Mention, Scan, line_and_column, scan
from transpiler.solc.version import Range, parse_range

MAX_SOURCE_BYTES: Final = 8 << 20
MAX_UNITS: Final = 4096


@dataclass(frozen=True, slots=True)
class Unit:
    """A source unit as read."""

    name: str
    path: Path
    content: str
    scan: Scan


@dataclass(frozen=True, slots=True)
class SourceTree:
    """A file and all that it imports, the file first."""

    main: Unit
    units: tuple[Unit, ...]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """What all pragmas ask of the compiler's version.

        Raises: InputError if one is malformed.
        """
        return tuple(_range(unit, pragma) for unit in self.units for pragma in unit.scan.pragmas)

    @property
    def pragma_place(self) -> Place:
        """The first file's own pragma, or the file."""
        pragmas = self.main.scan.pragmas
        return _place(self.main, pragmas[0]) if pragmas else Place(str(self.main.path))


def read_tree(file: Path, project: Project) -> SourceTree:
    """Read a source file and what it imports.

    Raises: InputError if a file is missing, too large or not UTF-8.
    """
    name = file.relative_to(project.root).as_posix()
    main = _read(name, file)
    if not main.content.strip():
        raise InputError("source-empty", "the file is empty", Place(str(file)))
    units = {name: main}
    waiting = [main]
    while waiting:
        unit = waiting.pop()
        for mention in unit.scan.imports:
            imported = _imported_name(unit, mention, project)
            if imported in units:
                continue
            units[imported] = _read(imported, _find(imported, unit, mention, project))
            if len(units) > MAX_UNITS:
                raise InputError("too-many-sources", f"the input imports more than {MAX_UNITS} files", Place(str(file)))
            waiting.append(units[imported])
    return SourceTree(main, tuple(units.values()))


def _imported_name(unit: Unit, mention: Mention, project: Project) -> str:
    path = mention.text
    if path.startswith(("./", "../")):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(unit.name), path))
        if path.startswith("../"):
            raise InputError("import-outside-project", f"the import leaves the project {project.root}", _place(unit, mention))
    return remap(path, unit.name, project.remappings)


def _find(name: str, unit: Unit, mention: Mention, project: Project) -> Path:
    relative = posixpath.normpath(name)
    if relative.startswith(("../", "/")) or relative == "..":
        raise InputError(
            "import-outside-project", f"the import {mention.text!r} leaves the project {project.root}", _place(unit, mention)
        )
    for folder in (project.root, *node_modules_above(unit.path.parent), *project.packages):
        candidate = folder / relative
        if candidate.is_file():
            return candidate
    raise InputError(
        "import-not-found",
        f"the imported file {mention.text!r} is not there",
        _place(unit, mention),
        "install its npm package, or give a remapping: --remap prefix=folder",
    )


def _read(name: str, path: Path) -> Unit:
    content = read_text(path)
    return Unit(name, path, content, scan(content))


def read_text(path: Path, limit: int = MAX_SOURCE_BYTES) -> str:
    """The text of a file of bounded size.

    Raises: InputError if it cannot be read, is too large, or is not UTF-8.
    """
    data = read_bytes(path, limit)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "not-text", f"byte {error.start} is not UTF-8", Place(str(path)), "text files are read as UTF-8"
        ) from error


def read_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a file of bounded size.

    Raises: InputError if it cannot be read or is too large.
    """
    place = Place(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise InputError("no-such-file", "there is no such file", place) from error
    except IsADirectoryError as error:
        raise InputError("is-a-folder", "this is a folder, not a file", place, "name the files themselves") from error
    except OSError as error:
        raise InputError("file-not-read", f"cannot read: {error.strerror or error}", place) from error
    if len(data) > limit:
        raise InputError("file-too-large", f"the file is larger than {limit} bytes", place)
    return data


def _range(unit: Unit, pragma: Mention) -> Range:
    found = parse_range(pragma.text)
    if found is None:
        raise InputError(
            "pragma-malformed",
            f"{pragma.text!r} is not a range of compiler versions",
            _place(unit, pragma),
            "write, for example, ^0.8.20",
        )
    return found


def _place(unit: Unit, mention: Mention) -> Place:
    line, column, text = line_and_column(unit.content, mention.offset)
    return Place(str(unit.path), line, column, text)
