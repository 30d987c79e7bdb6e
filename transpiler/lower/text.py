"""The regions of a function as text: which blocks run together, and what leads out of them."""

from __future__ import annotations

from transpiler.lower.regions import Flow
from transpiler.ssa.ir import BlockId, successors


def describe(flow: Flow) -> str:
    """A line for each region in layout order, then one for each of its blocks: the blocks that may run next, `>` before heads of regions.

    regions 2
    region b0 @0x0
      b0 -> b1 >b2
    """
    lines = [f"regions {len(flow.members)}"]
    for head, members in flow.members.items():
        marks = " label" if head in flow.labels else ""
        lines.append(f"region b{head} @{flow.blocks[head].origin:#x}{marks}")
        lines += [f"  b{block}{' cold' if block in flow.cold else ''} -> {_next(flow, block)}".rstrip(" ->") for block in members]
    return "\n".join(lines) + "\n"


def _next(flow: Flow, block: BlockId) -> str:
    targets = dict.fromkeys(successors(flow.blocks[block].term))
    return " ".join(f"{'>' if flow.region[target] == target else ''}b{target}" for target in targets if target in flow.region)
