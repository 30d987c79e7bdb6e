"""Code to control-flow graph: runs the engine, with refinement where a jump stays open, and closes what it cannot resolve."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from transpiler.cfg.graph import Arc, BlockId, Branch, Cfg, Dispatch, Escape, Exit, Goto, Leave, Node, Window
from transpiler.cfg.inline import settle
from transpiler.cfg.reach import STACK_LIMIT, Overrun, Policy, Reach
from transpiler.evm.disassemble import Code

NODES_PER_BLOCK: Final = 50
BASE_BUDGET: Final = 20_000
ROUNDS: Final = 4
"""How often newly found recursion may lead to another run before everything escapes."""


def build(code: Code) -> Cfg:
    """The graph to translate: no recursive context, escapes only in the root, every state within 1024 slots.

    Total: any byte string has a graph; at worst it is the escape at its entry.
    """
    chosen = _analyse(code)
    return _escape_at_entry(code) if chosen is None else _close(chosen)


def resolve(code: Code) -> Cfg | None:
    """The graph as analysed, recursive contexts included, for views; None when the node budget is used up."""
    chosen = _analyse(code)
    return None if chosen is None else settle(chosen).cfg


def escapes(cfg: Cfg) -> int:
    """How many ways lead into the generic tier."""
    return sum(_arc_escapes(arc) for node in cfg.nodes for arc in exit_arcs(node.exit))


def exit_arcs(end: Exit) -> tuple[Arc, ...]:
    """The arcs of an exit."""
    if isinstance(end, Branch):
        return end.taken, end.otherwise
    return (end.arc,) if isinstance(end, Goto) else ()


def _arc_escapes(arc: Arc) -> int:
    if isinstance(arc, Leave):
        return sum(_arc_escapes(way) for way in arc.continuations)
    if isinstance(arc, Dispatch):
        return sum(_arc_escapes(way) for _, way in arc.cases) + _arc_escapes(arc.default)
    return int(isinstance(arc, Escape))


def _attempt(code: Code, policy: Policy) -> Reach | None:
    reach = Reach(code, policy)
    try:
        reach.run()
    except Overrun:
        return None
    return reach


def _analyse(code: Code) -> Reach | None:
    budget = BASE_BUDGET + NODES_PER_BLOCK * (1 + len(code.jumpdests))
    plain = _attempt(code, Policy(budget=budget))
    if plain is None or not plain.unresolved:
        return plain
    refined = _attempt(code, Policy(refined=True, budget=budget))
    return refined if refined is not None and len(refined.unresolved) < len(plain.unresolved) else plain


def _close(reach: Reach) -> Cfg:
    """Run again until no context recurses or may pass the stack limit: entering such a one is an escape, made in the root."""
    first = settle(reach)
    open_jumps = first.cfg.unresolved
    found, barred, expanded = first, frozenset[tuple[int, Window]](), False
    for _ in range(ROUNDS):
        bad = found.tall | {found.keys[context.id] for context in found.cfg.contexts if context.recursive}
        if not bad and (expanded or not open_jumps):
            return replace(found.cfg, unresolved=tuple(sorted({*open_jumps, *found.cfg.unresolved})))
        barred |= bad
        again = _attempt(reach.code, replace(reach.policy, barred=barred, expand=True))
        if again is None:
            break
        found, expanded = settle(again), True
    return _escape_at_entry(reach.code, open_jumps)


def _escape_at_entry(code: Code, unresolved: tuple[int, ...] = ()) -> Cfg:
    node = Node(BlockId(0), 0, 0, 0, 0, None, (), Goto(Escape(0, "budget")))
    return Cfg(code, (node,), (), unresolved, STACK_LIMIT, False)
