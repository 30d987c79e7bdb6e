"""Views of the graph: blocks and edges by pc, dominators, cycles."""

from __future__ import annotations

from tests.unit.transpiler.cfg.programs import PROGRAMS
from transpiler.cfg.build import build
from transpiler.cfg.graph import Cfg
from transpiler.cfg.views import as_json, as_networkx, block_edges, cycles, drawing, immediate_dominators, successors
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble


def graph(name: str) -> Cfg:
    return build(disassemble(assemble(PROGRAMS[name]), "Osaka"))


def test_json() -> None:
    assert as_json(graph("loop"), "Loop") == {
        "name": "Loop",
        "blocks": [{"pc": 0, "end": 2}, {"pc": 2, "end": 12}, {"pc": 12, "end": 13}],
        "edges": [[0, 2], [2, 2], [2, 12]],
        "unresolved": [],
    }


def test_edges_are_a_union_over_nodes() -> None:
    blocks, edges = block_edges(graph("shared"))
    starts = {pc for pc, _ in blocks}
    assert {pc for edge in edges for pc in edge} <= starts
    outer_ends = [edge for edge in edges if sum(start == edge[0] for start, _ in edges) == 2]
    assert len(outer_ends) == 2  # the function that is called twice returns to both places


def test_networkx_views() -> None:
    cfg = graph("loop")
    assert set(as_networkx(cfg).edges) == {(0, 1), (1, 1), (1, 2)}
    assert immediate_dominators(cfg) == {1: 0, 2: 1}
    assert cycles(cfg) == (frozenset({1}),)
    assert successors(cfg, cfg.nodes[1].id) == (1, 2)


def test_drawing() -> None:
    assert drawing(graph("loop")) == (
        "// 3 nodes, 3 edges, 1 loops\ndigraph cfg {\n  node [shape=box];\n"
        '  0 [label="0x0..0x2"];\n  1 [label="0x2..0xc" style=filled];\n  2 [label="0xc..0xd"];\n'
        "  0 -> 1;\n  1 -> 1 [style=dashed];\n  1 -> 2;\n}\n"
    )
