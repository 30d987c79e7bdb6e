"""The certificate of a graph: every node's block is run once more and each successor must be covered by the node its arc names.

It shares with the engine that built the graph only what both are about: the graph's types, the disassembler, the EVM's tables.
Sound because: node 0 covers the first state. If a state lies in gamma(n.context) . n.window and its block runs, the stack that it
leaves lies in gamma(n.context) . s for the stack s computed here, and `_Checker.arc` admits an arc only if its target covers
that: a `Step` slot by slot; an `Enter` because gamma(m) . low . rest is part of gamma(c) . rest when (m, low') is a caller of c
and low' covers low; a `Leave` because gamma(c) is the union over *all* callers, each of which has its continuation checked. By
induction over the execution every state is covered, up to an `Escape`, which leaves the graph for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transpiler.cfg.graph import (
    NONZERO,
    TOP,
    Arc,
    Branch,
    Cfg,
    Dispatch,
    Enter,
    Escape,
    Goto,
    Halt,
    Leave,
    Node,
    Slot,
    Step,
    Trap,
)
from transpiler.cfg.rerun import Facts, Rerun, Word, assume, rerun, resolve, words
from transpiler.cfg.tables import jump_words
from transpiler.errors import InternalError

STACK_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that the graph does not cover: `rule` is what is broken, `node` where (-1: the graph as a whole)."""

    rule: str
    node: int
    message: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was checked: all nodes, arcs (continuations counted one by one) and contexts of a graph."""

    nodes: int
    arcs: int
    contexts: int


def check(cfg: Cfg) -> tuple[Failure, ...]:
    """All failures; none means that the graph covers every execution."""
    return tuple(_Checker(cfg).run().failures)


def certify(cfg: Cfg) -> Certificate:
    """The certificate of a graph.

    Raises: InternalError naming the first failure.
    """
    checker = _Checker(cfg).run()
    if checker.failures:
        first = checker.failures[0]
        where = f"node {first.node}, pc {cfg.nodes[first.node].pc:#x}" if first.node >= 0 else "the graph"
        raise InternalError(
            "S2Z-CFG-CERTIFICATE", f"{first.rule}: {first.message}", where, f"{len(checker.failures)} failures in all"
        )
    return Certificate(len(cfg.nodes), checker.arcs, len(cfg.contexts))


class _Checker:
    """One pass over the graph."""

    def __init__(self, cfg: Cfg) -> None:
        self.cfg = cfg
        self.failures: list[Failure] = []
        self.arcs = 0
        self.here = -1

    def run(self) -> _Checker:
        """Check everything."""
        self.shape()
        self.contexts()
        for index, node in enumerate(self.cfg.nodes):
            self.here = index
            self.node(node)
        return self

    def fail(self, rule: str, message: str) -> None:
        """Note a failure at the node in hand."""
        self.failures.append(Failure(rule, self.here, message))

    def shape(self) -> None:
        """The entry, and ids that are ordinals."""
        nodes = self.cfg.nodes
        if not nodes or (nodes[0].pc, nodes[0].context, nodes[0].window) != (0, None, ()):
            self.fail("entry", "node 0 is not pc 0 with the empty stack")
        if any(node.id != index for index, node in enumerate(nodes)):
            self.fail("shape", "ids are not ordinals")

    def contexts(self) -> None:
        """Entries stand in their contexts; bounds of the stack below a window hold; only marked contexts recurse."""
        contexts = self.cfg.contexts
        state: dict[int, int] = {}
        for context in contexts:
            if not 0 <= context.entry < len(self.cfg.nodes) or self.cfg.nodes[context.entry].context != context.id:
                self.fail("context", f"the entry of context {context.id} is not one of its nodes")
            for caller in context.callers:
                below = 0 if caller.context is None else contexts[caller.context].height
                if context.height is not None and (below is None or below + len(caller.low) > context.height):
                    self.fail("height", f"context {context.id} may have more slots below it than {context.height}")
            if not context.recursive and self._cyclic(context.id, state):
                self.fail("recursion", f"context {context.id} recurses")

    def _cyclic(self, start: int, state: dict[int, int]) -> bool:
        """Whether an unmarked context reaches itself through callers that are unmarked (0 on the path, 1 done)."""
        stack = [(start, iter(self.cfg.contexts[start].callers))] if start not in state else []
        state.setdefault(start, 0)
        while stack:
            context, callers = stack[-1]
            for caller in callers:
                above = caller.context
                if above is None or self.cfg.contexts[above].recursive or state.get(above) == 1:
                    continue
                if state.get(above) == 0:
                    return True
                state[above] = 0
                stack.append((above, iter(self.cfg.contexts[above].callers)))
                break
            else:
                state[context] = 1
                stack.pop()
        return False

    def node(self, node: Node) -> None:
        """Run the node's block and check its exit."""
        end = node.exit
        if node.end == node.pc and node.pc < len(self.cfg.code.data):
            if not isinstance(end, Goto) or not isinstance(end.arc, Leave | Escape):
                self.fail("empty", "a node that runs nothing neither leaves its context nor escapes")
            else:
                self.arc(end.arc, node.context, rerun(self.cfg.code, node.pc, node.window, 0).stack, node.pc, {})
            return
        result = rerun(self.cfg.code, node.pc, node.window)
        if (result.end, result.first, result.last) != (node.end, node.first, node.last):
            self.fail("block", f"the block ends at {result.end:#x}, not {node.end:#x}")
        self.exit(node, result)

    def exit(self, node: Node, result: Rerun) -> None:
        """The exit is what the run says."""
        end = node.exit
        height = len(node.window) + result.peak
        if result.underflow:
            if node.context is not None or not isinstance(end, Halt) or not end.exceptional:
                self.fail("underflow", "the block reads below the window")
            return
        if isinstance(end, Halt) and end.kind == "OVERFLOW":
            if height <= STACK_LIMIT:
                self.fail("overflow", "the block does not overflow the stack")
            return
        below = 0 if node.context is None else self.cfg.contexts[node.context].height
        if below is not None and below + height > STACK_LIMIT:
            self.fail("overflow", f"the stack may have {below + height} slots here")
        if below is not None and self.cfg.max_height is not None and below + height > self.cfg.max_height:
            self.fail("height", f"the stack may have {below + height} slots here, more than {self.cfg.max_height}")
        if result.halt:
            if end != Halt(result.halt):
                self.fail("halt", f"the block ends with {result.halt}")
            return
        self.ways(node, result)

    def ways(self, node: Node, result: Rerun) -> None:
        """JUMP, JUMPI and falling through."""
        end = node.exit
        target, condition = result.target, result.condition
        may_jump = target is not None and (condition is None or resolve(condition, {}) != 0)
        may_fall = target is None or (condition is not None and not _surely_nonzero(condition, {}))
        if isinstance(end, Halt):
            if end.kind != "BADJUMP" or may_fall or not isinstance(target, int) or target in self.cfg.code.jumpdests:
                self.fail("halt", f"the block goes on, it does not end with {end.kind}")
            return
        taken = end.taken if isinstance(end, Branch) else end.arc if not may_fall else None
        otherwise = end.otherwise if isinstance(end, Branch) else end.arc if not may_jump else None
        if isinstance(end, Branch) and target is None:
            self.fail("branch", "the block ends without a JUMPI")
        if (may_jump and taken is None) or (may_fall and otherwise is None):
            self.fail("branch", "a side of the JUMPI that may be taken is missing")
        if may_jump and taken is not None and target is not None:
            facts: Facts = {} if condition is None else assume(condition, False)
            target = resolve(target, facts)
            if isinstance(target, int) and target not in self.cfg.code.jumpdests and not isinstance(taken, Trap):
                self.fail("trap", f"a jump to {target:#x}, which is no JUMPDEST, goes on")
            closed = isinstance(taken, Dispatch) and isinstance(taken.default, Trap)
            if (
                not isinstance(target, int)
                and not closed
                and self.cfg.code.instructions[node.last - 1].pc not in self.cfg.unresolved
            ):
                self.fail("unresolved", "an open jump is not listed")
            self.arc(taken, node.context, result.stack, target, facts)
        if may_fall and otherwise is not None:
            facts = {} if condition is None else assume(condition, True)
            self.arc(otherwise, node.context, result.stack, node.end, facts)

    def arc(self, arc: Arc, context: int | None, stack: Sequence[Word], target: Word, facts: Facts) -> None:
        """The arc covers every state with `stack` on top of `context` that goes on at `target`."""
        self.arcs += 1
        if isinstance(arc, Trap):
            bad_jump = isinstance(target, int) and target not in self.cfg.code.jumpdests
            if not (bad_jump if arc.reason == "BADJUMP" else len(stack) > STACK_LIMIT):
                self.fail("trap", f"not an exceptional halt: {arc.reason}")
        elif isinstance(arc, Escape):
            if context is not None:
                self.fail("escape", "an escape outside the root")
            if arc.pc is not None and arc.pc != target:
                self.fail("escape", f"an escape to {arc.pc:#x}")
        elif isinstance(arc, Leave):
            self.leave(arc, context, stack, target, facts)
        elif isinstance(arc, Dispatch):
            self.dispatch(arc, context, stack, facts)
        else:
            self.covered(arc, context, stack, target, facts)

    def leave(self, arc: Leave, context: int | None, stack: Sequence[Word], target: Word, facts: Facts) -> None:
        """Each caller goes on with its parked slots below the stack."""
        if context != arc.context:
            self.fail("leave", f"context {arc.context} is left from {context}")
            return
        callers = self.cfg.contexts[arc.context].callers
        if len(callers) != len(arc.continuations):
            self.fail("leave", f"{len(callers)} callers, {len(arc.continuations)} continuations")
            return
        for caller, way in zip(callers, arc.continuations, strict=True):
            if isinstance(way, Leave):
                self.fail("leave", "a continuation leaves again")
                continue
            self.arc(way, caller.context, [*words(caller.low), *stack], target, facts)

    def dispatch(self, arc: Dispatch, context: int | None, stack: Sequence[Word], facts: Facts) -> None:
        """Every case is a jump of its own; what equals none escapes, or is no JUMPDEST among the words that the jump may find."""
        if isinstance(arc.default, Trap):
            words = jump_words(self.cfg, self.cfg.nodes[self.here])
            if words is None or not words & self.cfg.code.jumpdests <= {pc for pc, _ in arc.cases}:
                self.fail("dispatch", "the jump may find a JUMPDEST that is no case")
        elif not isinstance(arc.default, Escape):
            self.fail("dispatch", "the default neither escapes nor halts")
        for pc, way in arc.cases:
            if pc not in self.cfg.code.jumpdests:
                self.fail("dispatch", f"a case for {pc:#x}, which is no JUMPDEST")
            self.arc(way, context, stack, pc, facts)

    def covered(self, arc: Step | Enter, context: int | None, stack: Sequence[Word], target: Word, facts: Facts) -> None:
        """The target node is at the right pc and its slots cover the stack."""
        if not 0 <= arc.target < len(self.cfg.nodes):
            self.fail("edge", f"there is no node {arc.target}")
            return
        node = self.cfg.nodes[arc.target]
        if node.pc != target:
            self.fail("edge", f"node {node.id} is at {node.pc:#x}, not where control goes")
        low: tuple[Slot, ...] = ()
        if isinstance(arc, Enter):
            called = self.cfg.contexts[arc.context]
            if not 0 <= arc.caller < len(called.callers) or called.callers[arc.caller].context != context:
                self.fail("enter", f"context {arc.context} has no such caller {arc.caller}")
                return
            low, context = called.callers[arc.caller].low, called.id
        if node.context != context:
            self.fail("edge", f"node {node.id} belongs to context {node.context}")
        slots = low + node.window
        if len(slots) != len(stack):
            self.fail("window", f"{len(stack)} slots arrive at node {node.id}, which has {len(slots)}")
            return
        for slot, word in zip(slots, stack, strict=True):
            if slot != TOP and not _covers(slot, word, facts):
                self.fail("window", f"node {node.id} expects {slot} in a slot that may hold something else")


def _covers(slot: Slot, word: Word, facts: Facts) -> bool:
    return _surely_nonzero(word, facts) if slot == NONZERO else resolve(word, facts) == slot


def _surely_nonzero(word: Word, facts: Facts) -> bool:
    known = resolve(word, facts)
    return known != 0 if isinstance(known, int) else known.nonzero or facts.get(known) == NONZERO
