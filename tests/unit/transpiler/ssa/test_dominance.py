"""Dominators against networkx on random graphs."""

from __future__ import annotations

import random

import networkx as nx

from transpiler.ssa.dominance import dominance, reverse_postorder
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Term


def graph(rng: random.Random) -> Function:
    count = rng.randrange(1, 30)
    blocks = {}
    for number in range(count):
        edges = tuple(Edge(BlockId(rng.randrange(count)), ()) for _ in range(rng.randrange(3)))
        kind = ("STOP", "JUMP", "BRANCH")[len(edges)]
        blocks[BlockId(number)] = Block(BlockId(number), (), (), Term(kind, (0,) if len(edges) == 2 else (), edges), 0)
    return Function("Osaka", "runtime", b"", BlockId(0), blocks, {0: 1}, {}, 1)


def test_parents_and_queries() -> None:
    for seed in range(200):
        function = graph(random.Random(seed))
        tree = dominance(function)
        network: nx.DiGraph[int] = nx.DiGraph()
        network.add_node(0)
        network.add_edges_from((block.id, edge.block) for block in function.blocks.values() for edge in block.term.edges)
        expected = nx.immediate_dominators(network, 0)
        assert {block: parent for block, parent in tree.parent.items() if block} == {b: p for b, p in expected.items() if b}
        for below in tree.order:
            above, chain = below, {below}
            while tree.parent[above] != above:
                above = tree.parent[above]
                chain.add(above)
            assert {block for block in tree.order if tree.dominates(block, below)} == chain


def test_order_of_a_loop() -> None:
    targets = {BlockId(0): (BlockId(1),), BlockId(1): (BlockId(2), BlockId(3)), BlockId(2): (BlockId(1),), BlockId(3): ()}
    assert reverse_postorder(targets, BlockId(0)) in ([0, 1, 2, 3], [0, 1, 3, 2])
