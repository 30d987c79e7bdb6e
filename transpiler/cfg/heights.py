"""Which contexts recurse, and how much stack can lie below a context."""

from __future__ import annotations

from collections.abc import Mapping

from transpiler.cfg.graph import Caller, ContextId

Callers = Mapping[ContextId, tuple[Caller, ...]]


def _call_order(callers: Callers, left_out: frozenset[ContextId]) -> list[ContextId]:
    """The contexts with each after its callers, as far as that goes: those on and behind a cycle are missing."""
    waits = {
        context: {entry.context for entry in entries if entry.context is not None and entry.context not in left_out}
        for context, entries in callers.items()
        if context not in left_out
    }
    calls: dict[ContextId, list[ContextId]] = {}
    for context, before in waits.items():
        for caller in before:
            calls.setdefault(caller, []).append(context)
    order = [context for context, before in waits.items() if not before]
    for done in order:
        for context in calls.get(done, ()):
            waits[context].discard(done)
            if not waits[context]:
                order.append(context)
    return order


def recursive_contexts(callers: Callers) -> frozenset[ContextId]:
    """The contexts that can be entered while they are active: those on a cycle of the call graph."""
    settled = set(_call_order(callers, frozenset()))
    return frozenset(context for context in callers if context not in settled and _calls_itself(context, callers))


def _calls_itself(context: ContextId, callers: Callers) -> bool:
    seen: set[ContextId] = set()
    todo = [context]
    while todo:
        for entry in callers[todo.pop()]:
            if entry.context == context:
                return True
            if entry.context is not None and entry.context not in seen:
                seen.add(entry.context)
                todo.append(entry.context)
    return False


def context_heights(callers: Callers, recursive: frozenset[ContextId]) -> dict[ContextId, int | None]:
    """The largest number of slots below each context's window; None at and behind recursion.

    Sound because: a context's caller has at most its own bound below its window, and parks `low`.
    """
    heights: dict[ContextId, int | None] = dict.fromkeys(recursive)
    for context in _call_order(callers, recursive):
        bound: int | None = 0
        for entry in callers[context]:
            below = 0 if entry.context is None else heights[entry.context]
            bound = None if below is None or bound is None else max(bound, below + len(entry.low))
        heights[context] = bound
    return heights
