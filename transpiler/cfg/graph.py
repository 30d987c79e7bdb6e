"""The control-flow graph as a value.

A node is an EVM basic block seen under one abstract stack. The stack of a node is `window`, bottom first; below it lies, for
`context is None` (the root), nothing, and for a node of a context what the context's caller has parked. So the number of stack
slots that a node can name is always `len(window)`, and each slot becomes at most one SSA value.

Contexts. A context is a private function that is shared by several callers (one caller: it is inlined and leaves no trace here).
`Enter` goes into one: the lowest `len(callers[caller].low)` slots of the stack are parked with the caller, the rest is
the stack of the entry node, and the fact *which caller* is the return label. `Leave` comes back: it selects by that label the arc
`continuations[caller]`, which starts from the stack `parked slots + current stack`, in the caller's own context. A context that
is not `recursive` is never entered while it is active, so one set of registers for its label and its parked slots is enough.

Soundness. Let gamma(None) = {empty stack} and gamma(c) = union over the callers (m, low) of c of gamma(m) . low. Each state
(pc, stack) that an execution reaches at the start of a block lies in gamma(n.context) . n.window for some node n at that pc,
unless it is behind an `Escape`. `transpiler/cfg/certificate.py` checks this without the engine that built the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NewType

from transpiler.evm.disassemble import Code
from zkvm.isa.table import END_STATUS

BlockId = NewType("BlockId", int)
"""Ordinal of a node in `Cfg.nodes`."""

ContextId = NewType("ContextId", int)
"""Ordinal of a context in `Cfg.contexts`."""

Slot = int
"""An abstract stack slot: a constant >= 0 (the pc of a JUMPDEST, a pointer that holds one; with refinement also 0 and 1), TOP, or NONZERO."""

TOP: Final[Slot] = -1
"""Any word."""

NONZERO: Final[Slot] = -2
"""Any word but 0."""

Window = tuple[Slot, ...]
"""A stack, bottom first."""


@dataclass(frozen=True, slots=True)
class Step:
    """To a node of the same context; the whole stack is its window (same height)."""

    target: BlockId


@dataclass(frozen=True, slots=True)
class Enter:
    """Into `context`, whose entry is `target`, as its caller number `caller`: that one's `low` slots at the bottom are parked."""

    target: BlockId
    context: ContextId
    caller: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Out of `context`: by its return label to `continuations[caller]`, which starts from the parked slots with the stack on top.

    Shape: one entry per caller of the context; entries are `Step`, `Enter` or `Trap`, in terms of the caller's context.
    """

    context: ContextId
    continuations: tuple[Arc, ...]


@dataclass(frozen=True, slots=True)
class Trap:
    """Exceptional halt: `BADJUMP` or `OVERFLOW`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Escape:
    """To the generic tier, with the whole stack, never to return; only in nodes of the root, so the stack is known slot by slot.

    `pc` is where the generic tier goes on (a block start); None: at the word that the JUMP or JUMPI popped as its target.
    """

    pc: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A jump to a word that is not constant: the case that it equals, else `default` (`Escape` or `Trap`)."""

    cases: tuple[tuple[int, Arc], ...]
    default: Arc


Arc = Step | Enter | Leave | Trap | Escape | Dispatch
"""How control goes on from the stack that a node leaves behind (jump target and condition popped)."""


@dataclass(frozen=True, slots=True)
class Halt:
    """The node ends the frame: `STOP`, `RETURN`, `REVERT`, `SELFDESTRUCT`, or an exceptional halt.

    Sound because: all exceptional halts of a frame are the same (ISA 3.3), so a node that must halt so may halt at once.
    Kinds of exceptional halt: `INVALID` (also undefined opcodes), `UNDERFLOW`, `OVERFLOW`, `BADJUMP`.
    """

    kind: str

    @property
    def exceptional(self) -> bool:
        """Whether it is the exceptional halt: nothing the node does before is observable."""
        return END_STATUS.get(self.kind, "halt") == "halt"


@dataclass(frozen=True, slots=True)
class Goto:
    """One way on: JUMP, falling into a JUMPDEST, or a JUMPI whose condition is known."""

    arc: Arc


@dataclass(frozen=True, slots=True)
class Branch:
    """JUMPI: `taken` when the popped condition is not 0, else `otherwise`."""

    taken: Arc
    otherwise: Arc


Exit = Halt | Goto | Branch


@dataclass(frozen=True, slots=True)
class Node:
    """The block of instructions at pcs `pc <= p < end` under one abstract stack.

    Shape: `end == pc` for a node that runs nothing and only goes on by its arc; `first` and `last` are the
    half-open range of the block's instructions in `Code.instructions`.
    """

    id: BlockId
    pc: int
    end: int
    first: int
    last: int
    context: ContextId | None
    window: Window
    exit: Exit


@dataclass(frozen=True, slots=True)
class Caller:
    """A way into a context: from `context`, with the slots `low` parked at the bottom of the caller's stack."""

    context: ContextId | None
    low: Window


@dataclass(frozen=True, slots=True)
class Context:
    """A private function with several callers.

    `recursive`: it can be entered while it is active. `height`: upper bound of the slots below its window, None if there is none.
    """

    id: ContextId
    entry: BlockId
    callers: tuple[Caller, ...]
    recursive: bool
    height: int | None


@dataclass(frozen=True, slots=True)
class Cfg:
    """The control-flow graph of one code object.

    Shape: `nodes[i].id == i`, the entry is node 0 (pc 0, empty stack, root); `contexts[i].id == i`; all nodes are reachable.
    `unresolved`: pcs of jumps whose set of targets is not closed. `max_height`: bound on the stack's height, None when
    recursion leaves none. `refined`: whether windows keep 0, 1 and NONZERO.
    """

    code: Code
    nodes: tuple[Node, ...]
    contexts: tuple[Context, ...]
    unresolved: tuple[int, ...]
    max_height: int | None
    refined: bool


def exit_arcs(end: Exit) -> tuple[Arc, ...]:
    """The arcs of an exit."""
    if isinstance(end, Branch):
        return end.taken, end.otherwise
    return (end.arc,) if isinstance(end, Goto) else ()


def arc_targets(arc: Arc) -> Iterator[BlockId]:
    """The nodes that an arc may reach, each way of a `Leave` and case of a `Dispatch` included."""
    if isinstance(arc, Step | Enter):
        yield arc.target
    elif isinstance(arc, Leave):
        for way in arc.continuations:
            yield from arc_targets(way)
    elif isinstance(arc, Dispatch):
        for _, way in arc.cases:
            yield from arc_targets(way)
        yield from arc_targets(arc.default)


def successors(cfg: Cfg, node: BlockId) -> tuple[BlockId, ...]:
    """The nodes after a node, without repetition, in the order of its arcs."""
    found = (target for arc in exit_arcs(cfg.nodes[node].exit) for target in arc_targets(arc))
    return tuple(dict.fromkeys(found))
