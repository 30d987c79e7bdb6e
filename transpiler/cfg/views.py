"""The graph as others like to see it: pairs of pcs, JSON, networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transpiler.cfg.blocks import block_end
from transpiler.cfg.build import overview
from transpiler.cfg.graph import BlockId, Cfg, successors
from transpiler.evm.disassemble import disassemble

__all__ = ["as_json", "as_networkx", "block_edges", "cfg_json", "cycles", "drawing", "immediate_dominators", "successors"]

if TYPE_CHECKING:
    import networkx as nx


def block_edges(cfg: Cfg) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """The EVM's basic blocks as `(pc, end)` and the edges between their first pcs, both sorted: the union over all nodes.

    Nodes that run nothing pass control on at their own pc (to a caller's view of the block, or to the generic tier).
    """
    blocks: set[tuple[int, int]] = set()
    edges: set[tuple[int, int]] = set()
    size_bytes = len(cfg.code.data)
    for node in cfg.nodes:
        runs = node.end > node.pc or node.pc >= size_bytes
        blocks.add((node.pc, node.end if runs else block_end(cfg.code, node.pc)[2]))
        if runs:
            edges.update((node.pc, cfg.nodes[target].pc) for target in successors(cfg, node.id))
    return tuple(sorted(blocks)), tuple(sorted(edges))


def as_json(cfg: Cfg, name: str) -> dict[str, object]:
    """What `--emit cfg --json` prints for one code object."""
    blocks, edges = block_edges(cfg)
    return {
        "name": name,
        "blocks": [{"pc": pc, "end": end} for pc, end in blocks],
        "edges": [list(edge) for edge in edges],
        "unresolved": list(cfg.unresolved),
    }


def cfg_json(code: bytes, fork: str) -> dict[str, Any]:
    """Blocks and edges by the pcs of block starts, whatever contexts they were seen in, both sorted, each once; `end` is the pc after the block.

    Code that can run past its end has a block there without bytes: the STOP that the EVM puts there.
    """
    view = as_json(overview(disassemble(code, fork)), "")
    del view["name"]
    return view


def as_networkx(cfg: Cfg) -> nx.DiGraph[BlockId]:
    """Nodes by id, with the arcs between them; a return leads to all callers' continuations."""
    import networkx as nx

    graph: nx.DiGraph[BlockId] = nx.DiGraph()
    graph.add_nodes_from(node.id for node in cfg.nodes)
    graph.add_edges_from((node.id, target) for node in cfg.nodes for target in successors(cfg, node.id))
    return graph


def immediate_dominators(cfg: Cfg) -> dict[BlockId, BlockId]:
    """The immediate dominator of each node, but for the entry, which has none."""
    import networkx as nx

    found = nx.immediate_dominators(as_networkx(cfg), BlockId(0))
    return {node: above for node, above in found.items() if node != 0 and above is not None}


def cycles(cfg: Cfg) -> tuple[frozenset[BlockId], ...]:
    """The strongly connected components that hold a cycle, by their smallest node."""
    import networkx as nx

    graph = as_networkx(cfg)
    parts = (part for part in nx.strongly_connected_components(graph) if len(part) > 1 or any(graph.has_edge(n, n) for n in part))
    return tuple(sorted((frozenset(part) for part in parts), key=min))


def drawing(cfg: Cfg) -> str:
    """The graph for Graphviz: nodes by id with their pcs, those of loops filled, edges back to a dominator dashed; its measures first.

    // 3 nodes, 3 edges, 1 loops
    """
    graph, loops, above = as_networkx(cfg), cycles(cfg), immediate_dominators(cfg)
    looping = frozenset[BlockId]().union(*loops)

    def back(source: BlockId, target: BlockId) -> bool:
        at: BlockId | None = source
        while at is not None and at != target:
            at = above.get(at)
        return at == target

    lines = [
        f"// {graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges, {len(loops)} loops",
        "digraph cfg {",
        "  node [shape=box];",
    ]
    for node in cfg.nodes:
        style = " style=filled" if node.id in looping else ""
        lines.append(f'  {node.id} [label="{node.pc:#x}..{node.end:#x}"{style}];')
    for source, target in sorted(graph.edges):
        lines.append(f"  {source} -> {target}{' [style=dashed]' if back(source, target) else ''};")
    return "\n".join([*lines, "}"]) + "\n"
