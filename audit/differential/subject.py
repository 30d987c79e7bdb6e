"""What is checked: the contract's code, what it can be called with, and where its instructions come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from audit.differential.interface import CONSTRUCTOR, OTHER, Interface, interface_of
from audit.inputs.request import Subject
from transpiler.solc.artifact import Artifact, CodeObject, Contract, Source
from transpiler.solc.sourcemap import LineIndex, Location, by_pc
from zkvm.host.request import Call
from zkvm.program import Kind


@dataclass(frozen=True)
class Target:
    """A contract under check."""

    subject: Subject
    interface: Interface
    creation: CodeObject | None
    runtime: CodeObject | None
    sources: tuple[Source, ...]
    fork: str
    others: tuple[Contract, ...] = ()
    """The input's other contracts that have creation code."""

    @cached_property
    def locations(self) -> dict[str, dict[int, Location]]:
        """Source locations by pc, for `creation` and `runtime`."""
        objects = {"creation": self.creation, "runtime": self.runtime}
        return {kind: {} if each is None else by_pc(each.code, each.source_map) for kind, each in objects.items()}

    @cached_property
    def _indexes(self) -> dict[int, LineIndex]:
        return {number: LineIndex(each.content) for number, each in enumerate(self.sources) if each.content is not None}

    def code(self, kind: Kind) -> CodeObject | None:
        """The code object of a kind."""
        return self.creation if kind == "creation" else self.runtime

    def place(self, kind: str, pc: int) -> tuple[str, str] | None:
        """`file:line:column` and the line's text for an instruction, or None where the source is not known."""
        location = self.locations[kind].get(pc)
        if location is None or location.file not in self._indexes or location.start < 0:
            return None
        index = self._indexes[location.file]
        position = index.position(location.start)
        return f"{self.sources[location.file].name}:{position.line}:{position.column}", index.text(position.line).strip()

    def statement(self, kind: str, pc: int, function: str) -> tuple[str, str] | None:
        """The place of an instruction; where that is a whole definition (a dispatcher, code that functions share), the called function's."""
        found = self.place(kind, pc)
        if found is not None and not found[1].startswith(("function ", "contract ", "library ", "abstract ")):
            return found
        return self._definitions.get(function.partition("(")[0], found)

    @cached_property
    def _definitions(self) -> dict[str, tuple[str, str]]:
        """The places of the functions that the runtime code comes from, by name."""
        found: dict[str, tuple[str, str]] = {}
        contents = {number: (each.content or "").encode() for number, each in enumerate(self.sources)}
        for pc, location in self.locations["runtime"].items():
            text = contents.get(location.file, b"")[location.start : location.start + 80]
            head, _, rest = text.partition(b" ")
            place = self.place("runtime", pc) if head == b"function" else None
            if place is not None:
                found.setdefault(rest.partition(b"(")[0].strip().decode(errors="replace"), place)
        return found

    def function_of(self, call: Call, home: str | None = None) -> str:
        """The name of what a call of a request runs; with `home`, the address of the contract, `OTHER` for what runs elsewhere."""
        creation = call.code if call.create else None
        return self._named(creation, call.to, call.data, home)

    def called(self, call: Mapping[str, Any], home: str | None = None) -> str:
        """`function_of` a call in its JSON form, of which it reads no more than it needs."""
        creation = bytes.fromhex(call["code"][2:]) if call["create"] else None
        return self._named(creation, call.get("to"), bytes.fromhex(call["data"][2:]), home)

    def _named(self, creation: bytes | None, to: str | None, data: bytes, home: str | None) -> str:
        if creation is not None:
            return CONSTRUCTOR if home is None or self.subject.creation in (None, creation) else OTHER
        return OTHER if home not in (None, to) else self.interface.name(data, create=False)


def target_of(artifact: Artifact, contract: Contract, subject: Subject, fork: str) -> Target:
    """The target of an input's contract."""
    interface = interface_of(contract.abi, subject.runtime, fork)
    others = tuple(each for each in artifact.contracts if each.creation is not None and each != contract)
    return Target(subject, interface, contract.creation, contract.runtime, artifact.sources, fork, others)
