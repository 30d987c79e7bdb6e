"""Which nodes the optimised tier runs, and which stack slots each of them reads.

A *place* is a node, or what one way out of a context finds when it comes back to one of its callers. `Reach` walks the graph from its
entry and finds the places; `demands` computes for each place the slots it needs from its predecessors: a backward
union over the arcs, so the least fixpoint is exactly what some instruction, terminator or ESCAPE reads.

Ways out. Each Leave that a walk meets is a way out of its context, with its own return label, a hidden slot of all places of the context.
A context that is recursive, or that may overflow the EVM stack, is *closed*: the optimised tier escapes where it would be entered. In a
context an escape first leaves by a way out of its own, to the caller, until the whole stack is known in the root.

Masks: bit i < labels is the label of the context's i-th way out, bit labels + j is slot j of the stack, bottom first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from transpiler.cfg.graph import Arc, BlockId, Branch, Cfg, ContextId, Dispatch, Enter, Escape, Goto, Halt, Leave, Step
from transpiler.errors import InternalError
from transpiler.ssa.symbolic import STACK_LIMIT, Body


@dataclass(eq=False, slots=True)
class WayOut:
    """A Leave of `context` with `height` slots on the stack; `bit` is its label's place in the masks of the context."""

    context: ContextId
    arc: Leave
    height: int
    bit: int


@dataclass(eq=False, slots=True)
class Landing:
    """What `way` finds at caller number `caller`: `arc` in `context` on a stack of `low` parked slots and those of the way."""

    way: WayOut
    caller: int
    context: ContextId | None
    arc: Arc
    low: int

    @property
    def height(self) -> int:
        """The height of the stack."""
        return self.low + self.way.height


Place = int | Landing
"""A node's number or a landing."""


@dataclass(slots=True)
class Reach:
    """The places that the entry reaches. `execute` gives the body of a node."""

    cfg: Cfg
    execute: Callable[[BlockId], Body]
    bodies: dict[BlockId, Body] = field(default_factory=dict)
    ways: dict[ContextId, list[WayOut]] = field(default_factory=dict)
    callers: dict[ContextId, list[int]] = field(default_factory=dict)
    landings: dict[tuple[WayOut, int], Landing] = field(default_factory=dict)
    closed: set[ContextId] = field(default_factory=set)
    _ways: dict[tuple[ContextId, int, int], WayOut] = field(default_factory=dict)
    _escapes: dict[tuple[ContextId, int], Leave] = field(default_factory=dict)
    _pending: list[BlockId] = field(default_factory=list)
    _walks: list[tuple[Arc, ContextId | None, int]] = field(default_factory=list)

    def walk(self) -> Reach:
        """Finds all places."""
        self._close()
        self._pending.append(BlockId(0))
        while self._pending or self._walks:
            if self._walks:
                self._visit(*self._walks.pop())
                continue
            node = self.cfg.nodes[self._pending.pop()]
            if node.id in self.bodies:
                continue
            body = self.bodies[node.id] = self.execute(node.id)
            for arc in arcs(node.exit) if not body.overflow else ():
                self._walks.append((arc, node.context, len(body.stack)))
        return self

    def _close(self) -> None:
        """Contexts that recurse, or whose blocks might pass the limit of the EVM stack on top of some caller's."""
        contexts = self.cfg.contexts
        self.closed.update(context.id for context in contexts if context.recursive or context.height is None)
        for node in self.cfg.nodes:
            if node.context is not None and node.context not in self.closed:
                height = contexts[node.context].height
                if height is None or height + len(node.window) + node.last - node.first > STACK_LIMIT:
                    self.closed.add(node.context)

    def labels(self, context: ContextId | None) -> int:
        """The number of labels in the masks of a context."""
        return 0 if context is None else len(self.ways.get(context, ()))

    def resolve(self, arc: Arc, context: ContextId | None) -> Arc:
        """The arc with escapes in the place of entries to closed contexts, and with ways out in the place of escapes in contexts."""
        if isinstance(arc, Enter) and arc.context in self.closed:
            arc = Escape(self.cfg.nodes[arc.target].pc, "recursion")
        if isinstance(arc, Escape) and context is not None:
            if arc.pc is None:
                raise InternalError("S2Z-SSA-ESCAPE", "a jump to an unknown word in a shared context", f"context {context}")
            key = (context, arc.pc)
            if key not in self._escapes:
                count = len(self.cfg.contexts[context].callers)
                self._escapes[key] = Leave(context, (Escape(arc.pc, arc.reason),) * count)
            return self._escapes[key]
        return arc

    def way(self, arc: Leave, height: int) -> WayOut:
        """The way out that this Leave is, on a stack of this height."""
        key = (arc.context, id(arc), height)
        if key not in self._ways:
            ways = self.ways.setdefault(arc.context, [])
            way = self._ways[key] = WayOut(arc.context, arc, height, len(ways))
            ways.append(way)
            for caller in self.callers.get(arc.context, ()):
                self._land(way, caller)
        return self._ways[key]

    def _land(self, way: WayOut, caller: int) -> None:
        where = self.cfg.contexts[way.context].callers[caller]
        arc = self.resolve(way.arc.continuations[caller], where.context)
        landing = self.landings[(way, caller)] = Landing(way, caller, where.context, arc, len(where.low))
        self._walks.append((arc, where.context, landing.height))

    def _visit(self, arc: Arc, context: ContextId | None, height: int) -> None:
        arc = self.resolve(arc, context)
        if isinstance(arc, Step):
            self._pending.append(arc.target)
        elif isinstance(arc, Enter):
            self._pending.append(arc.target)
            known = self.callers.setdefault(arc.context, [])
            if arc.caller not in known:
                known.append(arc.caller)
                for way in self.ways.get(arc.context, ()):
                    self._land(way, arc.caller)
        elif isinstance(arc, Leave):
            self.way(arc, height)
        elif isinstance(arc, Dispatch):
            for inner in (*(case for _, case in arc.cases), arc.default):
                self._visit(inner, context, height)

    def mask(self, needed: dict[Place, int], arc: Arc, context: ContextId | None, height: int) -> int:
        """What the arc reads of the stack and the labels that it starts from."""
        arc, labels = self.resolve(arc, context), self.labels(context)
        if isinstance(arc, Step):
            return needed.get(arc.target, 0)
        if isinstance(arc, Enter):
            low = len(self.cfg.contexts[arc.context].callers[arc.caller].low)
            mask = needed.get(arc.target, 0) >> self.labels(arc.context) << (labels + low)
            for way in self.ways.get(arc.context, ()):
                mask |= needed.get(self.landings[(way, arc.caller)], 0) & ((1 << (labels + low)) - 1)
            return mask
        if isinstance(arc, Leave):
            way = self.way(arc, height)
            mask = 1 << way.bit
            for landing in self.landings_of(way):
                mask |= needed.get(landing, 0) >> (self.labels(landing.context) + landing.low) << labels
            return mask
        if isinstance(arc, Escape):
            return ((1 << height) - 1) << labels
        if isinstance(arc, Dispatch):
            mask = self.mask(needed, arc.default, context, height)
            for _, case in arc.cases:
                mask |= self.mask(needed, case, context, height)
            return mask
        return 0

    def landings_of(self, way: WayOut) -> Iterator[Landing]:
        """The landings of a way out."""
        return (self.landings[(way, caller)] for caller in self.callers[way.context])

    def reads(self, arc: Arc, context: ContextId | None, height: int) -> Iterator[Place]:
        """The places whose needs `mask` looks at."""
        arc = self.resolve(arc, context)
        if isinstance(arc, Step):
            yield arc.target
        elif isinstance(arc, Enter):
            yield arc.target
            yield from (self.landings[(way, arc.caller)] for way in self.ways.get(arc.context, ()))
        elif isinstance(arc, Leave):
            yield from self.landings_of(self.way(arc, height))
        elif isinstance(arc, Dispatch):
            for inner in (*(case for _, case in arc.cases), arc.default):
                yield from self.reads(inner, context, height)


def arcs(leaving: Halt | Goto | Branch) -> tuple[Arc, ...]:
    """The arcs of an exit."""
    if isinstance(leaving, Goto):
        return (leaving.arc,)
    return (leaving.taken, leaving.otherwise) if isinstance(leaving, Branch) else ()


def demands(reach: Reach, base: dict[BlockId, int]) -> dict[Place, int]:
    """Place to the mask of what it needs. `base[n]` is the value of slot 0 of node n's window; its other slots follow."""
    needed: dict[Place, int] = {}
    readers: dict[Place, list[Place]] = {}
    sources: dict[BlockId, list[tuple[int, int]]] = {}
    for number, body in reach.bodies.items():
        node = reach.cfg.nodes[number]
        labels, low = reach.labels(node.context), base[number]
        high = low + len(node.window)
        mask = 0
        for inst in body.insts:
            for value in inst.args:
                if low <= value < high:
                    mask |= 1 << (labels + value - low)
        for value in body.popped:
            if low <= value < high:
                mask |= 1 << (labels + value - low)
        needed[number] = mask
        sources[number] = [(labels + i, 1 << (labels + v - low)) for i, v in enumerate(body.stack) if low <= v < high]
        for arc in arcs(node.exit) if not body.overflow else ():
            for place in reach.reads(arc, node.context, len(body.stack)):
                readers.setdefault(place, []).append(number)
    for landing in reach.landings.values():
        for place in reach.reads(landing.arc, landing.context, landing.height):
            readers.setdefault(place, []).append(landing)
    pending: list[Place] = [*reach.landings.values(), *reach.bodies]
    queued = set(pending)
    while pending:
        place = pending.pop()
        queued.discard(place)
        before = needed.get(place, 0)
        after = before | (_landing_needs(reach, needed, place) if isinstance(place, Landing) else
                          _node_needs(reach, needed, BlockId(place), sources[BlockId(place)]))  # fmt: skip
        if after != before or place not in needed:
            needed[place] = after
            for reader in readers.get(place, ()):
                if reader not in queued:
                    queued.add(reader)
                    pending.append(reader)
    return needed


def _landing_needs(reach: Reach, needed: dict[Place, int], landing: Landing) -> int:
    return reach.mask(needed, landing.arc, landing.context, landing.height)


def _node_needs(reach: Reach, needed: dict[Place, int], number: BlockId, sources: list[tuple[int, int]]) -> int:
    node, body = reach.cfg.nodes[number], reach.bodies[number]
    if body.overflow:
        return 0
    mask = 0
    for arc in arcs(node.exit):
        mask |= reach.mask(needed, arc, node.context, len(body.stack))
    result = mask & ((1 << reach.labels(node.context)) - 1)
    for position, bit in sources:
        if mask >> position & 1:
            result |= bit
    return result
