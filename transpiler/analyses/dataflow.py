"""Fixpoints of facts over the blocks, along the edges that can be taken (`ir.successors`), and where values are visible.

Both solvers are optimistic: a block whose neighbours have no fact yet waits for them, so the result is the greatest fixpoint for a meet that
loses facts and the least for one that collects them. They end because facts only move one way in a finite lattice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from transpiler.ssa.dominance import Dominance, dominance, reverse_postorder
from transpiler.ssa.ir import BlockId, Function, Value, successors

Fact = TypeVar("Fact")


class Shape:
    """Successors and predecessors of the reachable blocks, and a reverse postorder."""

    def __init__(self, function: Function) -> None:
        self.targets = {number: tuple(successors(block.term)) for number, block in function.blocks.items()}
        self.order = reverse_postorder(self.targets, function.entry)
        self.sources: dict[BlockId, list[BlockId]] = {number: [] for number in self.order}
        for number in self.order:
            for target in self.targets[number]:
                self.sources[target].append(number)


def solve_forward(
    shape: Shape, meet: Callable[[BlockId, list[Fact]], Fact], transfer: Callable[[BlockId, Fact], Fact]
) -> dict[BlockId, Fact]:
    """The fact at the start of each block. `meet` gets the facts at the ends of the predecessors, none for the entry of a function that
    nothing jumps back to; `transfer` gives the fact at the end of a block from that at its start, which it must not change."""
    return _solve(shape.order, shape.sources, shape.targets, meet, transfer)


def solve_backward(
    shape: Shape, meet: Callable[[BlockId, list[Fact]], Fact], transfer: Callable[[BlockId, Fact], Fact]
) -> dict[BlockId, Fact]:
    """The fact at the end of each block, from those at the starts of its successors."""
    targets = {number: list(shape.targets[number]) for number in shape.order}
    return _solve(shape.order[::-1], targets, {number: tuple(found) for number, found in shape.sources.items()}, meet, transfer)


def _solve(
    order: list[BlockId],
    before: dict[BlockId, list[BlockId]],
    after: dict[BlockId, tuple[BlockId, ...]],
    meet: Callable[[BlockId, list[Fact]], Fact],
    transfer: Callable[[BlockId, Fact], Fact],
) -> dict[BlockId, Fact]:
    position = {number: index for index, number in enumerate(order)}
    starts: dict[BlockId, Fact] = {}
    ends: dict[BlockId, Fact] = {}
    pending = set(order)
    while pending:
        for number in sorted(pending, key=position.__getitem__):
            pending.discard(number)
            start = meet(number, [ends[other] for other in before[number] if other in ends])
            if number in starts and starts[number] == start:
                continue
            starts[number] = start
            end = transfer(number, start)
            if number not in ends or ends[number] != end:
                ends[number] = end
                pending.update(after[number])
    return starts


class Scope:
    """Where values may be used."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.landings = {target for block in function.blocks.values() for target in block.term.resumes}

    @cached_property
    def tree(self) -> Dominance:
        """The dominator tree."""
        return dominance(self.function)

    @cached_property
    def places(self) -> dict[Value, BlockId]:
        """Where each value is defined."""
        places: dict[Value, BlockId] = {}
        for block in self.function.blocks.values():
            for param in block.params:
                places[param] = block.id
            for inst in block.insts:
                if inst.result is not None:
                    places[inst.result] = block.id
        return places

    def visible(self, value: Value, block: BlockId) -> bool:
        """Whether the value may be used at the start of the block, given that it may at the ends of all predecessors.

        Only landing blocks of shared code need the check: their predecessors are no successors in the dominator tree.
        """
        return block not in self.landings or value not in self.places or self.tree.dominates(self.places[value], block)
