"""What rewrites of a function have in common: new constants and values, substitution, removal that keeps the gas."""

from __future__ import annotations

from collections.abc import Container, Iterable

from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Term, Value
from transpiler.ssa.ops import OPS


class Numbering:
    """New values and constants for a function that is being rewritten."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.constants = dict(function.constants)
        self.numbers = {number: value for value, number in function.constants.items()}
        self.next_value = function.next_value

    def fresh(self) -> Value:
        """A new value."""
        self.next_value += 1
        return self.next_value - 1

    def constant(self, number: int) -> Value:
        """The value that is this constant."""
        value = self.numbers.get(number)
        if value is None:
            value = self.numbers[number] = self.fresh()
            self.constants[value] = number
        return value

    def finish(self, blocks: dict[BlockId, Block]) -> Function:
        """The function with other blocks and the values made here."""
        return self.function.with_blocks(blocks, constants=self.constants, next_value=self.next_value)


def resolved(values: dict[Value, Value]) -> dict[Value, Value]:
    """The substitution with chains followed to their ends."""
    result: dict[Value, Value] = {}
    for value, target in values.items():
        while target in values:
            target = values[target]
        result[value] = target
    return result


def substitute_edge(edge: Edge, values: dict[Value, Value]) -> Edge:
    """The edge with values replaced."""
    return Edge(edge.block, tuple([values.get(arg, arg) for arg in edge.args]))


def substitute_term(term: Term, values: dict[Value, Value]) -> Term:
    """The terminator with values replaced; the same object when nothing changes."""
    if any(arg in values for arg in term.args) or any(arg in values for edge in term.edges for arg in edge.args):
        args = tuple([values.get(arg, arg) for arg in term.args])
        return term._replace(args=args, edges=tuple([substitute_edge(edge, values) for edge in term.edges]))
    return term


def substitute_inst(inst: Inst, values: dict[Value, Value]) -> Inst:
    """The instruction with operands replaced; the same object when nothing changes."""
    for arg in inst.args:
        if arg in values:
            args = tuple([values.get(operand, operand) for operand in inst.args])
            return Inst(inst.op, args, inst.result, inst.imm, inst.origin, inst.gas)
    return inst


def substitute(
    function: Function, values: dict[Value, Value], blocks: dict[BlockId, Block] | None = None
) -> dict[BlockId, Block]:
    """The blocks (the function's when none are given) with uses of values replaced; unchanged blocks stay the same objects."""
    blocks = function.blocks if blocks is None else blocks
    if not values:
        return blocks
    values = resolved(values)
    result = {}
    for number, block in blocks.items():
        insts = [substitute_inst(inst, values) for inst in block.insts]
        term = substitute_term(block.term, values)
        if term is not block.term or any(new is not old for new, old in zip(insts, block.insts, strict=True)):
            block = Block(number, block.params, tuple(insts), term, block.origin)
        result[number] = block
    return result


def settle_gas(insts: Iterable[tuple[Inst | None, int]], term: Term) -> tuple[tuple[Inst, ...], Term]:
    """Instructions and terminator, with the extra gas of each pair put on the first effect or the terminator at or after it.

    Shape: a pair is an instruction (None: one that is gone) and the gas to add there.
    """
    kept: list[Inst] = []
    carry = 0
    for inst, gas in insts:
        carry += gas
        if inst is None:
            continue
        if carry and not OPS[inst.op].pure:
            inst = inst._replace(gas=inst.gas + carry)
            carry = 0
        kept.append(inst)
    return tuple(kept), term._replace(gas=term.gas + carry) if carry else term


def without(block: Block, dead: Container[int]) -> Block:
    """The block without the instructions at the positions given, their gas kept."""
    pairs = [(None, inst.gas) if index in dead else (inst, 0) for index, inst in enumerate(block.insts)]
    insts, term = settle_gas(pairs, block.term)
    return Block(block.id, block.params, insts, term, block.origin)


def reachable(function: Function, blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """The blocks that the entry reaches, where shared code returns only to blocks whose INVOKE is reached.

    RETURNTO loses its other edges, INVOKE the blocks that nothing returns to.
    """
    returns: dict[BlockId, list[BlockId]] = {}
    for block in blocks.values():
        if block.term.kind == "RETURNTO":
            for edge in block.term.edges:
                returns.setdefault(edge.block, []).append(block.id)
    seen, resumable = {function.entry}, set[BlockId]()
    pending = [function.entry]
    while pending:
        term = blocks[pending.pop()].term
        found = [edge.block for edge in term.edges]
        if term.kind == "RETURNTO":
            found = [target for target in found if target in resumable]
        resumable.update(term.resumes)
        found += [target for target in term.resumes if any(source in seen for source in returns.get(target, ()))]
        for target in found:
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return {number: _within(block, seen) for number, block in blocks.items() if number in seen}


def _within(block: Block, kept: set[BlockId]) -> Block:
    term = block.term
    if term.kind == "RETURNTO" and any(edge.block not in kept for edge in term.edges):
        return block._replace(term=term._replace(edges=tuple([edge for edge in term.edges if edge.block in kept])))
    if any(target not in kept for target in term.resumes):
        return block._replace(term=term._replace(resumes=tuple([target for target in term.resumes if target in kept])))
    return block
