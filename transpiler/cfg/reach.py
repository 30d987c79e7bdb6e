"""Windowed pushdown reachability: the fixpoint engine behind the graph.

A state is `(pc, mark, window)`. The window is the top of the abstract stack; the mark says what lies below: ROOT nothing, a
context its callers' parked stacks. Abstraction happens at block boundaries only. Going to a block with more than one code
pointer in the window cuts the window at the topmost one: that one is the return address of a private function (a context), what
is below it is parked with the caller. A window without a code pointer has popped it: the function returns, to all its callers.

Sound because: gamma(ROOT) = {empty}, gamma(c) = union of gamma(m) . low over the callers (m, low) of c; each rule below maps the
states of gamma(mark) . window into nodes that cover their successors. `_go` only moves slots between window and `low`; `_leave`
and `_resume` go to all callers, those found later included (`_add_caller`). Reading below the window is a `_resume`, so a block
runs on known slots. Terminates because: windows are at most 1024 high and nodes are budgeted (`Overrun`).
Source: Bouajjani, Esparza, Maler 1997 (pushdown systems) for the shape of the argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from transpiler.cfg.blocks import BELOW, FALL, HALT, JUMP, Form, Summary, evaluate, learn, slot_keeper, summarise
from transpiler.cfg.graph import TOP, Slot, Window
from transpiler.evm.disassemble import Code

ROOT: Final = -1
"""The mark of states whose window is the whole stack."""

STACK_LIMIT: Final = 1024

SLOTS_PER_NODE: Final = 128
"""So many slots cost as much of the budget as a node."""

STEP, ENTER, LEAVE, TRAP, ESCAPE, DISPATCH = range(6)

RawArc = tuple[object, ...]
"""(STEP, node) | (ENTER, node, context, caller) | (LEAVE, context, {caller: arc}) | (TRAP, reason) | (ESCAPE, pc, reason) |
(DISPATCH, ((pc, arc), ...), default)."""

RawExit = tuple[object, ...]
""" ("halt", kind) | ("goto", arc) | ("branch", taken, otherwise) | ("empty", arc): no instruction runs."""


class Overrun(Exception):
    """The node budget is used up."""


@dataclass(slots=True)
class RawContext:
    """A private function: its entry node, callers in order of discovery, the ways out with their arc for each caller."""

    entry: int = -1
    callers: dict[tuple[int, Window], int] = field(default_factory=dict)
    leaves: dict[tuple[int, Window], dict[int, RawArc]] = field(default_factory=dict)
    resumes: dict[tuple[int, Window], dict[int, RawArc]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """How to run the engine.

    `refined`: windows keep 0, 1 and NONZERO. `barred`: contexts that are not entered; going there escapes. `expand`: an open jump
    escapes in the root, not in a context. `tables`: pcs of jumps in the root with all their targets. `budget`: for nodes, tall
    ones counting more (`SLOTS_PER_NODE`).
    """

    refined: bool = False
    barred: frozenset[tuple[int, Window]] = frozenset()
    expand: bool = False
    tables: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    budget: int = 20_000


class Reach:
    """One run of the engine; afterwards `nodes`, `exits` and `contexts` hold the result and `unresolved` the open jumps."""

    def __init__(self, code: Code, policy: Policy) -> None:
        self.code = code
        self.policy = policy
        self.keep = slot_keeper(code, policy.refined)
        self.summaries: dict[int, Summary] = {}
        self.index: dict[tuple[int, int, Window], int] = {}
        self.nodes: list[tuple[int, int, Window]] = []
        self.exits: list[RawExit] = []
        self.contexts: list[RawContext] = []
        self.context_keys: dict[tuple[int, Window], int] = {}
        self.unresolved: set[int] = set()
        self.spent = 0
        self._new_callers: list[tuple[int, int, Window, int]] = []

    def run(self) -> None:
        """Reach everything from pc 0 with the empty stack.

        Raises: Overrun.
        """
        self._add_node(0, ROOT, ())
        done = 0
        nodes, exits, budget = self.nodes, self.exits, self.policy.budget
        while True:
            while self._new_callers:
                self._add_caller(*self._new_callers.pop())
            if done == len(nodes):
                return
            if self.spent > budget:
                raise Overrun
            exits.append(self._process(*nodes[done]))
            done += 1

    def _add_node(self, pc: int, mark: int, window: Window) -> int:
        key = (pc, mark, window)
        node = self.index.get(key, -1)
        if node < 0:
            node = self.index[key] = len(self.nodes)
            self.spent += 1 + len(window) // SLOTS_PER_NODE
            self.nodes.append(key)
        return node

    def _add_caller(self, context: int, mark: int, low: Window, caller: int) -> None:
        """Let a new caller take part in the ways out that are known already."""
        raw = self.contexts[context]
        for (pc, window), arcs in list(raw.leaves.items()):
            if caller not in arcs:
                arcs[caller] = self._go(pc, mark, low + window)
        for (pc, window), arcs in list(raw.resumes.items()):
            if caller not in arcs:
                arcs[caller] = self._resume_at(pc, mark, low + window)

    def _resume_at(self, pc: int, mark: int, window: Window) -> RawArc:
        if len(window) > STACK_LIMIT:
            return (TRAP, "OVERFLOW")
        return (STEP, self._add_node(pc, mark, window))

    def _go(self, pc: int, mark: int, window: Window) -> RawArc:
        """The arc to the block at `pc` with `window` on top of `mark`."""
        if len(window) > STACK_LIMIT:
            return (TRAP, "OVERFLOW")
        jumpdests = self.code.jumpdests
        cut = -1
        position = len(window)
        for slot in reversed(window):
            position -= 1
            if slot >= 0 and slot in jumpdests:
                if cut >= 0:
                    return self._enter(pc, mark, window, cut)
                cut = position
        if cut < 0 and mark != ROOT:
            return self._leave(pc, mark, window)
        return (STEP, self._add_node(pc, mark, window))

    def _enter(self, pc: int, mark: int, window: Window, cut: int) -> RawArc:
        low, high = window[:cut], window[cut:]
        key = (pc, high)
        if key in self.policy.barred:
            return (STEP, self._add_node(~pc, mark, window))
        context = self.context_keys.get(key, -1)
        if context < 0:
            context = self.context_keys[key] = len(self.contexts)
            self.contexts.append(RawContext())
            self.contexts[context].entry = self._add_node(pc, context, high)
        raw = self.contexts[context]
        caller = raw.callers.get((mark, low), -1)
        if caller < 0:
            caller = raw.callers[(mark, low)] = len(raw.callers)
            self._new_callers.append((context, mark, low, caller))
        return (ENTER, raw.entry, context, caller)

    def _leave(self, pc: int, mark: int, window: Window) -> RawArc:
        raw = self.contexts[mark]
        arcs = raw.leaves.get((pc, window))
        if arcs is None:
            arcs = raw.leaves[(pc, window)] = {}
            for (below, low), caller in list(raw.callers.items()):
                arcs[caller] = self._go(pc, below, low + window)
        return (LEAVE, mark, arcs)

    def _resume(self, pc: int, mark: int, window: Window) -> RawExit:
        """The block needs to see the caller's stack: start it again there."""
        raw = self.contexts[mark]
        arcs = raw.resumes.get((pc, window))
        if arcs is None:
            arcs = raw.resumes[(pc, window)] = {}
            for (below, low), caller in list(raw.callers.items()):
                arcs[caller] = self._resume_at(pc, below, low + window)
        return ("empty", (LEAVE, mark, arcs))

    def _process(self, pc: int, mark: int, window: Window) -> RawExit:
        """Run the block of a node."""
        if pc < 0:  # an escape at the entry of the block at ~pc
            return ("empty", (ESCAPE, ~pc, "recursion")) if mark == ROOT else self._resume(pc, mark, window)
        block = self.summaries.get(pc)
        if block is None:
            if pc >= len(self.code.data):
                return ("halt", "STOP")
            block = self.summaries[pc] = summarise(self.code, pc, self.policy.refined)
        rest = len(window) - block.need
        if rest < 0:
            return ("halt", "UNDERFLOW") if mark == ROOT else self._resume(pc, mark, window)
        if len(window) + block.peak > STACK_LIMIT:
            return ("halt", "OVERFLOW")
        if block.kind == HALT:
            return ("halt", block.halt)
        if block.kind == FALL:
            return ("goto", self._go(block.end, mark, window[:rest] + self._outs(block, window)))
        return self._jump(block, mark, window, rest)

    def _outs(self, block: Summary, window: Window, facts: dict[Form, Slot] | None = None) -> Window:
        if block.plain and not facts:
            return tuple([window[form - BELOW - 1] if form <= BELOW else form for form in block.outs])
        known = facts or {}
        slots: list[Slot] = []
        for form in block.outs:
            word = evaluate(form, window, known)
            slots.append(self.keep(word) if word >= 0 else word)
        return tuple(slots)

    def _jump(self, block: Summary, mark: int, window: Window, rest: int) -> RawExit:
        taken: RawArc
        low = window[:rest]
        condition = 1 if block.kind == JUMP else evaluate(block.condition, window, {})
        if condition == 0:
            return ("goto", self._go(block.end, mark, low + self._outs(block, window)))
        certain = condition != TOP
        facts: dict[Form, Slot] = {}
        if not certain and self.policy.refined:
            learn(block.condition, False, facts)
        target = evaluate(block.target, window, facts)
        jump = self.code.instructions[block.last - 1].pc
        if target < 0 and mark == ROOT and block.kind == JUMP and jump in self.policy.tables:
            stack = low + self._outs(block, window, facts)
            taken = (DISPATCH, tuple((pc, self._go(pc, mark, stack)) for pc in self.policy.tables[jump]), (TRAP, "BADJUMP"))
        elif target < 0:
            self.unresolved.add(jump)
            if mark != ROOT and self.policy.expand:
                return self._resume(block.pc, mark, window)
            taken = (ESCAPE, None, "jump")
        elif target in self.code.jumpdests:
            taken = self._go(target, mark, low + self._outs(block, window, facts))
        else:
            taken = (TRAP, "BADJUMP")
        if certain:
            return ("halt", "BADJUMP") if taken == (TRAP, "BADJUMP") else ("goto", taken)
        facts = {}
        if self.policy.refined:
            learn(block.condition, True, facts)
        return ("branch", taken, self._go(block.end, mark, low + self._outs(block, window, facts)))
