"""What a compiler run, or an input that needs none, gives: code objects with everything needed to explain them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from transpiler.errors import InputError
from transpiler.settings import Settings
from zkvm.word import keccak256

Kind = Literal["creation", "runtime"]
PlaceholderKind = Literal["immutable", "library", "self"]
Backend = Literal["native", "soljson", "recorded", "none"]


@dataclass(frozen=True, slots=True, order=True)
class Placeholder:
    """Bytes that deployment or linking fills in: an immutable, a library's address, or the own address of a library.

    Units: bytes of code.
    """

    start: int
    length: int
    kind: PlaceholderKind
    name: str


@dataclass(frozen=True)
class CodeObject:
    """Bytes that the EVM can run, with zeros where placeholders stand."""

    kind: Kind
    code: bytes
    source_map: str = ""
    """Compressed, as solc writes it."""
    placeholders: tuple[Placeholder, ...] = ()

    @cached_property
    def code_hash(self) -> bytes:
        """keccak256 of the code (of creation code without arguments)."""
        return keccak256(self.code)

    @property
    def template(self) -> bool:
        """Whether these are not the bytes that will run, because placeholders stand in them."""
        return bool(self.placeholders)

    @property
    def unlinked(self) -> tuple[str, ...]:
        """The libraries whose addresses are missing."""
        return tuple(sorted({each.name for each in self.placeholders if each.kind == "library"}))

    def require_linked(self, name: str) -> CodeObject:
        """This object.

        Raises: InputError if a library's address is missing.
        """
        if not self.unlinked:
            return self
        missing = ", ".join(self.unlinked)
        example = " ".join(f"--libraries {library.rpartition(':')[2]}=0x..." for library in self.unlinked)
        raise InputError(
            "libraries-not-linked", f"the {self.kind} code of {name} needs the address of {missing}", name, f"give it: {example}"
        )


@dataclass(frozen=True)
class Contract:
    """One contract's code, interface and layout."""

    name: str
    file: str
    """The source unit that defines it, or the input file where there is no source."""
    creation: CodeObject | None
    runtime: CodeObject | None
    abi: tuple[dict[str, Any], ...] | None = None
    storage_layout: dict[str, Any] | None = None

    @property
    def objects(self) -> tuple[CodeObject, ...]:
        """The code objects that are there, creation first."""
        return tuple(each for each in (self.creation, self.runtime) if each is not None)


@dataclass(frozen=True, slots=True)
class Source:
    """A source unit; its index in the artefact is the file index of source maps."""

    name: str
    content: str | None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Compiler:
    """Which compiler made the code, and how sure that is."""

    version: str
    """Long form, like 0.8.26+commit.8a97fa7a."""
    backend: Backend
    checksum: str = ""
    """`sha256:...` or `keccak256:...` of the binary that ran."""


@dataclass(frozen=True)
class Artifact:
    """All that later stages know about an input."""

    path: str
    contracts: tuple[Contract, ...]
    sources: tuple[Source, ...] = ()
    compiler: Compiler | None = None
    settings: Settings = field(default_factory=Settings)
    warnings: tuple[str, ...] = ()
    """The compiler's, formatted."""
    notes: tuple[str, ...] = ()
    """What we did that a reader should know."""

    @property
    def fork(self) -> str:
        """The rule set under which the code is looked at unless a call file says otherwise."""
        return self.settings.fork

    def contract(self, name: str | None = None) -> Contract:
        """The contract of that name (`Name` or `file:Name`), or the only one.

        Raises: InputError if there is none, or more than one.
        """
        found = [each for each in self.contracts if name in (None, each.name, f"{each.file}:{each.name}")]
        if len(found) == 1:
            return found[0]
        known = Counter(each.name for each in self.contracts)
        names = ", ".join(f"{each.file}:{each.name}" if known[each.name] > 1 else each.name for each in self.contracts)
        if not found:
            raise InputError("no-such-contract", f"there is no contract {name}", self.path, f"there are: {names}")
        if name is None and (last := _named_like_file(self.path, found)) is not None:
            return last
        raise InputError(
            "contract-not-chosen", f"the input has {len(found)} contracts", self.path, f"choose one with --contract: {names}"
        )


def _named_like_file(path: str, contracts: list[Contract]) -> Contract | None:
    stem = path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    named = [each for each in contracts if each.name == stem]
    return named[0] if len(named) == 1 else None
