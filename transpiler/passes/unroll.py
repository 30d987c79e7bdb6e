"""Small loops get several turns in one region: a region costs a row, its registers a read and a write each, and the way back a jump.

A loop is unrolled if it is innermost, has one way back, consists of plain blocks, and what it defines is used outside only behind blocks
that nothing but the loop leads to. Those blocks get parameters for what they use, since each turn has values of its own.
Every turn keeps its test and its gas, so nothing needs to be known about how often the loop runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from transpiler.ssa.clone import copy_blocks
from transpiler.ssa.dominance import Dominance, dominance
from transpiler.ssa.edit import Numbering, substitute_inst, substitute_term
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Value, dominance_successors

TURNS: Final[int] = 4
LOOP_SIZE: Final[int] = 40
"""Instructions of a loop that is unrolled, terminators included."""
UNROLLED_SIZE: Final[int] = 100
GROWTH_PERCENT: Final[int] = 20
BASE_BUDGET: Final[int] = 200


@dataclass(frozen=True, slots=True)
class Loop:
    """A natural loop. Shape: `body` in an order in which definitions come before uses, the header first; `latch` leads back."""

    header: BlockId
    latch: BlockId
    body: tuple[BlockId, ...]
    size: int


def unroll(function: Function) -> Function:
    """The function with its small loops unrolled, within a budget."""
    tree = dominance(function)
    blocks = dict(function.blocks)
    preds = _predecessors(blocks, tree)
    numbering = Numbering(function)
    chosen = [
        loop for loop in _loops(blocks, tree, preds) if loop.size <= LOOP_SIZE and _close(blocks, loop, tree, preds, numbering)
    ]
    budget = BASE_BUDGET + function.instruction_count() * GROWTH_PERCENT // 100
    fresh = max(blocks) + 1
    copies: dict[BlockId, BlockId] = {}
    for loop in sorted(chosen, key=lambda each: (each.size, each.header)):
        turns = min(TURNS, UNROLLED_SIZE // loop.size)
        if (turns - 1) * loop.size > budget:
            continue
        budget -= (turns - 1) * loop.size
        fresh = _repeat(blocks, loop, turns, fresh, numbering, copies)
    return replace(numbering.finish(blocks), copies=copies) if copies else function


def _predecessors(blocks: dict[BlockId, Block], tree: Dominance) -> dict[BlockId, list[BlockId]]:
    preds: dict[BlockId, list[BlockId]] = {ident: [] for ident in tree.order}
    for ident in tree.order:
        for target in dominance_successors(blocks[ident].term):
            preds[target].append(ident)
    return preds


def _loops(blocks: dict[BlockId, Block], tree: Dominance, preds: dict[BlockId, list[BlockId]]) -> list[Loop]:
    """The innermost loops with one way back that consist of plain blocks."""
    place = {ident: index for index, ident in enumerate(tree.order)}
    found: list[Loop] = []
    headers: set[BlockId] = set()
    for header in tree.order:
        back = [pred for pred in preds[header] if place[pred] >= place[header]]
        if not back:
            continue
        headers.add(header)
        if len(back) > 1 or not tree.dominates(header, back[0]) or header == tree.order[0]:
            continue
        inside = {header, back[0]}
        work = [] if back[0] == header else [back[0]]
        while work:
            for pred in preds[work.pop()]:
                if pred not in inside:
                    inside.add(pred)
                    work.append(pred)
        if all(blocks[ident].term.kind in ("JUMP", "BRANCH") for ident in inside):
            size = sum(len(blocks[ident].insts) + 1 for ident in inside)
            found.append(Loop(header, back[0], tuple(sorted(inside, key=place.__getitem__)), size))
    return [loop for loop in found if headers.isdisjoint(loop.body[1:])]


def _close(
    blocks: dict[BlockId, Block], loop: Loop, tree: Dominance, preds: dict[BlockId, list[BlockId]], numbering: Numbering
) -> bool:
    """Gives the blocks behind the loop parameters for what they use of it; false if that takes more than one parameter each."""
    inside = set(loop.body)
    defined = {value for ident in loop.body for value in _results(blocks[ident])}
    needs: dict[BlockId, set[Value]] = {}
    for ident in tree.order:
        if ident in inside or not tree.dominates(loop.header, ident):
            continue
        used = defined.intersection(_uses(blocks[ident]))
        if not used:
            continue
        door = ident
        while tree.parent[door] not in inside:
            door = tree.parent[door]
        if not inside.issuperset(preds[door]):
            return False
        needs.setdefault(door, set()).update(used)
    for door in sorted(needs):
        _give(blocks, inside, door, sorted(needs[door]), tree, numbering)
    return True


def _give(
    blocks: dict[BlockId, Block], inside: set[BlockId], door: BlockId, values: list[Value], tree: Dominance, numbering: Numbering
) -> None:
    names = {value: numbering.fresh() for value in values}
    for ident in tree.order:
        block = blocks[ident]
        if ident in inside:
            edges = tuple(Edge(edge.block, (*edge.args, *values)) if edge.block == door else edge for edge in block.term.edges)
            blocks[ident] = block._replace(term=block.term._replace(edges=edges))
        elif tree.dominates(door, ident):
            insts = tuple(substitute_inst(inst, names) for inst in block.insts)
            blocks[ident] = block._replace(insts=insts, term=substitute_term(block.term, names))
    blocks[door] = blocks[door]._replace(params=(*blocks[door].params, *(names[value] for value in values)))


def _repeat(
    blocks: dict[BlockId, Block], loop: Loop, turns: int, fresh: int, numbering: Numbering, copies: dict[BlockId, BlockId]
) -> int:
    """Adds the further turns; the way back of each leads to the next, that of the last to the first. Gives the next free number."""
    body = [blocks[ident] for ident in loop.body]
    latch, header = loop.latch, loop.header
    for _ in range(turns - 1):
        numbers = {ident: BlockId(fresh + index) for index, ident in enumerate(loop.body)}
        fresh += len(loop.body)
        blocks.update((block.id, block) for block in copy_blocks(body, numbers, numbering))
        copies.update((new, old) for old, new in numbers.items())
        _redirect(blocks, latch, header, numbers[loop.header])
        latch, header = numbers[loop.latch], numbers[loop.header]
    _redirect(blocks, latch, header, loop.header)
    return fresh


def _redirect(blocks: dict[BlockId, Block], source: BlockId, old: BlockId, new: BlockId) -> None:
    block = blocks[source]
    edges = tuple(Edge(new, edge.args) if edge.block == old else edge for edge in block.term.edges)
    blocks[source] = block._replace(term=block.term._replace(edges=edges))


def _results(block: Block) -> Iterable[Value]:
    yield from block.params
    for inst in block.insts:
        if inst.result is not None:
            yield inst.result


def _uses(block: Block) -> Iterable[Value]:
    for inst in block.insts:
        yield from inst.args
    yield from block.term.args
    for edge in block.term.edges:
        yield from edge.args
