"""Choosing a compiler and running it: native where it is in place, else npm's soljson, with a cache keyed by content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transpiler.errors import InputError, Place
from transpiler.solc import native, soljson
from transpiler.solc.artifact import Compiler
from transpiler.solc.pins import MISLABELLED, NATIVE_BUILDS, SOLJSON_CHECKSUMS, mislabelled
from transpiler.solc.version import Range, Version, newest, parse_version, stated_version
from zkvm.program_file import write_whole

CACHE_VERSION: Final = 1
MAX_CACHED_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Compilation:
    """What one run of a compiler gave, and what ran."""

    output: dict[str, Any]
    compiler: Compiler
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The compilers that can be had for one input."""

    packages: dict[Version, soljson.Package]
    natives: dict[Version, Path]
    offline: bool = False

    @property
    def pinned(self) -> dict[Version, soljson.Package]:
        """The npm packages that may run."""
        return {version: package for version, package in self.packages.items() if str(version) in SOLJSON_CHECKSUMS}

    @property
    def mislabelled(self) -> tuple[Version, ...]:
        """The versions whose npm packages hold another compiler."""
        return tuple(version for version in self.packages if str(version) in MISLABELLED)

    @property
    def ready(self) -> tuple[Version, ...]:
        """What runs without the network, in order."""
        return tuple(sorted(self.pinned.keys() | self.natives.keys()))

    def choose(self, ranges: Iterable[Range], exact: str | None = None, place: Place | None = None) -> Version:
        """The newest compiler that satisfies all ranges, or the exact one; one to be downloaded only if none is at hand.

        Raises: InputError if there is none.
        """
        wanted = tuple(ranges)
        fetchable = () if self.offline or not native.runs_here() else tuple(filter(None, map(parse_version, NATIVE_BUILDS)))
        if exact is not None:
            version = parse_version(exact)
            if version is None or version not in (*self.ready, *fetchable):
                if version in self.mislabelled:
                    raise mislabelled(version, MISLABELLED[str(version)], self.packages[version].soljson)
                raise self._none(f"solc {exact}", place, version if str(version) in SOLJSON_CHECKSUMS else None)
            return version
        version = newest(self.ready, wanted) or newest(fetchable, wanted)
        if version is None and (other := newest(self.mislabelled, wanted)) is not None:
            raise mislabelled(other, MISLABELLED[str(other)], self.packages[other].soljson)
        if version is None:
            text = " and ".join(dict.fromkeys(each.text for each in wanted))
            raise self._none(text or "any version", place, newest(filter(None, map(parse_version, SOLJSON_CHECKSUMS)), wanted))
        return version

    def _none(self, what: str, place: Place | None, offered: Version | None) -> InputError:
        names = ", ".join(map(str, self.ready)) or "none"
        hint = f"installed and pinned: {names}; " + (
            "of the versions that this project pins none satisfies it"
            if offered is None
            else f"npm install solc@{offered} brings one"
        )
        return InputError("no-compiler", f"no compiler satisfies {what}", place, hint)

    def compile(self, version: Version, standard_input: dict[str, Any]) -> Compilation:
        """The output of that version for a standard JSON input.

        Raises: InputError if the compiler is not the pinned one or cannot be had.
        """
        text = json.dumps(standard_input, sort_keys=True, separators=(",", ":"))
        path = self.natives.get(version)
        if path is None and version not in self.pinned:
            path = native.place(version)
        checksum = NATIVE_BUILDS[str(version)][1] if path is not None else SOLJSON_CHECKSUMS[str(version)]
        cached = _cache_path(checksum, text)
        entry = _read_cache(cached)
        if entry is None or stated_version(entry["version"]) != version:
            entry = self._run(version, path, text)
            _write_cache(cached, entry)
        compiler = Compiler(entry["version"], "native" if path is not None else "soljson", checksum)
        short = checksum[: checksum.index(":") + 17]
        notes = (
            ()
            if path is not None
            else (f"compiled by npm's solc {compiler.version} under node, its soljson checked ({short}...)",)
        )
        return Compilation(entry["output"], compiler, notes)

    def _run(self, version: Version, path: Path | None, text: str) -> dict[str, Any]:
        if path is not None:
            return {"version": NATIVE_BUILDS[str(version)][0], "output": json.loads(native.compile_native(version, path, text))}
        worker, _ = soljson.warm_worker(self.packages[version])
        return {"version": worker.version, "output": json.loads(worker.compile(text))}


def toolbox(folders: Iterable[Path], offline: bool = False) -> Toolbox:
    """The compilers found in node_modules folders and where py-solc-x keeps them."""
    return Toolbox(soljson.find_packages(folders), native.installed(), offline)


def cache_folder() -> Path:
    """Where compiler output is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache") / "sol2zk" / "solc"


def _cache_path(checksum: str, text: str) -> Path:
    key = hashlib.sha256(f"{CACHE_VERSION}\n{checksum}\n{text}".encode()).hexdigest()
    return cache_folder() / f"{key}.json"


def _read_cache(path: Path) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > MAX_CACHED_BYTES:
            return None
        entry = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return (
        entry
        if isinstance(entry, dict) and isinstance(entry.get("version"), str) and isinstance(entry.get("output"), dict)
        else None
    )


def _write_cache(path: Path, entry: dict[str, Any]) -> None:
    with suppress(OSError, InputError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(entry, separators=(",", ":")).encode())
