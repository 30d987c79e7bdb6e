"""Where the reads of a region go: as early as every path needs them, so that no path runs a read that it does not need.

A *read* is a register access or a chained instruction that gives the same word anywhere in the region (ENV, CALLDATALOAD). A value's
*mask* has a bit for each read that computing it takes, and LATE if it takes something that the region itself gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transpiler.lower.liveness import Needs
from transpiler.lower.regions import Flow
from transpiler.lower.values import Values
from transpiler.ssa.ir import BlockId, Value
from transpiler.ssa.ops import ARITHMETIC

LATE: Final[int] = 1
"""Bit 0 of a mask."""


class Reads:
    """The reads of one region, by bit, and their place in its dominator tree."""

    def __init__(self, flow: Flow, values: Values, needs: Needs, head: BlockId) -> None:
        self.flow = flow
        self.values = values
        self.needs = needs
        self.head = head
        self.members = flow.members[head]
        self.reads: list[Value] = []
        self._mask: dict[Value, int] = {}
        self.idom = self._dominators()
        for value in sorted(needs.local, key=values.rank.__getitem__):
            self.mask(value)

    def mask(self, value: Value) -> int:
        """The reads that the value takes, and LATE."""
        found = self._mask.get(value)
        if found is None:
            found = self._mask[value] = self._compute(value)
        return found

    def _compute(self, value: Value) -> int:
        values = self.values
        if values.is_fixed(value):
            return 0
        if value in self.needs.inputs or values.arrivals.get(value) in self.needs.inputs:
            return self._bit(value)
        inst = values.inst.get(value)
        if inst is None or not values.floats(value):
            return LATE
        mask = 0
        for arg in inst.args:
            mask |= self.mask(arg)
        if inst.op in ARITHMETIC or mask & LATE:
            return mask
        return mask | self._bit(value)

    def _bit(self, value: Value) -> int:
        self.reads.append(value)
        return 1 << len(self.reads)

    def is_late(self, value: Value) -> bool:
        """A read of the region that has to run where it stands, since its operands come from the region itself."""
        inst = self.values.inst[value]
        return (
            value in self.needs.local
            and self.values.floats(value)
            and inst.op not in ARITHMETIC
            and bool(self.mask(value) & LATE)
        )

    def masks(self, wanted: Iterable[Value]) -> int:
        """The reads that some of the values take."""
        total = 0
        for value in wanted:
            total |= self.mask(value)
        return total & ~LATE

    def pick(self, mask: int) -> list[Value]:
        """The reads of a mask."""
        return [self.reads[bit] for bit in range(mask.bit_length() - 1) if mask >> (bit + 1) & 1]

    def place(self, own: dict[BlockId, int], on_edges: dict[BlockId, tuple[int, ...]]) -> dict[BlockId, int]:
        """The reads to run in each block.

        Shape: `own` holds what a block itself takes, `on_edges` what each of its outgoing edges takes after the block.
        """
        flow, region = self.flow, self.flow.region
        wanted: dict[BlockId, int] = {}
        for ident in reversed(self.members):
            every = -1
            edges = flow.blocks[ident].term.edges
            for edge, mask in zip(edges, on_edges[ident], strict=True):
                inside = edge.block in region and region[edge.block] == self.head != edge.block
                every &= mask | (wanted[edge.block] if inside else 0)
            wanted[ident] = own[ident] | (every if edges else 0)
        below = self._below(own, on_edges)
        there: dict[BlockId, int] = {}
        result: dict[BlockId, int] = {}
        for ident in self.members:
            before = there[self.idom[ident]] if ident != self.head else 0
            result[ident] = wanted[ident] & below[ident] & ~before
            there[ident] = before | result[ident]
        return result

    def _below(self, own: dict[BlockId, int], on_edges: dict[BlockId, tuple[int, ...]]) -> dict[BlockId, int]:
        """What a block and those that it dominates take: a read that only a join further on takes is of no use to it."""
        below: dict[BlockId, int] = dict.fromkeys(self.members, 0)
        for ident in reversed(self.members):
            mask = below[ident] | own[ident]
            for edge in on_edges[ident]:
                mask |= edge
            below[ident] = mask
            if ident != self.head:
                below[self.idom[ident]] |= mask
        return below

    def _dominators(self) -> dict[BlockId, BlockId]:
        """The block of the region that immediately dominates each but the head."""
        idom: dict[BlockId, BlockId] = {}
        depth = {self.head: 0}
        for ident in self.members[1:]:
            common: BlockId | None = None
            for pred in self.flow.preds[ident]:
                if common is None:
                    common = pred
                while common != pred:
                    if depth[common] < depth[pred]:
                        pred = idom[pred]
                    else:
                        common = idom[common]
            assert common is not None
            idom[ident] = common
            depth[ident] = depth[common] + 1
        return idom
