"""Every stage of a translation as text, numbered in the order in which they came: what `--emit` shows and `--emit-dir` writes.

listing, cfg, ssa, the passes by name, regions, program. Two translations of like code can be compared stage by stage with `diff`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from transpiler.cfg.graph import Cfg
from transpiler.cfg.text import render
from transpiler.cfg.views import as_json, drawing
from transpiler.errors import InputError, InternalError
from transpiler.evm.disassemble import Code
from transpiler.evm.text import listing, listing_json
from transpiler.lower.regions import Flow
from transpiler.lower.text import describe
from transpiler.pipeline import PASSES
from transpiler.ssa.ir import Function
from transpiler.ssa.text import write
from zkvm.isa.text import format_program
from zkvm.program import Program

ALL_PASSES: Final = "passes"
"""Stands for the stages of all passes."""
NAMES: Final = ("listing", "cfg", "ssa", ALL_PASSES, *dict.fromkeys(item.name for item in PASSES), "regions", "program")
"""What `--emit` takes."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: `value` is what it gave. The name of a pass does not say which of its runs it was; `label` does."""

    number: int
    name: str
    value: object

    @property
    def label(self) -> str:
        """Number and name: `07-forward`."""
        return f"{self.number:02}-{self.name}"

    @property
    def text(self) -> str:
        """The stage as text."""
        match self.value:
            case Code():
                return listing(self.value)
            case Cfg():
                return render(self.value)
            case Function():
                return write(self.value)
            case Flow():
                return describe(self.value)
            case Program():
                return format_program(self.value)
        raise InternalError("S2Z-STAGE-TEXT", f"the stage {self.name} has no text form")

    @property
    def drawing(self) -> str | None:
        """The stage for Graphviz, if it is a graph of its own."""
        return drawing(self.value) if isinstance(self.value, Cfg) else None

    def json(self) -> dict[str, Any]:
        """The stage as JSON: structured where there is a form for it, else its text."""
        row: dict[str, Any] = {"number": self.number, "name": self.name}
        match self.value:
            case Code():
                return {**row, "instructions": listing_json(self.value)}
            case Cfg():
                return {**row, **as_json(self.value, self.name)}
        return {**row, "text": self.text}


@dataclass(slots=True)
class Recorder:
    """Collects stages: its `watch` is given to `translate`."""

    stages: list[Stage] = field(default_factory=list)

    def watch(self, stage: str, value: object) -> None:
        """Keeps a stage; `pass 3 number` is named after the pass."""
        self.stages.append(Stage(len(self.stages), stage.rsplit(maxsplit=1)[-1], value))

    def chosen(self, name: str) -> list[Stage]:
        """The stages of a name; `passes` are all between ssa and regions.

        Raises: InputError for a name that no stage has.
        """
        if name not in NAMES:
            raise InputError("S2Z-STAGE", f"there is no stage {name!r}", hint="one of " + ", ".join(NAMES))
        if name == ALL_PASSES:
            passes = {item.name for item in PASSES}
            return [each for each in self.stages if each.name in passes]
        return [each for each in self.stages if each.name == name]
