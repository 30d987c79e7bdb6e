"""Dominators of the blocks, by the edges that count for dominance (`ir.dominance_successors`).

Lattice: for each block a path in the dominator tree found so far; meet is the nearest common ancestor.
Source: Cooper, Harvey, Kennedy, A Simple, Fast Dominance Algorithm. Blocks that no path reaches are absent from the result.
"""

from __future__ import annotations

from dataclasses import dataclass

from transpiler.ssa.ir import BlockId, Function, dominance_successors


@dataclass(frozen=True, slots=True)
class Dominance:
    """`order` is a reverse postorder of the reachable blocks; `parent` the immediate dominator (the entry has itself);
    `enter` and `leave` number the dominator tree, so that a dominates b iff enter[a] <= enter[b] and leave[b] <= leave[a]."""

    order: tuple[BlockId, ...]
    parent: dict[BlockId, BlockId]
    children: dict[BlockId, list[BlockId]]
    enter: dict[BlockId, int]
    leave: dict[BlockId, int]

    def dominates(self, above: BlockId, below: BlockId) -> bool:
        """Whether every path from the entry to `below` passes `above` (each block dominates itself)."""
        return self.enter[above] <= self.enter[below] and self.leave[below] <= self.leave[above]


def reverse_postorder(successors: dict[BlockId, tuple[BlockId, ...]], entry: BlockId) -> list[BlockId]:
    """The blocks reachable from `entry`, each before its successors but for back edges."""
    seen = {entry}
    postorder: list[BlockId] = []
    stack = [(entry, iter(successors[entry]))]
    while stack:
        block, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(successors[target])))
                break
        else:
            stack.pop()
            postorder.append(block)
    postorder.reverse()
    return postorder


def _tree(parent: dict[BlockId, BlockId], order: list[BlockId]) -> Dominance:
    children: dict[BlockId, list[BlockId]] = {block: [] for block in order}
    for block in order[1:]:
        children[parent[block]].append(block)
    enter: dict[BlockId, int] = {}
    leave: dict[BlockId, int] = {}
    clock = 0
    stack = [(order[0], False)]
    while stack:
        block, done = stack.pop()
        clock += 1
        if done:
            leave[block] = clock
            continue
        enter[block] = clock
        stack.append((block, True))
        stack.extend((child, False) for child in reversed(children[block]))
    return Dominance(tuple(order), parent, children, enter, leave)


def dominance(function: Function) -> Dominance:
    """The dominator tree of the blocks that the entry reaches."""
    successors = {block.id: tuple(dominance_successors(block.term)) for block in function.blocks.values()}
    order = reverse_postorder(successors, function.entry)
    number = {block: index for index, block in enumerate(order)}
    predecessors: list[list[int]] = [[] for _ in order]
    for index, block in enumerate(order):
        for target in successors[block]:
            predecessors[number[target]].append(index)
    parent = [-1] * len(order)
    parent[0] = 0
    changed = True
    while changed:
        changed = False
        for index in range(1, len(order)):
            best = -1
            for other in predecessors[index]:
                if parent[other] < 0:
                    continue
                if best < 0:
                    best = other
                    continue
                while best != other:
                    if best > other:
                        best = parent[best]
                    else:
                        other = parent[other]
            if parent[index] != best:
                parent[index] = best
                changed = True
    return _tree({block: order[parent[index]] for index, block in enumerate(order)}, order)
