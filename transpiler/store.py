"""Programs kept for the next time: by translator, code, kind and rule set, in the process and on disk.

Shape: a file a program, `DIGEST BODY`; its name is the hash of what the translation depends on.
Sound because: no file is trusted. One whose digest, code, kind, rule set or lint is not right counts as none, and is written anew.
"""

from __future__ import annotations

import os
import secrets
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import Final

from zkvm.errors import InputError
from zkvm.isa.encode import ISA_DIGEST
from zkvm.lint import lint
from zkvm.program import KINDS, Kind, Program
from zkvm.word import keccak256

VARIABLE: Final = "SOL2ZK_CACHE"
"""Environment variable: the folder of programs; `off` keeps none on disk."""
DISK_BYTES: Final = 512 << 20
MEMORY_BYTES: Final = 16 << 20
_DIGEST_BYTES: Final = 32
_SUFFIX: Final = ".program"


@cache
def translator_digest() -> bytes:
    """keccak256 of the sources that a translation comes from, and of the instruction table."""
    root = Path(__file__).resolve().parents[1]
    files = [*root.glob("transpiler/**/*.py"), *root.glob("zkvm/*.py"), *root.glob("zkvm/isa/*.py")]
    named = [(file.relative_to(root).as_posix().encode(), file.read_bytes()) for file in sorted(files)]
    return keccak256(ISA_DIGEST + b"".join(keccak256(name) + keccak256(text) for name, text in named))


def folder() -> Path | None:
    """Where programs are kept on disk, or None."""
    stated = os.environ.get(VARIABLE)
    if stated is not None:
        return None if stated in ("", "off") else Path(stated)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "sol2zk" / "programs"


@cache
def process_store() -> Store:
    """The store of this process."""
    return Store(folder())


class Store:
    """Programs by code object. Units: `disk_bytes` and `memory_bytes` bound what is kept; the longest unused go first."""

    def __init__(self, place: Path | None, disk_bytes: int = DISK_BYTES, memory_bytes: int = MEMORY_BYTES) -> None:
        self.place = place
        self.disk_bytes, self.memory_bytes = disk_bytes, memory_bytes
        self._kept: OrderedDict[str, Program] = OrderedDict()
        self._kept_bytes = 0
        self._written_bytes = disk_bytes  # so that the first write looks at what is there

    def get(self, code: bytes, kind: Kind, fork: str) -> Program | None:
        """The program of a code object, if it was kept."""
        name = _name(code, kind, fork)
        if (known := self._kept.get(name)) is not None:
            self._kept.move_to_end(name)
            return known
        if self.place is None or (found := _read(self.place / name, code, kind, fork)) is None:
            return None
        self._remember(name, found)
        return found

    def keep(self, program: Program) -> None:
        """Keep a program. A disk that refuses is no error: the program is translated again another time."""
        name = _name(program.code, program.kind, program.fork)
        self._remember(name, program)
        if self.place is not None:
            try:
                self._write(self.place, name, keccak256(program.body) + program.body)
            except OSError:
                self.place = None

    def _remember(self, name: str, program: Program) -> None:
        if name not in self._kept:
            self._kept_bytes += len(program.body)
        self._kept[name] = program
        while self._kept_bytes > self.memory_bytes and len(self._kept) > 1:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1].body)

    def _write(self, place: Path, name: str, data: bytes) -> None:
        """Whole or not at all. Not flushed to the device: what a crash leaves fails its digest."""
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = place / f".{name}.{secrets.token_hex(8)}"
        try:
            temporary.write_bytes(data)
            os.replace(temporary, place / name)
        finally:
            temporary.unlink(missing_ok=True)
        self._written_bytes += len(data)
        if self._written_bytes > self.disk_bytes // 16:
            self._written_bytes = 0
            _trim(place, self.disk_bytes)


def _name(code: bytes, kind: Kind, fork: str) -> str:
    made_of = translator_digest() + keccak256(code) + bytes([KINDS.index(kind)]) + fork.encode()
    return keccak256(made_of).hex() + _SUFFIX


def _read(path: Path, code: bytes, kind: Kind, fork: str) -> Program | None:
    try:
        data = path.read_bytes()
        body = data[_DIGEST_BYTES:]
        if keccak256(body) != data[:_DIGEST_BYTES]:
            return None
        program = Program.decode(body)
        if (program.code, program.kind, program.fork) != (code, kind, fork):
            return None
        lint(program)
        os.utime(path)
    except (OSError, InputError):
        return None
    return program


def _trim(place: Path, limit_bytes: int) -> None:
    """Deletes the files that were not used for the longest, down to three quarters of the limit, if they are more than the limit."""
    found = []
    for entry in os.scandir(place):
        try:
            about = entry.stat()
        except FileNotFoundError:  # another process has deleted it
            continue
        if entry.name.endswith(_SUFFIX) or entry.name.startswith("."):
            found.append((about.st_mtime, about.st_size, entry.path))
    total = sum(size for _, size, _ in found)
    if total <= limit_bytes:
        return
    for _, size, path in sorted(found):
        if total <= limit_bytes * 3 // 4:
            return
        Path(path).unlink(missing_ok=True)
        total -= size
