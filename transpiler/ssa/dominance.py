"""Dominators of the blocks, by the edges that count for dominance (`ir.dominance_successors`).

By semidominators and nearest common ancestors, with path compression: near linear on any graph, odd code included. Blocks that no path
reaches are absent from the result.
Source: Lengauer, Tarjan, A fast algorithm for finding dominators in a flowgraph; Georgiadis, Linear-time algorithms for dominators (Semi-NCA).
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


class _Search:
    """A depth-first search: `vertex` in preorder, `parent` by preorder numbers, and the reverse postorder."""

    def __init__(self, successors: dict[BlockId, tuple[BlockId, ...]], entry: BlockId) -> None:
        self.number = {entry: 0}
        self.vertex = [entry]
        self.parent = [0]
        self.order: list[BlockId] = []
        stack = [(entry, 0, iter(successors[entry]))]
        while stack:
            block, index, rest = stack[-1]
            for target in rest:
                if target not in self.number:
                    self.number[target] = len(self.vertex)
                    self.vertex.append(target)
                    self.parent.append(index)
                    stack.append((target, self.number[target], iter(successors[target])))
                    break
            else:
                stack.pop()
                self.order.append(block)
        self.order.reverse()


def _lowest(node: int, linked: int, ancestor: list[int], label: list[int], semi: list[int]) -> int:
    """The node with the lowest semidominator on the path from `node` up to the last one numbered `linked` or more; compresses the path."""
    path = []
    while ancestor[node] >= linked:
        path.append(node)
        node = ancestor[node]
    best = label[node]
    while path:
        below = path.pop()
        ancestor[below] = ancestor[node]
        if semi[best] < semi[label[below]]:
            label[below] = best
        else:
            best = label[below]
        node = below
    return best


def dominance(function: Function) -> Dominance:
    """The dominator tree of the blocks that the entry reaches."""
    successors = {block.id: tuple(dominance_successors(block.term)) for block in function.blocks.values()}
    search = _Search(successors, function.entry)
    count = len(search.vertex)
    predecessors: list[list[int]] = [[] for _ in range(count)]
    for index, block in enumerate(search.vertex):
        for target in successors[block]:
            predecessors[search.number[target]].append(index)
    semi, label = list(range(count)), list(range(count))
    ancestor, parent = list(search.parent), list(search.parent)
    for index in range(count - 1, 0, -1):
        lowest = search.parent[index]
        for other in predecessors[index]:
            lowest = min(lowest, semi[_lowest(other, index + 1, ancestor, label, semi)])
        semi[index] = lowest
    for index in range(1, count):
        above = parent[index]
        while above > semi[index]:
            above = parent[above]
        parent[index] = above
    return _tree({block: search.vertex[parent[index]] for index, block in enumerate(search.vertex)}, search.order)
