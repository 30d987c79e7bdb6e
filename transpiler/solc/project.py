"""The project around a source file: its root, its configuration, and where its packages are."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transpiler.errors import InputError, Place
from transpiler.settings import Settings

MARKERS: Final = (
    "foundry.toml",
    "remappings.txt",
    "hardhat.config.js",
    "hardhat.config.ts",
    "package.json",
    "sol2zk.toml",
    ".git",
)
OWN_ROOT: Final = Path(__file__).resolve().parents[2]
"""Where this program's own pinned packages are when it runs from its source tree."""


@dataclass(frozen=True, slots=True)
class Remapping:
    """`context:prefix=target`, as the compiler reads it."""

    context: str
    prefix: str
    target: str

    def __str__(self) -> str:
        return f"{self.context}:{self.prefix}={self.target}" if self.context else f"{self.prefix}={self.target}"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder in whose terms source units are named."""

    root: Path
    remappings: tuple[Remapping, ...]
    settings: Settings
    packages: tuple[Path, ...]
    """Existing node_modules folders, nearest first."""


def open_project(file: Path, chosen: Settings) -> Project:
    """The project of a source file, with a person's choices on top of its configuration.

    Raises: InputError if a configuration file is malformed.
    """
    root = _root(file)
    profile = _foundry_profile(root)
    settings = chosen.under(_settings(profile))
    texts = [*settings.remappings, *_remapping_lines(root), *_strings(profile.get("remappings", []))]
    remappings = {(each.context, each.prefix): each for each in reversed([parse_remapping(text) for text in texts])}
    for each in _inferred(root, _strings(profile.get("libs", ["lib"]))):
        remappings.setdefault((each.context, each.prefix), each)
    return Project(root, tuple(remappings.values()), settings, tuple(_package_folders(file.parent, root)))


def parse_remapping(text: str) -> Remapping:
    """The remapping that a text states.

    Raises: InputError if it is none.
    """
    context, colon, rest = text.partition(":")
    if not colon or "=" in context:
        context, rest = "", text
    prefix, equals, target = rest.partition("=")
    if not equals or not prefix:
        raise InputError(
            "remapping-malformed", f"{text!r} is not a remapping", hint="write prefix=target, or context:prefix=target"
        )
    return Remapping(context.strip(), prefix.strip(), target.strip())


def remap(path: str, context: str, remappings: Iterable[Remapping]) -> str:
    """The name of a unit that `context` imports as `path`; the longest context wins, then the longest prefix."""
    best: Remapping | None = None
    for each in remappings:
        if not context.startswith(each.context) or not path.startswith(each.prefix):
            continue
        if best is None or (len(each.context), len(each.prefix)) >= (len(best.context), len(best.prefix)):
            best = each
    return path if best is None else best.target + path[len(best.prefix) :]


def node_modules_above(folder: Path) -> Iterator[Path]:
    """The node_modules folders that node would search from a folder, nearest first."""
    for each in (folder, *folder.parents):
        candidate = each / "node_modules"
        if each.name != "node_modules" and candidate.is_dir():
            yield candidate


def _package_folders(folder: Path, root: Path) -> Iterator[Path]:
    seen = set()
    for each in (*node_modules_above(folder), *node_modules_above(root), *_siblings(folder), OWN_ROOT / "node_modules"):
        if each not in seen and each.is_dir():
            seen.add(each)
            yield each


def _siblings(folder: Path) -> Iterator[Path]:
    yield from (each for each in (folder, *folder.parents) if each.name == "node_modules")


def _root(file: Path) -> Path:
    for folder in file.parents:
        if any((folder / marker).exists() for marker in MARKERS):
            return folder
    here = Path.cwd()
    return here if file.is_relative_to(here) else file.parent


def _foundry_profile(root: Path) -> dict[str, Any]:
    path = root / "foundry.toml"
    if not path.is_file():
        return {}
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError("configuration-malformed", f"cannot read the configuration: {error}", Place(str(path))) from error
    profile = document.get("profile", {})
    default = profile.get("default", {}) if isinstance(profile, dict) else {}
    named = profile.get(os.environ.get("FOUNDRY_PROFILE", "default"), {}) if isinstance(profile, dict) else {}
    return {**default, **named} if isinstance(default, dict) and isinstance(named, dict) else {}


def _settings(profile: dict[str, Any]) -> Settings:
    def typed(name: str, kind: type) -> Any:
        value = profile.get(name)
        return value if type(value) is kind else None

    return Settings(
        optimize=typed("optimizer", bool),
        runs=typed("optimizer_runs", int),
        via_ir=typed("via_ir", bool),
        evm_version=typed("evm_version", str),
        solc=typed("solc_version", str) or typed("solc", str),
    )


def _remapping_lines(root: Path) -> list[str]:
    path = root / "remappings.txt"
    try:
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("configuration-malformed", f"cannot read the remappings: {error}", Place(str(path))) from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _inferred(root: Path, libraries: list[str]) -> Iterator[Remapping]:
    """The remappings that Foundry infers for packages in a library folder."""
    for library in libraries:
        folder = root / library
        if library == "node_modules" or not folder.is_dir():
            continue
        for package in sorted(folder.iterdir()):
            inner = next((name for name in ("src", "contracts") if (package / name).is_dir()), None)
            if inner is not None:
                yield Remapping("", f"{package.name}/", f"{library}/{package.name}/{inner}/")
