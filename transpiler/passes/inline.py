"""Small shared code gets a copy for each of its callers: a call and its return cost more rows than the code itself.

Only code that invokes nothing is copied, callees before callers by repetition, within a budget for the whole function. The copy's
RETURNTO still names all landing blocks; since one INVOKE enters it, `simplify` turns both into jumps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from transpiler.ssa.clone import copy_blocks
from transpiler.ssa.dominance import Dominance, dominance
from transpiler.ssa.edit import Numbering
from transpiler.ssa.ir import Block, BlockId, Edge, Function

SIZE_LIMIT: Final = 128
"""Instructions of code that is copied, terminators included."""
GROWTH_PERCENT: Final = 30
BASE_BUDGET: Final = 300


def _body(function: Function, entry: BlockId, tree: Dominance) -> list[Block] | None:
    """The blocks that run between the entry of shared code and its returns; None when it may not be copied."""
    blocks = function.blocks
    seen, pending, size = {entry}, [entry], 0
    while pending:
        block = blocks[pending.pop()]
        size += len(block.insts) + 1
        if size > SIZE_LIMIT or block.term.kind in ("INVOKE", "ESCAPE"):
            return None
        if block.term.kind == "RETURNTO":
            continue
        for edge in block.term.edges:
            if edge.block not in seen and tree.dominates(entry, edge.block):
                seen.add(edge.block)
                pending.append(edge.block)
            elif edge.block not in seen and blocks[edge.block].term.kind != "HALT":
                return None
    return [blocks[number] for number in tree.order if number in seen]


def inline(function: Function) -> Function:
    """The function with small shared code copied to its callers."""
    sites: dict[BlockId, list[BlockId]] = {}
    for block in function.blocks.values():
        if block.term.kind == "INVOKE":
            sites.setdefault(block.term.edges[0].block, []).append(block.id)
    if not sites:
        return function
    tree = dominance(function)
    numbering = Numbering(function)
    blocks = dict(function.blocks)
    copies: dict[BlockId, BlockId] = {}
    budget = BASE_BUDGET + function.instruction_count() * GROWTH_PERCENT // 100
    bodies = [(entry, body) for entry in sites if (body := _body(function, entry, tree)) is not None]
    next_block = max(blocks) + 1
    for entry, body in sorted(bodies, key=lambda item: (sum(len(block.insts) + 1 for block in item[1]), item[0])):
        size = sum(len(block.insts) + 1 for block in body)
        if size * (len(sites[entry]) - 1) > budget:
            continue
        budget -= size * (len(sites[entry]) - 1)
        for site in sites[entry][1:]:
            numbers = {block.id: BlockId(next_block + index) for index, block in enumerate(body)}
            next_block += len(body)
            for block in copy_blocks(body, numbers, numbering):
                blocks[block.id] = block
            copies.update((new, old) for old, new in numbers.items())
            term = blocks[site].term
            edge = Edge(numbers[entry], term.edges[0].args)
            blocks[site] = blocks[site]._replace(term=term._replace(edges=(edge,)))
    return replace(numbering.finish(blocks), copies=copies) if copies else function
