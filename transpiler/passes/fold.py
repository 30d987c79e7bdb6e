"""Constant propagation and algebra on known bits: constants, identities, masks that change nothing, branches that are decided."""

from __future__ import annotations

from transpiler.analyses.bits import Known, known_bits
from transpiler.passes.algebra import Context, rewrite
from transpiler.ssa.dominance import dominance
from transpiler.ssa.edit import Numbering, reachable, substitute_inst, substitute_term
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Term, Value
from transpiler.ssa.ops import ARITHMETIC, PURE
from zkvm.word import MASK


class _Fold:
    def __init__(self, function: Function, known: Known) -> None:
        self.function = function
        self.known = known
        self.numbering = Numbering(function)
        self.values: dict[Value, Value] = {}
        self.context = Context(self.numbering, dict(known.bits), {}, known.conditions, function.entry)
        for value, bits in known.bits.items():
            if bits[0] | bits[1] == MASK and value not in function.constants:
                self.values[value] = self.numbering.constant(bits[1])

    def final(self, inst: Inst) -> Inst:
        """The instruction with operands replaced, chains of replacements followed."""
        return substitute_inst(inst, self.values)

    def replace(self, value: Value, target: Value) -> None:
        """All later uses of `value` become uses of `target`."""
        self.values[value] = self.values.get(target, target)

    def inst(self, inst: Inst, out: list[Inst]) -> None:
        inst = self.final(inst)
        result = inst.result
        if result is None or inst.op not in PURE:
            out.append(inst)
            return
        if result in self.values:
            return
        for _ in range(4):
            found = rewrite(self.context, inst) if inst.op in ARITHMETIC else None
            if found is None:
                break
            if isinstance(found, int):
                self.replace(result, found)
                return
            inst = Inst(found[0], found[1], result, 0, inst.origin, 0)
        out.append(inst)
        self.context.definitions[result] = inst

    def term(self, number: BlockId, term: Term, out: list[Inst]) -> Term:
        term = substitute_term(term, self.values)
        if term.kind != "BRANCH":
            return term
        taken, other = ((number, 0) in self.known.taken), ((number, 1) in self.known.taken)
        if taken != other:
            return term._replace(kind="JUMP", args=(), edges=(term.edges[0 if taken else 1],))
        return self.branch(term, out)

    def branch(self, term: Term, out: list[Inst]) -> Term:
        """BRANCH on what its condition compares with 0, and on EQ where it tests a difference."""
        condition = term.args[0]
        edges = term.edges
        while True:
            inner = self.context.defined(condition, "ISZERO")
            if inner is None:
                break
            condition, edges = inner[0], edges[::-1]
        difference = self.context.defined(condition, "SUB") or self.context.defined(condition, "XOR")
        if difference is not None:
            condition, edges = self.numbering.fresh(), edges[::-1]
            out.append(Inst("EQ", difference, condition, 0, term.origin, 0))
        if condition == term.args[0]:
            return term
        return term._replace(args=(condition,), edges=edges)

    def block(self, block: Block) -> Block:
        out: list[Inst] = []
        self.context.block = block.id
        for inst in block.insts:
            self.inst(inst, out)
        term = self.term(block.id, block.term, out)
        if term is block.term and len(out) == len(block.insts) and all(a is b for a, b in zip(out, block.insts, strict=True)):
            return block
        return Block(block.id, block.params, tuple(out), term, block.origin)


def fold(function: Function) -> Function:
    """The function with what is known folded in; blocks that cannot run are gone."""
    tree = dominance(function)
    folding = _Fold(function, known_bits(function, tree))
    done: dict[BlockId, Block] = {}
    for number in tree.order:
        if number in folding.known.blocks:
            done[number] = folding.block(function.blocks[number])
    blocks: dict[BlockId, Block] = {}
    for number in function.blocks:
        if number in done:  # uses that stand before their definition in the order: back edges
            block = done[number]
            term = _live_edges(substitute_term(block.term, folding.values), done)
            blocks[number] = block if term is block.term else block._replace(term=term)
    return folding.numbering.finish(reachable(function, blocks))


def _live_edges(term: Term, done: dict[BlockId, Block]) -> Term:
    """RETURNTO without the edges to blocks that cannot run."""
    if all(edge.block in done for edge in term.edges) and all(target in done for target in term.resumes):
        return term
    edges: tuple[Edge, ...] = tuple([edge for edge in term.edges if edge.block in done])
    return term._replace(edges=edges, resumes=tuple([target for target in term.resumes if target in done]))
