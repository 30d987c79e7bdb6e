"""From the engine's raw states to the graph: contexts with one caller are inlined, equal states merged, dead ones dropped.

A context with one caller (m, low) adds nothing: gamma(c) = gamma(m) . low, so its nodes belong to m with `low` under their
windows. Two raw callers may become the same one that way, so this is repeated until nothing changes. Nodes with the same pc,
context and window then cover the same states and one is kept: one that runs its block rather than one that only resumes it in a
caller.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from transpiler.cfg.graph import (
    Arc,
    BlockId,
    Branch,
    Caller,
    Cfg,
    Context,
    ContextId,
    Dispatch,
    Enter,
    Escape,
    Exit,
    Goto,
    Halt,
    Leave,
    Node,
    Step,
    Trap,
    Window,
)
from transpiler.cfg.heights import context_heights, recursive_contexts
from transpiler.cfg.reach import DISPATCH, ENTER, ESCAPE, LEAVE, ROOT, STACK_LIMIT, STEP, RawArc, RawExit, Reach

Key = tuple[int, int, Window]


@dataclass(slots=True)
class _Plan:
    """Where raw things go: `home[c]` is the mark that context c ends up in and what lies under its windows there;
    `node[i]` represents raw node i; `overflowing` raw nodes need more than 1024 slots now that more of their stack is known.
    """

    home: list[tuple[int, Window]]
    caller_sets: list[dict[tuple[int, Window], int]]
    node: list[int] = field(default_factory=list)
    overflowing: frozenset[int] = frozenset()


def _place(home: list[tuple[int, Window]], mark: int, window: Window) -> tuple[int, Window]:
    """The surviving mark and whole window of a raw (mark, window)."""
    while mark != ROOT:
        above, low = home[mark]
        if above == mark:
            return mark, window
        mark, window = above, low + window
    return mark, window


def _dissolve(reach: Reach, live: list[set[int]]) -> _Plan:
    """Inline every context whose live callers are one and the same."""
    count = len(reach.contexts)
    home: list[tuple[int, Window]] = [(context, ()) for context in range(count)]
    while True:
        caller_sets: list[dict[tuple[int, Window], int]] = []
        changed = False
        for context, raw in enumerate(reach.contexts):
            callers: dict[tuple[int, Window], int] = {}
            for (mark, low), caller in raw.callers.items():
                if caller in live[context]:
                    callers.setdefault(_place(home, mark, low), caller)
            caller_sets.append(callers)
            if len(callers) == 1 and home[context][0] == context:
                home[context] = next(iter(callers))
                changed = True
        if not changed:
            return _Plan(home, caller_sets)


def _peak(reach: Reach, raw_node: int) -> int:
    """How far a node's block rises above its window; 0 where it does not run."""
    block = reach.summaries.get(reach.nodes[raw_node][0])
    return 0 if block is None or reach.exits[raw_node][0] == "empty" else block.peak


def _merge(reach: Reach, plan: _Plan) -> None:
    """One raw node for each (pc, context, window): the one that does most itself."""
    best: dict[Key, int] = {}
    rank: list[int] = []
    keys: list[Key] = []
    for index, (pc, mark, window) in enumerate(reach.nodes):
        key = (pc, *_place(plan.home, mark, window))
        keys.append(key)
        empty = reach.exits[index][0] == "empty"
        rank.append(0 if not empty else 1 if mark == key[1] else 2)
        known = best.setdefault(key, index)
        if rank[index] < rank[known]:
            best[key] = index
    plan.node = [best[key] for key in keys]
    highest = max([block.peak for block in reach.summaries.values()], default=0)
    if max([len(key[2]) for key in keys]) + highest > STACK_LIMIT:
        plan.overflowing = frozenset(
            index
            for index, (_, _, window) in enumerate(keys)
            if reach.exits[index][0] != "empty" and len(window) + _peak(reach, index) > STACK_LIMIT
        )


class _Walk:
    """Which merged nodes and which callers are alive, seen from the entry."""

    def __init__(self, reach: Reach, plan: _Plan) -> None:
        self.reach = reach
        self.plan = plan
        self.seen: dict[int, None] = {}
        self.live: list[set[int]] = [set() for _ in reach.contexts]
        self.leaves: list[list[dict[int, RawArc]]] = [[] for _ in reach.contexts]
        self.todo: list[int] = []
        self.visit(0)
        while self.todo:
            node = self.todo.pop()
            if node not in self.plan.overflowing:
                for arc in self.reach.exits[node][1:]:
                    if isinstance(arc, tuple):
                        self.arc(arc)

    def visit(self, raw_node: int) -> None:
        """Note a node as reached."""
        node = self.plan.node[raw_node]
        if node not in self.seen:
            self.seen[node] = None
            self.todo.append(node)

    def arc(self, arc: RawArc) -> None:
        """Follow an arc; the ways out of a context are followed for the callers that are alive."""
        kind = arc[0]
        if kind == STEP:
            self.visit(cast(int, arc[1]))
        elif kind == ENTER:
            _, node, context, caller = cast(tuple[int, int, int, int], arc)
            self.visit(node)
            if caller not in self.live[context]:
                self.live[context].add(caller)
                for arcs in self.leaves[context]:
                    self.arc(arcs[caller])
        elif kind == LEAVE:
            context, arcs = cast(tuple[int, dict[int, RawArc]], arc[1:])
            self.leaves[context].append(arcs)
            for caller in list(self.live[context]):
                self.arc(arcs[caller])
        elif kind == DISPATCH:
            for _, way in cast(tuple[tuple[int, RawArc], ...], arc[1]):
                self.arc(way)


@dataclass(frozen=True, slots=True)
class Settled:
    """A graph, with the raw key (entry pc, entry window) of each of its contexts, and the keys whose stack may be too high."""

    cfg: Cfg
    keys: tuple[tuple[int, Window], ...]
    tall: frozenset[tuple[int, Window]]


def settle(reach: Reach) -> Settled:
    """The graph that a finished engine run describes."""
    live = [set(raw.callers.values()) for raw in reach.contexts]
    while True:
        plan = _dissolve(reach, live)
        _merge(reach, plan)
        walk = _Walk(reach, plan)
        if walk.live == live:
            return _Emitter(reach, plan, walk).settled()
        live = walk.live


class _Emitter:
    """Numbers what is left and writes it down as frozen values."""

    def __init__(self, reach: Reach, plan: _Plan, walk: _Walk) -> None:
        self.reach = reach
        self.plan = plan
        order = sorted(walk.seen, key=lambda node: (node != 0, _pc(reach.nodes[node][0]), node))
        self.order = order
        self.number = {node: BlockId(i) for i, node in enumerate(order)}
        shared = [c for c in range(len(reach.contexts)) if plan.home[c][0] == c and walk.live[c]]
        shared.sort(key=lambda c: self.number[plan.node[reach.contexts[c].entry]])
        self.context_number = {c: ContextId(i) for i, c in enumerate(shared)}
        self.caller_number = [{key: i for i, key in enumerate(callers)} for callers in plan.caller_sets]
        self.raw_caller = [
            {caller: self.caller_number[c].get(_place(plan.home, *key), -1) for key, caller in raw.callers.items()}
            for c, raw in enumerate(reach.contexts)
        ]

    def mark(self, mark: int) -> ContextId | None:
        """The context of a surviving mark."""
        return None if mark == ROOT else self.context_number[mark]

    def arc(self, arc: RawArc) -> Arc:
        """An arc in terms of what is left."""
        kind = arc[0]
        if kind == STEP:
            return Step(self.number[self.plan.node[cast(int, arc[1])]])
        if kind == ENTER:
            _, raw_node, context, caller = cast(tuple[int, int, int, int], arc)
            target = self.number[self.plan.node[raw_node]]
            if context not in self.context_number:
                return Step(target)
            return Enter(target, self.context_number[context], self.raw_caller[context][caller])
        if kind == LEAVE:
            context, arcs = cast(tuple[int, dict[int, RawArc]], arc[1:])
            alive = self.plan.caller_sets[context].values()
            if context not in self.context_number:
                return self.arc(arcs[next(iter(alive))])
            return Leave(self.context_number[context], tuple(self.arc(arcs[caller]) for caller in alive))
        if kind == DISPATCH:
            cases = cast(tuple[tuple[int, RawArc], ...], arc[1])
            return Dispatch(tuple((pc, self.arc(way)) for pc, way in cases), self.arc(cast(RawArc, arc[2])))
        if kind == ESCAPE:
            return Escape(cast("int | None", arc[1]), cast(str, arc[2]))
        return Trap(cast(str, arc[1]))

    def exit(self, raw: RawExit) -> Exit:
        """An exit in terms of what is left."""
        if raw[0] == "halt":
            return Halt(cast(str, raw[1]))
        if raw[0] == "branch":
            return Branch(self.arc(cast(RawArc, raw[1])), self.arc(cast(RawArc, raw[2])))
        return Goto(self.arc(cast(RawArc, raw[1])))

    def node(self, raw_node: int) -> Node:
        """One node."""
        pc, raw_mark, raw_window = self.reach.nodes[raw_node]
        mark, window = _place(self.plan.home, raw_mark, raw_window)
        raw_exit = self.reach.exits[raw_node]
        if raw_node in self.plan.overflowing:
            raw_exit = ("halt", "OVERFLOW")
        code = self.reach.code
        block = None if raw_exit[0] == "empty" else self.reach.summaries.get(pc)
        if block is None:
            index = code.at.get(_pc(pc), len(code.instructions))
            shape = (_pc(pc), _pc(pc), index, index)
        else:
            shape = (pc, block.end, block.first, block.last)
        return Node(self.number[raw_node], *shape, self.mark(mark), window, self.exit(raw_exit))

    def settled(self) -> Settled:
        """The whole graph."""
        reach = self.reach
        nodes = tuple(self.node(raw_node) for raw_node in self.order)
        callers = {
            number: tuple(Caller(self.mark(mark), low) for mark, low in self.plan.caller_sets[raw])
            for raw, number in self.context_number.items()
        }
        recursive = recursive_contexts(callers)
        heights = context_heights(callers, recursive)
        contexts = tuple(
            Context(
                number,
                self.number[self.plan.node[reach.contexts[raw].entry]],
                callers[number],
                number in recursive,
                heights[number],
            )
            for raw, number in self.context_number.items()
        )
        names = {context: key for key, context in reach.context_keys.items()}
        keys = tuple(names[raw] for raw in self.context_number)
        tallest: int | None = 0
        tall: set[tuple[int, Window]] = set()
        for raw_node, node in zip(self.order, nodes, strict=True):
            below = 0 if node.context is None else heights[node.context]
            if below is None or tallest is None:
                tallest = None
                continue
            top = below + len(node.window) + _peak(reach, raw_node)
            if node.exit == Halt("OVERFLOW"):
                continue
            tallest = max(tallest, top)
            if top > STACK_LIMIT and node.context is not None:
                tall.add(keys[node.context])
        unresolved = tuple(sorted(reach.unresolved))
        cfg = Cfg(reach.code, nodes, contexts, unresolved, tallest, reach.policy.refined)
        return Settled(cfg, keys, frozenset(tall))


def _pc(pc: int) -> int:
    return pc if pc >= 0 else ~pc
