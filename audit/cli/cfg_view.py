"""The control-flow graph as `--emit cfg` shows it: blocks by program counter, whatever contexts they were seen in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from transpiler.cfg.build import build, exit_arcs, resolve
from transpiler.cfg.graph import Arc, BlockId, Cfg, Dispatch, Enter, Escape, Leave, Step
from transpiler.evm.disassemble import disassemble


def cfg_json(code: bytes, fork: str) -> dict[str, Any]:
    """Blocks and edges by the pcs of block starts, both sorted, each once; `end` is the pc after the block."""
    listing = disassemble(code, fork)
    graph = resolve(listing) or build(listing)
    blocks = {node.pc: node.end for node in graph.nodes if node.end > node.pc}
    edges = {(node.pc, target) for node in graph.nodes if node.end > node.pc for target in _successors(graph, node.id)}
    return {
        "blocks": [{"pc": pc, "end": end} for pc, end in sorted(blocks.items())],
        "edges": [list(edge) for edge in sorted(edges)],
        "unresolved": list(graph.unresolved),
    }


def _successors(graph: Cfg, node: BlockId) -> set[int]:
    """The pcs of the blocks that can follow a node, through nodes that hold no instruction."""
    found: set[int] = set()
    seen: set[BlockId] = set()
    waiting = [node]
    while waiting:
        for arc in exit_arcs(graph.nodes[waiting.pop()].exit):
            for target in _targets(arc):
                if isinstance(target, Escape):
                    found.update(() if target.pc is None else (target.pc,))
                elif graph.nodes[target.target].end > graph.nodes[target.target].pc:
                    found.add(graph.nodes[target.target].pc)
                elif target.target not in seen:
                    seen.add(target.target)
                    waiting.append(target.target)
    return found


def _targets(arc: Arc) -> Iterator[Step | Enter | Escape]:
    if isinstance(arc, Leave):
        for way in arc.continuations:
            yield from _targets(way)
    elif isinstance(arc, Dispatch):
        for _, way in arc.cases:
            yield from _targets(way)
        yield from _targets(arc.default)
    elif isinstance(arc, (Step, Enter, Escape)):
        yield arc
