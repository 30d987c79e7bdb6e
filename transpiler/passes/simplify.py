"""Simpler control flow: edges past empty blocks, branches whose ways are the same, blocks merged into the one before them.

Gas: a block that holds gas is never skipped; merging puts the gas of the first terminator on what follows it.
Blocks that labels name stay: RETURNTO goes to them by name. A block that INVOKE enters is merged with nothing before it.
"""

from __future__ import annotations

from collections import Counter

from transpiler.ssa.edit import reachable, settle_gas, substitute, substitute_edge
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Value


def _uses(function: Function) -> Counter[Value]:
    uses: Counter[Value] = Counter()
    for block in function.blocks.values():
        for inst in block.insts:
            uses.update(inst.args)
        uses.update(block.term.args)
        for edge in block.term.edges:
            uses.update(edge.args)
    return uses


def _forwards(function: Function) -> dict[BlockId, tuple[tuple[Value, ...], Edge]]:
    """Blocks that only go on, without gas, whose parameters nothing else uses: their parameters and their edge."""
    named = set(function.labels.values())
    uses: Counter[Value] | None = None
    result: dict[BlockId, tuple[tuple[Value, ...], Edge]] = {}
    for block in function.blocks.values():
        term = block.term
        if block.insts or term.gas or term.kind != "JUMP" or block.id in named or block.id == function.entry:
            continue
        if block.params:
            uses = _uses(function) if uses is None else uses
            own = Counter(term.edges[0].args)
            if any(uses[param] != own[param] for param in block.params):
                continue
        result[block.id] = (block.params, term.edges[0])
    return result


def _thread(function: Function) -> dict[BlockId, Block]:
    """Edges to empty blocks lead to where these go on."""
    forwards = _forwards(function)
    if not forwards:
        return function.blocks

    def final(edge: Edge) -> Edge:
        seen = set[BlockId]()
        while edge.block in forwards and edge.block not in seen:
            seen.add(edge.block)
            params, onward = forwards[edge.block]
            edge = substitute_edge(onward, dict(zip(params, edge.args, strict=True)))
        return edge

    blocks = {}
    for number, block in function.blocks.items():
        term = block.term
        if term.kind in ("JUMP", "BRANCH") and any(edge.block in forwards for edge in term.edges):
            block = block._replace(term=term._replace(edges=tuple([final(edge) for edge in term.edges])))
        blocks[number] = block
    return blocks


def _same_ways(blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """BRANCH with two equal edges becomes JUMP."""
    result = {}
    for number, block in blocks.items():
        term = block.term
        if term.kind == "BRANCH" and term.edges[0] == term.edges[1]:
            block = block._replace(term=term._replace(kind="JUMP", args=(), edges=term.edges[:1]))
        result[number] = block
    return result


def _merge(function: Function, blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """Blocks with one edge to them, a JUMP, become part of the block before."""
    edges = Counter(edge.block for block in blocks.values() for edge in block.term.edges)
    named = set(function.labels.values()) | {function.entry}
    entered = {edge.block for block in blocks.values() if block.term.kind == "INVOKE" for edge in block.term.edges}
    values: dict[Value, Value] = {}
    gone: set[BlockId] = set()
    result: dict[BlockId, Block] = {}
    for number, first in blocks.items():
        if number in gone:
            continue
        block = first
        insts: list[Inst] = list(first.insts)
        while block.term.kind == "JUMP":
            edge = block.term.edges[0]
            target = edge.block
            if edges[target] != 1 or target in named or target in entered or target == number:
                break
            following = result.pop(target, blocks[target])
            values.update(zip(following.params, edge.args, strict=True))
            added, term = settle_gas([(None, block.term.gas), *[(inst, 0) for inst in following.insts]], following.term)
            insts += added
            gone.add(target)
            block = Block(number, first.params, (), term, first.origin)
        result[number] = first if block is first else block._replace(insts=tuple(insts))
    return substitute(function, values, result)


def simplify(function: Function) -> Function:
    """The function with simpler control flow."""
    blocks = _same_ways(reachable(function, _thread(function)))
    blocks = _merge(function, reachable(function, blocks))
    return function if blocks is function.blocks else function.with_blocks(blocks)
