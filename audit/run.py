"""Runs requests with the programs they need: code that a run meets is translated, and the run is asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from transpiler.translate import Translation, translate
from zkvm import proof
from zkvm.errors import InternalError
from zkvm.program import Program

Sources = Mapping[tuple[bytes, str], Mapping[int, tuple[int, int, int]]]
"""Solidity places by EVM pc, of code objects by (code, kind)."""


@dataclass(slots=True)
class Library:
    """Translations by (code, kind) under one rule set, made as runs meet code."""

    fork: str
    sources: Sources = field(default_factory=dict)
    translations: dict[tuple[bytes, str], Translation] = field(default_factory=dict)

    @property
    def programs(self) -> list[Program]:
        """All programs so far."""
        return [each.program for each in self.translations.values()]

    def add(self, code: bytes, kind: str) -> Translation:
        """The translation of a code object."""
        key = (code, kind)
        if key not in self.translations:
            places = self.sources.get(key)
            self.translations[key] = translate(
                code, self.fork, "creation" if kind == "creation" else "runtime", source_map=places
            )
        return self.translations[key]

    def complete(self, run: Callable[[list[Program]], dict[str, Any]]) -> dict[str, Any]:
        """The result of a run that has all the programs it needs.

        Raises: InternalError if a run keeps missing code that it was given.
        """
        while True:
            result = run(self.programs)
            missing = result["missing_code"]
            if missing is None:
                return result
            code, kind = bytes.fromhex(missing["code"].removeprefix("0x")), missing["kind"]
            if (code, kind) in self.translations:
                raise InternalError("code-missing-again", f"the executor misses {kind} code that it has a program for")
            self.add(code, kind)

    def execute(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The Rust executor's result of a request (ISA 8.2)."""
        return self.complete(lambda programs: proof.execute(request, programs))
