"""Where a frame's failure is decided: the branches after which it can only revert or halt.

A node can *succeed* if a STOP, RETURN or SELFDESTRUCT, or an escape (nothing is known behind it), is reached from it inside its own
context, calls that come back included; it can *leave* if it can come back to its context's caller. Both are least fixed points
over matched calls, so that code which an error's encoding shares with a result's does not make the error look alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from transpiler.cfg.graph import Arc, Cfg, ContextId, Dispatch, Enter, Escape, Halt, Leave, Step, arc_targets, exit_arcs
from zkvm.isa.table import END_STATUS

SUCCESS: Final = frozenset(name for name, status in END_STATUS.items() if status == "success")


@dataclass(frozen=True, slots=True)
class FailingEdge:
    """A branch after which the frame cannot succeed: from the JUMPI (or JUMP) at `source` to the block at `target`.

    Shape: `target` is None where the way leads to no block, only to an exceptional halt.
    """

    source: int
    target: int | None


def failing_edges(cfg: Cfg) -> tuple[FailingEdge, ...]:
    """The edges that decide a failure, sorted; code that can only fail has none."""
    ends = _Ends(cfg)
    found: set[FailingEdge] = set()
    for node in cfg.nodes:
        ways = [way for arc in exit_arcs(node.exit) for way in _ways(arc)]
        alive = [ends.alive(way, node.context) for way in ways]
        if node.last > node.first and any(alive):
            source = cfg.code.instructions[node.last - 1].pc
            dead = (way for way, lives in zip(ways, alive, strict=True) if not lives)
            found |= {FailingEdge(source, next((cfg.nodes[each].pc for each in arc_targets(way)), None)) for way in dead}
    return tuple(sorted(found, key=lambda each: (each.source, -1 if each.target is None else each.target)))


def doomed_edges(cfg: Cfg) -> frozenset[tuple[int, int]]:
    """The transfers, from the pc of a jump to that of a block, after which no run succeeds; none for a graph with unresolved jumps.

    Sound because: each run is in some node of the graph (graph.py), and the way is dead in every node that has it. Behind an escape there
    are no nodes, so a graph with one says nothing.
    """
    if cfg.unresolved or any(isinstance(way, Escape) for node in cfg.nodes for arc in exit_arcs(node.exit) for way in _flat(arc)):
        return frozenset()
    ends = _Ends(cfg)
    lives: dict[tuple[int, int], bool] = {}
    for node in (each for each in cfg.nodes if each.last > each.first):
        source = cfg.code.instructions[node.last - 1].pc
        for way in (way for arc in exit_arcs(node.exit) for way in _ways(arc)):
            for each in arc_targets(way):
                edge = (source, cfg.nodes[each].pc)
                lives[edge] = lives.get(edge, False) or ends.alive(way, node.context)
    return frozenset(edge for edge, alive in lives.items() if not alive)


def _flat(arc: Arc) -> Iterator[Arc]:
    """The arc's ways, those inside a `Leave` included."""
    for way in _ways(arc):
        yield from chain.from_iterable(map(_flat, way.continuations)) if isinstance(way, Leave) else (way,)


def _ways(arc: Arc) -> Iterator[Arc]:
    if isinstance(arc, Dispatch):
        yield from (way for _, way in arc.cases)
        yield arc.default
    else:
        yield arc


@dataclass(slots=True)
class _Ends:
    """What each node can come to."""

    cfg: Cfg
    succeeds: list[bool] = field(init=False)
    leaves: list[bool] = field(init=False)
    back: dict[tuple[ContextId, int], set[Arc]] = field(init=False)
    """By context and caller, where the context comes back to."""
    awaited: list[bool] = field(init=False)
    """By context, whether some caller can succeed once it comes back."""

    def __post_init__(self) -> None:
        self.succeeds = [False] * len(self.cfg.nodes)
        self.leaves = [False] * len(self.cfg.nodes)
        self.awaited = [False] * len(self.cfg.contexts)
        self.back = {(context.id, number): set() for context in self.cfg.contexts for number in range(len(context.callers))}
        ways = (way for node in self.cfg.nodes for arc in exit_arcs(node.exit) for way in _ways(arc))
        for leave in (way for way in ways if isinstance(way, Leave)):
            for number, way in enumerate(leave.continuations):
                self.back[leave.context, number].add(way)
        while self._grow_nodes():
            pass
        while self._grow_contexts():
            pass

    def alive(self, arc: Arc, context: ContextId | None) -> bool:
        """Whether a frame that takes an arc of a node of this context can succeed."""
        succeeds, leaves = self._after(arc)
        return succeeds or (leaves and context is not None and self.awaited[context])

    def _grow_nodes(self) -> bool:
        changed = False
        for node in reversed(self.cfg.nodes):
            succeeds, leaves = self._either(exit_arcs(node.exit))
            succeeds = succeeds or (isinstance(node.exit, Halt) and node.exit.kind in SUCCESS)
            changed |= (succeeds, leaves) != (self.succeeds[node.id], self.leaves[node.id])
            self.succeeds[node.id], self.leaves[node.id] = succeeds, leaves
        return changed

    def _grow_contexts(self) -> bool:
        changed = False
        for context in self.cfg.contexts:
            for number, caller in enumerate(context.callers):
                if not self.awaited[context.id] and any(self.alive(way, caller.context) for way in self.back[context.id, number]):
                    self.awaited[context.id] = changed = True
        return changed

    def _either(self, arcs: tuple[Arc, ...] | set[Arc]) -> tuple[bool, bool]:
        each = [self._after(way) for arc in arcs for way in _ways(arc)]
        return any(succeeds for succeeds, _ in each), any(leaves for _, leaves in each)

    def _after(self, arc: Arc) -> tuple[bool, bool]:
        """(succeeds, leaves) after an arc, in the context of the node that it starts from."""
        if isinstance(arc, Step):
            return self.succeeds[arc.target], self.leaves[arc.target]
        if isinstance(arc, Enter):
            back = self._either(self.back[arc.context, arc.caller]) if self.leaves[arc.target] else (False, False)
            return self.succeeds[arc.target] or back[0], back[1]
        if isinstance(arc, Dispatch):
            return self._either((arc,))
        return isinstance(arc, Escape), isinstance(arc, Leave)
