"""Memory growth that changes nothing: ranges that are covered already, and ranges of one stretch of a block merged into the first.

State: `end`, below which memory is certainly covered, and for a base (value) the offsets between which it is; forward, meet by the smaller
claim. Sound because memory never shrinks, and MGROW of base + low and of a range up to base + high succeeded, with distances below 2^32,
so every range between has no wrap and is covered. A growth moves earlier only inside a block and over nothing that observes the size
of memory or gas (effects `z` and `g` of the ISA table): if it fails, the halt undoes what lies between.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from transpiler.analyses.dataflow import Scope, Shape, solve_forward
from transpiler.analyses.memory import REACH, Address, Addresses
from transpiler.ssa.edit import Numbering, without
from transpiler.ssa.ir import Block, BlockId, Function, Inst, Value
from transpiler.ssa.ops import OBSERVES_MEMORY_SIZE
from zkvm.word import MASK

LIMIT: Final = 256
_Covered = dict[Value | None, tuple[int, int]]
"""Base to (low, high): each range from low to high past the base is covered; base None has low 0."""


def _within(address: Address, length: int, covered: _Covered) -> bool:
    known = covered.get(address.base)
    if known is None:
        return False
    distance = (address.offset - known[0]) & MASK
    return distance < REACH and known[0] + distance + length <= known[1]


def _note(address: Address, length: int, covered: _Covered) -> None:
    """Adds a growth that succeeded."""
    base, offset = address
    if base is None:
        if offset + length <= REACH:
            covered[None] = (0, max(offset + length, covered.get(None, (0, 0))[1]))
        return
    low, high = covered.get(base, (offset, offset))
    up, down = (offset - low) & MASK, (low - offset) & MASK
    if up < REACH:
        covered[base] = (low, max(high, low + up + length))
    elif down < REACH:
        covered[base] = (offset, max(offset + length, high - low + offset + down))


def _meet(a: _Covered, b: _Covered) -> _Covered:
    result: _Covered = {}
    for base, (low, high) in a.items():
        other = b.get(base)
        if other is None:
            continue
        if other == (low, high):
            result[base] = (low, high)
        elif base is None:
            result[None] = (0, min(high, other[1]))
        elif other[0] == low:
            result[base] = (low, min(high, other[1]))
    return result


class _Grow:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.addresses = Addresses(function)
        self.scope = Scope(function)
        counts = Counter(
            self.addresses.address(i.args[0]).base for b in function.blocks.values() for i in b.insts if i.op == "MGROW"
        )
        self.bases = set([base for base, count in counts.items() if count > 1][:LIMIT]) | {None}

    def growth(self, inst: Inst) -> tuple[Address, int] | None:
        """The range, when its length is a constant and its base occurs more than once (the first LIMIT bases)."""
        if inst.op != "MGROW":
            return None
        length = self.function.constants.get(inst.args[1])
        address = self.addresses.address(inst.args[0])
        return None if length is None or length > REACH or address.base not in self.bases else (address, length)

    def meet(self, number: BlockId, ends: list[_Covered]) -> _Covered:
        """What is covered at the start of a block."""
        if number == self.function.entry:
            return {}
        covered = ends[0]
        for other in ends[1:]:
            covered = _meet(covered, other)
        if number in self.scope.landings:
            covered = {base: known for base, known in covered.items() if base is None or self.scope.visible(base, number)}
        return covered

    def through(self, number: BlockId, start: _Covered) -> _Covered:
        """What is covered at the end of a block."""
        covered = dict(start)
        for inst in self.function.blocks[number].insts:
            grown = self.growth(inst)
            if grown is not None and not _within(*grown, covered):
                _note(*grown, covered)
        return covered

    def block(self, block: Block, covered: _Covered, numbering: Numbering) -> Block:
        """The block without growth that is covered, and with that of one stretch merged."""
        insts = list(block.insts)
        dead: set[int] = set()
        first: dict[Value | None, int] = {}
        for index, inst in enumerate(insts):
            if inst.op in OBSERVES_MEMORY_SIZE:
                first.clear()
            grown = self.growth(inst)
            if grown is None:
                continue
            address, length = grown
            if length == 0 or _within(address, length, covered):
                dead.add(index)
                continue
            _note(address, length, covered)
            earlier = first.get(address.base)
            merged = None if earlier is None else self.merged(insts[earlier], address, length, numbering)
            if earlier is None or merged is None:
                first[address.base] = index
            else:
                insts[earlier] = merged
                dead.add(index)
        if not dead and all(a is b for a, b in zip(insts, block.insts, strict=True)):
            return block
        return without(block._replace(insts=tuple(insts)), dead)

    def merged(self, earlier: Inst, address: Address, length: int, numbering: Numbering) -> Inst | None:
        """The earlier growth extended to cover a later one of the same base."""
        base, offset = self.addresses.address(earlier.args[0])
        size = numbering.constants[earlier.args[1]]
        if base is None:
            low, end = min(offset, address.offset), max(offset + size, address.offset + length)
            if end > REACH:
                return None
            return earlier._replace(args=(numbering.constant(low), numbering.constant(end - low)))
        distance = (address.offset - offset) & MASK
        if distance + length > REACH:
            return None
        return earlier._replace(args=(earlier.args[0], numbering.constant(max(size, distance + length))))


def grow(function: Function) -> Function:
    """The function without redundant memory growth."""
    analysis, numbering = _Grow(function), Numbering(function)
    starts = solve_forward(Shape(function), analysis.meet, analysis.through)
    blocks = {number: analysis.block(block, dict(starts[number]), numbering) for number, block in function.blocks.items()}
    return numbering.finish(blocks)
