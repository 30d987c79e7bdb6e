"""Simpler control flow: edges past empty blocks, branches whose ways are the same, blocks merged into the one before them.

Gas: a block that holds gas is never skipped; merging puts the gas of the first terminator on what follows it.
Blocks that labels name stay: RETURNTO goes to them by name. A block that INVOKE enters is merged with nothing before it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from transpiler.ssa.edit import reachable, settle_gas, substitute, substitute_edge
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Value

ROUNDS: Final = 16
STEPS: Final = 64


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
        while edge.block in forwards and edge.block not in seen and len(seen) < STEPS:
            seen.add(edge.block)
            params, onward = forwards[edge.block]
            edge = substitute_edge(onward, dict(zip(params, edge.args, strict=True)))
        return edge

    blocks = dict(function.blocks)
    for number, block in function.blocks.items():
        term = block.term
        if term.kind in ("JUMP", "BRANCH") and any(edge.block in forwards for edge in term.edges):
            blocks[number] = block._replace(term=term._replace(edges=tuple([final(edge) for edge in term.edges])))
    return blocks


def _same_ways(blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """BRANCH with two equal edges becomes JUMP."""
    changed = {}
    for number, block in blocks.items():
        term = block.term
        if term.kind == "BRANCH" and term.edges[0] == term.edges[1]:
            changed[number] = block._replace(term=term._replace(kind="JUMP", args=(), edges=term.edges[:1]))
    return {**blocks, **changed} if changed else blocks


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


def _own_values(function: Function, blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """Parameters that get one value from everywhere become that value.

    Sound because the value then dominates all blocks before, so this one too; but landing blocks, whose RETURNTO is elsewhere in the tree,
    take constants only.
    """
    incoming: dict[Value, set[Value]] = {}
    for block in blocks.values():
        for edge in block.term.edges:
            for param, arg in zip(blocks[edge.block].params, edge.args, strict=True):
                incoming.setdefault(param, set()).add(arg)
    landings = {target for block in blocks.values() for target in block.term.resumes}
    values: dict[Value, Value] = {}

    def final(value: Value) -> Value:
        end = value
        while end in values:
            end = values[end]
        while value in values:  # the path becomes short
            values[value], value = end, values[value]
        return end

    for _ in range(ROUNDS):
        changed = False
        for block in blocks.values():
            for param in block.params:
                if param in values:
                    continue
                found = {final(arg) for arg in incoming[param]} - {param}
                if len(found) == 1:
                    value = found.pop()
                    if block.id not in landings or value in function.constants:
                        values[param] = value
                        changed = True
        if not changed:
            break
    if not values:
        return blocks
    kept = {
        number: tuple([index for index, param in enumerate(block.params) if param not in values])
        for number, block in blocks.items()
        if any(param in values for param in block.params)
    }
    result = substitute(function, values, blocks)
    return {number: _with_params(block, kept) for number, block in result.items()}


def _with_params(block: Block, kept: dict[BlockId, tuple[int, ...]]) -> Block:
    term = block.term
    if any(edge.block in kept for edge in term.edges):
        edges = [
            Edge(edge.block, tuple([edge.args[index] for index in kept[edge.block]])) if edge.block in kept else edge
            for edge in term.edges
        ]  # fmt: skip
        block = block._replace(term=term._replace(edges=tuple(edges)))
    return block._replace(params=tuple([block.params[index] for index in kept[block.id]])) if block.id in kept else block


def _known_returns(function: Function, blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """RETURNTO a known label is JUMP; INVOKE that passes no label is JUMP."""
    changed = {}
    for number, block in blocks.items():
        term = block.term
        if term.kind == "RETURNTO" and term.args[0] in function.labels:
            target = function.labels[term.args[0]]
            edges = tuple([edge for edge in term.edges if edge.block == target])
            changed[number] = block._replace(term=term._replace(kind="JUMP", args=(), edges=edges))
        elif term.kind == "INVOKE" and not any(arg in function.labels for arg in term.edges[0].args):
            changed[number] = block._replace(term=term._replace(kind="JUMP", resumes=()))
    return reachable(function, {**blocks, **changed}) if changed else blocks


def _used_labels(function: Function, blocks: dict[BlockId, Block]) -> Function:
    """The function with the blocks, and the labels that something still uses."""
    used = {arg for block in blocks.values() for edge in block.term.edges for arg in edge.args if arg in function.labels}
    function = function.with_blocks(blocks)
    if len(used) == len(function.labels):
        return function
    return replace(function, labels={value: block for value, block in function.labels.items() if value in used})


def simplify(function: Function) -> Function:
    """The function with simpler control flow."""
    blocks = _known_returns(function, _own_values(function, function.blocks))
    function = _used_labels(function, blocks)
    blocks = _same_ways(_thread(function))
    if blocks is not function.blocks:
        blocks = reachable(function, blocks)
    return function.with_blocks(_merge(function, blocks))
