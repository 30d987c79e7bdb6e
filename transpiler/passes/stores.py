"""Dead stores: MSTORE at a constant offset whose word nothing reads before the frame ends or the word is written again.

State: the set of constant words that may be read later (one bit for each of the lowest LIMIT offsets of some MSTORE), backward, meet is
union: least fixpoint. A read at an unknown place reads all of them, and so does ESCAPE. A write keeps growth and gas: MGROW is separate.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Final

from transpiler.analyses.dataflow import Shape, solve_backward
from transpiler.analyses.memory import REACH, WORD, Addresses, Range
from transpiler.ssa.edit import without
from transpiler.ssa.ir import Block, BlockId, Function, Inst, Term
from zkvm.isa.table import BY_NAME, END_STATUS

LIMIT: Final = 512


class _Stores:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.addresses = Addresses(function)
        offsets = set()
        for block in function.blocks.values():
            for inst in block.insts:
                if inst.op == "MSTORE":
                    base, offset = self.addresses.address(inst.args[0])
                    if base is None and offset < REACH:
                        offsets.add(offset)
        self.offsets = sorted(offsets)[:LIMIT]
        self.bit = {offset: 1 << index for index, offset in enumerate(self.offsets)}
        self.all = (1 << len(self.offsets)) - 1

    def touched(self, where: Range) -> int:
        """The words that a read of the range may read."""
        if where.length == 0:
            return 0
        if where.length is None or where.start.base is not None:
            return self.all
        start, end = where.start.offset, where.start.offset + where.length
        return sum(bit for offset, bit in self.bit.items() if offset < end and offset + WORD > start)

    def covered(self, where: Range) -> int:
        """The words that a write of the range certainly replaces."""
        if where.length is None or where.start.base is not None:
            return 0
        start, end = where.start.offset, where.start.offset + where.length
        return sum(bit for offset, bit in self.bit.items() if offset >= start and offset + WORD <= end)

    def term(self, term: Term) -> int:
        """What a terminator reads."""
        if term.kind in END_STATUS:
            read = self.addresses.ranged(BY_NAME[term.kind].memory, term.args, "r")
            return 0 if read is None else self.touched(read)
        return self.all if term.kind == "ESCAPE" else 0

    def back(self, block: Block, live: int, dead: set[int] | None = None) -> int:
        """What is live before the block; `dead` collects the positions of dead stores."""
        live |= self.term(block.term)
        for index in range(len(block.insts) - 1, -1, -1):
            inst: Inst = block.insts[index]
            written = self.addresses.replaced(inst)
            if written is not None:
                if inst.op == "MSTORE" and written.start.base is None and written.start.offset < REACH:
                    bit = self.bit.get(written.start.offset, 0)
                    if dead is not None and bit and not live & bit:
                        dead.add(index)
                    live &= ~bit
                else:
                    live &= ~self.covered(written)
            read = self.addresses.read(inst)
            if read is not None:
                live |= self.touched(read)
        return live

    def ends(self) -> dict[BlockId, int]:
        """What is live at the end of each block."""
        return solve_backward(
            Shape(self.function),
            lambda _number, starts: reduce(or_, starts, 0),
            lambda number, end: self.back(self.function.blocks[number], end),
        )


def stores(function: Function) -> Function:
    """The function without dead stores."""
    analysis = _Stores(function)
    if not analysis.offsets:
        return function
    ends = analysis.ends()
    blocks: dict[BlockId, Block] = {}
    for number, block in function.blocks.items():
        dead: set[int] = set()
        analysis.back(block, ends[number], dead)
        blocks[number] = without(block, dead) if dead else block
    return function.with_blocks(blocks)
