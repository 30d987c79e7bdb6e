"""Layout: chunks get their order, jumps become rows where nothing falls through, and gas finds its row.

The order is topological inside regions (ISA 2.2: control flows only to larger identifiers there). Where a path goes on in a chunk that
waits for nothing else, that chunk comes next; what ends in failure comes last.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from transpiler.lower.chunks import Chunk
from transpiler.lower.draft import CODES, Draft, Row
from transpiler.ssa.ops import OBSERVES_GAS

_OBSERVERS: Final[frozenset[int]] = frozenset(CODES[name] for name in OBSERVES_GAS)
_NO_RESULT: Final[frozenset[int]] = frozenset(
    CODES[name]
    for name in ("SET", "CHARGE", "MGROW", "MSTORE", "MSTORE8", "TOPIC", "LOG", "STOP", "RETURN", "REVERT", "HALT", "JMPR")
)
_MOVE: Final[int] = CODES["MOVE"]
TAIL_ROWS: Final[int] = 4
"""An end of so few rows is repeated rather than jumped to."""


def place_chunks(draft: Draft, entry: Chunk, chunks: list[Chunk]) -> None:
    """Appends all chunks to the draft."""
    sink_gas(chunks)
    kept = skip_empty(chunks, entry)
    Placement(draft, kept).place(order_chunks(entry, kept))


def sink_gas(chunks: list[Chunk]) -> None:
    """Gas that every way into a join charges last is charged by the join; nothing observes it in between."""
    sources: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        for target in chunk.targets:
            sources.setdefault(id(target), []).append(chunk)
    for join in chunks:
        before = sources.get(id(join), ())
        if join.head or len(before) < 2 or any(len(chunk.targets) > 1 for chunk in before):
            continue
        common = min(chunk.gas for chunk in before)
        for chunk in before:
            chunk.gas -= common
        if join.rows:
            join.rows[0].gas += common
        else:
            join.gas += common


def skip_empty(chunks: list[Chunk], entry: Chunk) -> list[Chunk]:
    """The chunks without those that do nothing; what led to one leads to where it goes."""
    goal = {
        id(chunk): chunk.targets[0]
        for chunk in chunks
        if not (chunk.rows or chunk.gas or chunk is entry) and len(chunk.targets) == 1
    }
    for chunk in chunks:
        for index, target in enumerate(chunk.targets):
            while id(target) in goal:
                target = goal[id(target)]
            chunk.targets[index] = target
        if len(chunk.targets) == 2 and chunk.targets[0] is chunk.targets[1]:
            chunk.targets.pop()
            chunk.branch = None
    return [chunk for chunk in chunks if id(chunk) not in goal]


def order_chunks(entry: Chunk, chunks: list[Chunk]) -> list[Chunk]:
    """The chunks in layout order."""
    for chunk in chunks:
        for target in chunk.targets:
            if not target.head:
                target.waits += 1
    heads = [chunk for chunk in reversed(chunks) if chunk.head]
    warm = [chunk for chunk in heads if not chunk.cold]
    cold = [chunk for chunk in heads if chunk.cold]
    order: list[Chunk] = []
    current: Chunk | None = entry
    while current is not None:
        current.placed = True
        order.append(current)
        for target in current.targets:
            if not target.head:
                target.waits -= 1
        free = [target for target in current.targets if not target.placed and not target.waits]
        for target in free:
            if not target.head:
                (cold if target.cold else warm).append(target)
        near = [target for target in free if current.cold or not target.cold]
        current = near[-1] if near else _pop(warm) or _pop(cold)
    return order


def _pop(stack: list[Chunk]) -> Chunk | None:
    while stack:
        chunk = stack.pop()
        if not chunk.placed:
            return chunk
    return None


class Placement:
    """Rows in layout order. Jumps are aimed when all chunks have their place."""

    def __init__(self, draft: Draft, chunks: list[Chunk]) -> None:
        self._draft = draft
        self._rows = draft.out = draft.chained
        self._sources = Counter(id(target) for chunk in chunks for target in chunk.targets)
        self._start: dict[int, int] = {}
        self._aims: list[tuple[Row, Chunk]] = []
        self._reached: set[int] = set()

    def place(self, order: list[Chunk]) -> None:
        """Appends the chunks, but for an end that every way to it has repeated: inside a region all ways to a chunk come before it."""
        carried = 0
        for chunk, following in zip(order, [*order[1:], None], strict=True):
            if not (chunk.targets or chunk.head or chunk is order[0] or id(chunk) in self._reached):
                continue
            self._start[id(chunk)] = len(self._rows)
            if carried and chunk.rows:
                chunk.rows[0].gas += carried
                carried = 0
            self._rows += chunk.rows
            carried = self._leave(chunk, following, carried)
        for row, target in self._aims:
            row.c = self._rows[self._start[id(target)]]

    def _leave(self, chunk: Chunk, following: Chunk | None, carried: int) -> int:
        """Adds the jumps after a chunk; gives the gas that the following chunk has to charge for it."""
        gas = chunk.gas + carried
        if not chunk.targets:
            return 0
        if chunk.branch is not None:
            self._branch(chunk, following, gas)
            return 0
        target = chunk.targets[0]
        moves = any(row.op == _MOVE for row in chunk.rows)
        if moves and (target is not following or self._sources[id(target)] == 1):
            self._aim(self._draft.add("JMP", gas=gas, pc=chunk.pc), target)
            return 0
        if target is not following:
            self._go(target, gas, chunk.pc)
            return 0
        self._reached.add(id(target))
        if gas and not target.head and self._sources[id(target)] == 1:
            return gas
        if gas and chunk.rows and chunk.rows[-1].op not in _OBSERVERS:
            chunk.rows[-1].gas += gas
        elif gas:
            self._draft.add("CHARGE", gas=gas, pc=chunk.pc)
        return 0

    def _branch(self, chunk: Chunk, following: Chunk | None, gas: int) -> None:
        assert chunk.branch is not None
        taken, inverse, operands = chunk.branch
        yes, no = chunk.targets
        if following is yes or (following is not no and yes.cold and not no.cold):
            taken, yes, no = inverse, no, yes
        left = operands[0]
        right = operands[1] if len(operands) > 1 else 0
        self._aim(self._draft.add(taken, left, right, gas=gas, pc=chunk.pc), yes)
        if no is following:
            self._reached.add(id(no))
        else:
            self._go(no, 0, chunk.pc)

    def _aim(self, row: Row, target: Chunk) -> None:
        self._aims.append((row, target))
        self._reached.add(id(target))

    def _go(self, target: Chunk, gas: int, pc: int) -> None:
        """Goes to a chunk that does not follow: by a JMP, or by repeating a short end."""
        rows = target.rows
        if not target.head and not target.targets and len(rows) <= TAIL_ROWS and all(row.op in _NO_RESULT for row in rows):
            copies = [Row(row.op, row.a, row.b, row.c, row.gas, row.pc) for row in rows]
            copies[0].gas += gas
            self._rows += copies
        else:
            self._aim(self._draft.add("JMP", gas=gas, pc=pc), target)
