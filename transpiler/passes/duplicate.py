"""Short endings get a copy in each block that jumps to them: what the block knows then reaches RETURN, and the jump and its moves go.

An ending is a block that stops or returns successfully. Endings that revert are cold and stay shared. Within a budget.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from transpiler.ssa.clone import copy_insts
from transpiler.ssa.edit import Numbering, reachable, settle_gas, substitute_term
from transpiler.ssa.ir import Block, BlockId, Function
from zkvm.isa.table import BY_NAME, END_STATUS

_ENDINGS: Final = frozenset(
    name for name, status in END_STATUS.items() if status == "success" and "W" not in BY_NAME[name].effects_under(0)
)
SIZE_LIMIT: Final = 12
GROWTH_PERCENT: Final = 10
BASE_BUDGET: Final = 100
ROUNDS: Final = 4


def _absorb(block: Block, ending: Block, numbering: Numbering) -> Block:
    """The block with a copy of what it jumps to."""
    values = dict(zip(ending.params, block.term.edges[0].args, strict=True))
    copied = copy_insts(ending.insts, values, numbering)
    insts, term = settle_gas([(None, block.term.gas), *[(inst, 0) for inst in copied]], substitute_term(ending.term, values))
    return Block(block.id, block.params, block.insts + insts, term, block.origin)


def duplicate(function: Function) -> Function:
    """The function with short endings copied into the blocks that jump to them."""
    numbering = Numbering(function)
    blocks = dict(function.blocks)
    budget = BASE_BUDGET + function.instruction_count() * GROWTH_PERCENT // 100
    for _ in range(ROUNDS):
        entries = Counter(edge.block for block in blocks.values() for edge in block.term.edges)
        endings: dict[BlockId, Block] = {
            block.id: block
            for block in blocks.values()
            if block.term.kind in _ENDINGS and len(block.insts) < SIZE_LIMIT and entries[block.id] > 1
        }
        changed = False
        for block in list(blocks.values()):
            if block.term.kind != "JUMP" or (target := block.term.edges[0].block) not in endings or target == block.id:
                continue
            ending = endings[target]
            if len(ending.insts) > budget:
                continue
            budget -= len(ending.insts)
            blocks[block.id] = _absorb(block, ending, numbering)
            changed = True
        if not changed:
            break
    return numbering.finish(reachable(function, blocks))
