"""What is checked: the contract's code, what it can be called with, and where its instructions come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from audit.differential.interface import CONSTRUCTOR, Interface, interface_of
from audit.inputs.request import Subject
from transpiler.solc.artifact import Artifact, CodeObject, Contract, Source
from transpiler.solc.sourcemap import LineIndex, Location, by_pc


@dataclass(frozen=True)
class Target:
    """A contract under check."""

    subject: Subject
    interface: Interface
    creation: CodeObject | None
    runtime: CodeObject | None
    sources: tuple[Source, ...]
    fork: str

    @cached_property
    def locations(self) -> dict[str, dict[int, Location]]:
        """Source locations by pc, for `creation` and `runtime`."""
        objects = {"creation": self.creation, "runtime": self.runtime}
        return {kind: {} if each is None else by_pc(each.code, each.source_map) for kind, each in objects.items()}

    @cached_property
    def _indexes(self) -> dict[int, LineIndex]:
        return {number: LineIndex(each.content) for number, each in enumerate(self.sources) if each.content is not None}

    def place(self, kind: str, pc: int) -> tuple[str, str] | None:
        """`file:line:column` and the line's text for an instruction, or None where the source is not known."""
        location = self.locations[kind].get(pc)
        if location is None or location.file not in self._indexes or location.start < 0:
            return None
        index = self._indexes[location.file]
        position = index.position(location.start)
        return f"{self.sources[location.file].name}:{position.line}:{position.column}", index.text(position.line).strip()

    def function(self, data: bytes, *, create: bool) -> str:
        """The name of what a call runs."""
        return CONSTRUCTOR if create else self.interface.name(data, create=False)


def target_of(artifact: Artifact, contract: Contract, subject: Subject, fork: str) -> Target:
    """The target of an input's contract."""
    interface = interface_of(contract.abi, subject.runtime, fork)
    return Target(subject, interface, contract.creation, contract.runtime, artifact.sources, fork)
