"""Dead code: results that nothing needs, and parameters that only feed themselves.

Roots are effects that stay, operands of terminators, and what those read. Reads without gas of their own (MLOAD, TLOAD, MSIZE, GAS) go when
unused; SLOAD and the account reads stay for their warm and cold gas. Hashes and EXPGAS stay for theirs, unless it is a constant: then it becomes
static. Copies and growth of no bytes go.
"""

from __future__ import annotations

from typing import Final

from transpiler.analyses.memory import REACH
from transpiler.ssa.edit import settle_gas
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Value
from transpiler.ssa.ops import OPS, PURE, dynamic_gas
from zkvm.isa.table import CONSTANT_IN_FRAME

_SILENT: Final = PURE | {name for name, facts in OPS.items() if facts.silent}
_ON_MEMORY: Final = {
    name
    for name, facts in OPS.items()
    if not facts.result and facts.memory and facts.effects[0] <= CONSTANT_IN_FRAME | set("mMx")
    and all(each.length == facts.arity[0] - 1 for each in facts.memory)
}  # fmt: skip
"""Operations that do nothing if their last operand, the length, is 0. RETURNDATACOPY is none: it may halt."""


def removable(function: Function, inst: Inst) -> int | None:
    """The dynamic gas that is left of the instruction when its result is not used; None when it must stay."""
    if inst.op in _SILENT:
        return 0
    length = function.constants.get(inst.args[-1]) if inst.args else None
    if length is not None and (inst.op == "EXPGAS" or (inst.op == "SHA3" and length <= REACH)):
        return dynamic_gas(inst.op, length, function.fork)
    if inst.op in _ON_MEMORY and length == 0:
        return 0
    return None


def _live(function: Function) -> set[Value]:
    """The values that something needs."""
    operands: dict[Value, tuple[Value, ...]] = {}
    feeds: dict[Value, list[Value]] = {}
    pending: list[Value] = []
    for block in function.blocks.values():
        for inst in block.insts:
            if inst.result is not None:
                operands[inst.result] = inst.args
            if removable(function, inst) is None:
                pending += inst.args
        pending += block.term.args
        for edge in block.term.edges:
            for param, arg in zip(function.blocks[edge.block].params, edge.args, strict=True):
                feeds.setdefault(param, []).append(arg)
    live: set[Value] = set()
    while pending:
        value = pending.pop()
        if value not in live:
            live.add(value)
            pending += operands.get(value, ())
            pending += feeds.get(value, ())
    return live


def _prune(function: Function, block: Block, live: set[Value], kept: dict[BlockId, tuple[int, ...]]) -> Block:
    insts, term = block.insts, block.term
    gone = [removable(function, inst) if inst.result is None or inst.result not in live else None for inst in insts]
    if any(gas is not None for gas in gone):
        pairs = [(inst, 0) if gas is None else (None, inst.gas + gas) for inst, gas in zip(insts, gone, strict=True)]
        insts, term = settle_gas(pairs, term)
    if any(edge.block in kept for edge in term.edges):
        edges = [
            Edge(edge.block, tuple([edge.args[index] for index in kept[edge.block]])) if edge.block in kept else edge
            for edge in term.edges
        ]  # fmt: skip
        term = term._replace(edges=tuple(edges))
    params = tuple([block.params[index] for index in kept[block.id]]) if block.id in kept else block.params
    if insts is block.insts and term is block.term and params is block.params:
        return block
    return Block(block.id, params, insts, term, block.origin)


def dead(function: Function) -> Function:
    """The function without dead results and parameters."""
    live = _live(function)
    kept = {
        block.id: tuple([index for index, param in enumerate(block.params) if param in live])
        for block in function.blocks.values()
        if any(param not in live for param in block.params)
    }
    return function.with_blocks({number: _prune(function, block, live, kept) for number, block in function.blocks.items()})
