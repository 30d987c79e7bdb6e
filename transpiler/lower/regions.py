"""Regions: the largest single-entry acyclic subgraphs of the control flow (ISA 2.2).

A block starts a region if it is the entry, the target of a return (a LABEL), the target of a retreating edge, if its predecessors
lie in different regions, or if the region of its predecessors is full. Every other block joins its predecessors' region.
Sound because: every cycle has a retreating edge, so no cycle stays inside a region; a block that starts no region has
predecessors in one region only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Term, dominance_successors, successors
from zkvm.isa.table import BY_NAME, END_STATUS

_ROWS: Final[dict[str, int]] = {row.name: 1 + max(map(len, row.brought), default=0) for row in BY_NAME.values()}
"""Rows of an instruction at most."""
MOST_ROWS: Final[int] = max(_ROWS.values())


@dataclass(frozen=True, slots=True)
class Flow:
    """The control flow as regions.

    Shape: `blocks` and `order` hold the blocks that can run, `order` is topological inside a region; `region` maps a block to the
    block that starts its region; `members` lists a region's blocks in order; `preds` are the blocks with an edge to a block;
    `labels` are reached by returns; `cold` blocks end in a failure on every path.
    """

    function: Function
    blocks: dict[BlockId, Block]
    order: tuple[BlockId, ...]
    region: dict[BlockId, BlockId]
    members: dict[BlockId, tuple[BlockId, ...]]
    preds: dict[BlockId, tuple[BlockId, ...]]
    labels: frozenset[BlockId]
    cold: frozenset[BlockId]


def form_regions(function: Function, budget_rows: int) -> Flow:
    """The regions of a function; none is expected to take much more than `budget_rows` chained rows."""
    blocks = _split_long(function, budget_rows)
    order = _reverse_postorder(blocks, function.entry)
    place = {block: index for index, block in enumerate(order)}
    preds: dict[BlockId, list[BlockId]] = {block: [] for block in order}
    labels: set[BlockId] = set()
    heads: set[BlockId] = {function.entry}
    for source in order:
        term = blocks[source].term
        for target in successors(term):
            if target in preds and source not in preds[target][-1:]:
                preds[target].append(source)
        if term.kind == "RETURNTO":
            labels.update(target for target in successors(term) if target in preds)
        labels.update(term.resumes)
        heads.update(target for target in dominance_successors(term) if place[target] <= place[source])
    heads |= labels
    region: dict[BlockId, BlockId] = {}
    rows: dict[BlockId, int] = {}
    for block in order:
        size = _estimate_rows(blocks[block])
        homes = {region[pred] for pred in preds[block]} if block not in heads else set()
        home = homes.pop() if len(homes) == 1 else block
        if home != block and rows[home] + size > budget_rows:
            home = block
        region[block] = home
        rows[home] = rows.get(home, 0) + size
    members: dict[BlockId, list[BlockId]] = {}
    for block in order:
        members.setdefault(region[block], []).append(block)
    return Flow(
        function,
        blocks,
        tuple(order),
        region,
        {head: tuple(inside) for head, inside in members.items()},
        {block: tuple(sources) for block, sources in preds.items()},
        frozenset(labels),
        _cold(blocks, order),
    )


def _reverse_postorder(blocks: dict[BlockId, Block], entry: BlockId) -> list[BlockId]:
    order: list[BlockId] = []
    seen = {entry}
    stack = [(entry, dominance_successors(blocks[entry].term))]
    while stack:
        block, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, dominance_successors(blocks[target].term)))
                break
        else:
            order.append(block)
            stack.pop()
    order.reverse()
    return order


def _estimate_rows(block: Block) -> int:
    count = 4 + len(block.params)
    for inst in block.insts:
        count += _ROWS[inst.op]
    for edge in block.term.edges:
        count += len(edge.args)
    return count


def _fitting(insts: tuple[Inst, ...], budget_rows: int) -> int:
    """How many of the instructions, at least one, take no more rows than the budget."""
    rows = 0
    for index, inst in enumerate(insts):
        rows += _ROWS[inst.op]
        if rows > budget_rows and index:
            return index
    return len(insts)


def _split_long(function: Function, budget_rows: int) -> dict[BlockId, Block]:
    """The blocks, those whose instructions take more rows than the budget cut into pieces."""
    if all(len(block.insts) <= budget_rows // MOST_ROWS for block in function.blocks.values()):
        return function.blocks
    blocks: dict[BlockId, Block] = {}
    fresh = max(function.blocks) + 1
    for block in function.blocks.values():
        ident, params, insts, origin = block.id, block.params, block.insts, block.origin
        while (fitting := _fitting(insts, budget_rows)) < len(insts):
            head, insts = insts[:fitting], insts[fitting:]
            rest = BlockId(fresh)
            fresh += 1
            blocks[ident] = Block(ident, params, head, Term("JUMP", edges=(Edge(rest, ()),), origin=insts[0].origin), origin)
            ident, params, origin = rest, (), insts[0].origin
        blocks[ident] = Block(ident, params, insts, block.term, origin)
    return blocks


def _cold(blocks: dict[BlockId, Block], order: list[BlockId]) -> frozenset[BlockId]:
    cold: set[BlockId] = set()
    for block in reversed(order):
        term = blocks[block].term
        ahead = term.resumes or tuple(edge.block for edge in term.edges)
        if END_STATUS.get(term.kind, "success") != "success" or (ahead and all(target in cold for target in ahead)):
            cold.add(block)
    return frozenset(cold)
