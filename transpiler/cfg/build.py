"""Code to control-flow graph: runs the engine, with refinement where a jump stays open, and closes what it cannot resolve."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from transpiler.cfg.graph import Arc, BlockId, Cfg, Dispatch, Escape, Goto, Leave, Node, Window, exit_arcs
from transpiler.cfg.inline import settle
from transpiler.cfg.reach import STACK_LIMIT, Overrun, Policy, Reach
from transpiler.cfg.tables import jump_words
from transpiler.errors import InternalError
from transpiler.evm.disassemble import Code

__all__ = ["build", "escapes", "exit_arcs", "resolve"]

NODES_PER_BLOCK: Final = 50
BASE_BUDGET: Final = 20_000
ROUNDS: Final = 4
"""How often newly found recursion may lead to another run before everything escapes."""


def build(code: Code) -> Cfg:
    """The graph to translate: no recursive context, escapes only in the root, every state within 1024 slots.

    Total: any byte string has a graph; at worst it is the escape at its entry.
    """
    for tables in (True, False):
        chosen = _analyse(code, tables=tables)
        cfg = _escape_at_entry(code) if chosen is None else _close(chosen)
        if _tables_hold(cfg):
            return cfg
    raise InternalError("S2Z-CFG-TABLES", "a graph without tables has a dispatch")


def resolve(code: Code) -> Cfg | None:
    """The graph as analysed, recursive contexts included, for views; None when the node budget is used up."""
    for tables in (True, False):
        chosen = _analyse(code, tables=tables)
        cfg = None if chosen is None else settle(chosen).cfg
        if cfg is None or _tables_hold(cfg):
            return cfg
    return None


def overview(code: Code) -> Cfg:
    """The graph for views: as analysed, or the one to translate where the node budget is used up."""
    return resolve(code) or build(code)


def escapes(cfg: Cfg) -> int:
    """How many ways lead into the generic tier."""
    return sum(_arc_escapes(arc) for node in cfg.nodes for arc in exit_arcs(node.exit))


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


def _analyse(code: Code, *, tables: bool) -> Reach | None:
    """The plain run, or where that leaves jumps open the refined one, or one that knows the words of jump tables."""
    budget = BASE_BUDGET + NODES_PER_BLOCK * (1 + len(code.jumpdests))
    plain = _attempt(code, Policy(budget=budget))
    if plain is None or not plain.unresolved:
        return plain
    refined = _attempt(code, Policy(refined=True, budget=budget))
    chosen = refined if refined is not None and len(refined.unresolved) < len(plain.unresolved) else plain
    for _ in range(ROUNDS if tables else 0):
        known = _jump_tables(settle(chosen).cfg)
        again = _attempt(code, replace(chosen.policy, tables={**chosen.policy.tables, **known})) if known else None
        if again is None:
            break
        chosen = again
    return chosen


def _jump_tables(cfg: Cfg) -> dict[int, tuple[int, ...]]:
    """The open jumps whose words are known to be few, with the JUMPDESTs among these."""
    found: dict[int, set[int]] = {}
    spoiled: set[int] = set()
    for node in cfg.nodes:
        if isinstance(node.exit, Goto) and isinstance(node.exit.arc, Escape) and node.exit.arc.pc is None:
            jump = cfg.code.instructions[node.last - 1].pc
            words = jump_words(cfg, node)
            if words is None:
                spoiled.add(jump)
            else:
                found.setdefault(jump, set()).update(words & cfg.code.jumpdests)
    return {jump: tuple(sorted(words)) for jump, words in found.items() if jump not in spoiled}


def _tables_hold(cfg: Cfg) -> bool:
    """Whether each dispatch still has all the words that its jump may find, now that its jumps lead somewhere."""
    for node in cfg.nodes:
        if isinstance(node.exit, Goto) and isinstance(node.exit.arc, Dispatch):
            words = jump_words(cfg, node)
            if words is None or not words & cfg.code.jumpdests <= {pc for pc, _ in node.exit.arc.cases}:
                return False
    return True


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
