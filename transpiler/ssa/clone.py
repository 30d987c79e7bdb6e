"""Copies of instructions and blocks with values of their own."""

from __future__ import annotations

from collections.abc import Iterable

from transpiler.ssa.edit import Numbering, substitute_inst, substitute_term
from transpiler.ssa.ir import Block, BlockId, Edge, Inst, Term, Value


def copy_insts(insts: Iterable[Inst], values: dict[Value, Value], numbering: Numbering) -> list[Inst]:
    """The instructions with operands replaced and new results; `values` takes the old results too."""
    copied = []
    for inst in insts:
        inst = substitute_inst(inst, values)
        if inst.result is not None:
            values[inst.result] = numbering.fresh()
            inst = inst._replace(result=values[inst.result])
        copied.append(inst)
    return copied


def copy_blocks(blocks: list[Block], numbers: dict[BlockId, BlockId], numbering: Numbering) -> list[Block]:
    """The blocks under new numbers with new values; edges among them lead to the copies.

    Shape: `blocks` in an order in which definitions come before uses, but for arguments of edges.
    """
    values: dict[Value, Value] = {}
    for block in blocks:
        values.update((param, numbering.fresh()) for param in block.params)
    bodies = [copy_insts(block.insts, values, numbering) for block in blocks]
    copied = []
    for block, insts in zip(blocks, bodies, strict=True):
        params = tuple([values[param] for param in block.params])
        copied.append(
            Block(numbers[block.id], params, tuple(insts), _moved(substitute_term(block.term, values), numbers), block.origin)
        )
    return copied


def _moved(term: Term, numbers: dict[BlockId, BlockId]) -> Term:
    edges = tuple([Edge(numbers.get(edge.block, edge.block), edge.args) for edge in term.edges])
    return term._replace(edges=edges)
