"""What has to be done where control leaves a block: parameters of joins are given by MOVE, registers are written by SET."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from transpiler.errors import InternalError
from transpiler.lower.liveness import Liveness, Needs, live_edges
from transpiler.lower.regions import Flow
from transpiler.lower.values import Values
from transpiler.ssa.ir import BlockId, Edge, Value


@dataclass(slots=True)
class Action:
    """MOVEs as (parameter, source) and SETs as (register, source)."""

    moves: list[tuple[Value, Value]] = field(default_factory=list)
    copies: list[tuple[int, Value]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.moves or self.copies)

    def sources(self) -> Iterator[Value]:
        """The values read."""
        for _, source in self.moves:
            yield source
        for _, source in self.copies:
            yield source


@dataclass(slots=True)
class Actions:
    """What a block does before it leaves, and on each of its edges after it has branched."""

    before: Action
    edges: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a program with its registers."""

    flow: Flow
    values: Values
    liveness: Liveness
    registers: dict[Value, int]

    def actions(self, ident: BlockId, needs: Needs) -> Actions:
        """What is to be done at the end of a block of the region with these needs."""
        term = self.flow.blocks[ident].term
        if term.kind == "BRANCH":
            return Actions(Action(), tuple(self._edge(edge, ident, needs) for edge in term.edges))
        before = Action()
        for edge in live_edges(term, self.flow):
            action = self._edge(edge, ident, needs, hands_on=term.kind != "RETURNTO")
            before.moves += action.moves
            before.copies += action.copies
        for resume in term.resumes:
            before.copies += self._handed_on(resume, ident, needs)
        before.copies = _once(before.copies)
        return Actions(before, tuple(Action() for _ in term.edges))

    def _edge(self, edge: Edge, ident: BlockId, needs: Needs, *, hands_on: bool = True) -> Action:
        action = Action()
        home = self.flow.region[edge.block]
        if home != edge.block:
            action.moves = [(param, arg) for param, arg in self.values.edge_args(edge) if param in needs.local]
            return action
        registers, taken = self.registers, self.liveness[edge.block].inputs
        for param, arg in self.values.edge_args(edge):
            arrival = self.values.arrival(param)
            if arrival in taken and self._held(arg, needs) != registers[arrival]:
                action.copies.append((registers[arrival], arg))
        if hands_on:
            action.copies += self._handed_on(edge.block, ident, needs)
        action.copies = _once(action.copies)
        return action

    def _held(self, value: Value, needs: Needs) -> int:
        """The register in which the region has the value since its start; -1 if it has none."""
        if value in needs.inputs:
            return self.registers[value]
        arrival = self.values.arrivals.get(value)
        return self.registers[arrival] if arrival in needs.inputs else -1

    def _handed_on(self, target: BlockId, ident: BlockId, needs: Needs) -> list[tuple[int, Value]]:
        """The values that a head takes besides its parameters and that this region gives."""
        region, home = self.flow.region, self.values.home
        here = region[ident]
        return [
            (self.registers[value], value)
            for value in sorted(self.liveness[target].inputs)
            if value >= 0
            and region[home[value]] == here
            and home[value] != target
            and self._held(value, needs) != self.registers[value]
        ]


def _once(copies: list[tuple[int, Value]]) -> list[tuple[int, Value]]:
    """The copies without repetitions; no register may get two values."""
    distinct = dict.fromkeys(copies)
    if len({register for register, _ in distinct}) != len(distinct):
        raise InternalError("S2Z-LOWER-COPY", f"a register gets two values: {sorted(distinct)}")
    return list(distinct)
