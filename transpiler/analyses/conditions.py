"""What a branch that was taken says about the bits of the values that its condition is made of.

A fact holds on an edge of a BRANCH, and, when that edge is the only one to its block, in that block and in all that it dominates.
Sound because a value is the same word at the branch and wherever the block dominates: to compute it anew, control passes
its definition, which dominates the branch, and then the branch again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from transpiler.evm.arithmetic import BOOLEAN
from transpiler.ssa.dominance import Dominance
from transpiler.ssa.ir import BlockId, Function, Inst, Value
from zkvm.word import MASK

_DEPTH: Final = 8
LIMIT: Final = 200
"""Facts that are kept of one value: each look-up passes over them."""
Fact = tuple[Value, int, int]
"""(value, bits that are 0, bits that are 1); (value, 0, 0) says that it is not 0."""


class _Facts:
    def __init__(self, function: Function) -> None:
        self.least: list[tuple[Value, int]] = []
        self.constants = function.constants
        self.definitions: dict[Value, Inst] = {
            inst.result: inst for block in function.blocks.values() for inst in block.insts if inst.result is not None
        }

    def below(self, value: Value, bound: int) -> Iterator[Fact]:
        """value <= bound."""
        if value not in self.constants:
            yield value, MASK ^ ((1 << bound.bit_length()) - 1), 0

    def equal(self, a: Value, b: Value) -> Iterator[Fact]:
        for value, other in ((a, b), (b, a)):
            number, inst = self.constants.get(other), self.definitions.get(other)
            if number is not None:
                yield value, MASK ^ number, number
            elif inst is not None and inst.op == "AND" and value in inst.args:
                mask = self.constants.get(inst.args[1] if inst.args[0] == value else inst.args[0])
                if mask is not None:
                    yield value, MASK ^ mask, 0

    def zero(self, value: Value, depth: int) -> Iterator[Fact]:
        """value = 0."""
        yield value, MASK, 0
        inst = self.definitions.get(value)
        if inst is None or depth > _DEPTH:
            return
        args = inst.args
        first = self.constants.get(args[0]) if args else None
        second = self.constants.get(args[1]) if len(args) > 1 else None
        match inst.op:
            case "ISZERO":
                yield from self.nonzero(args[0], depth + 1)
            case "OR":
                yield from self.zero(args[0], depth + 1)
                yield from self.zero(args[1], depth + 1)
            case "SUB" | "XOR":
                yield from self.equal(*args)
            case "AND":
                for mask, other in ((first, args[1]), (second, args[0])):
                    if mask is not None:
                        yield other, mask, 0
            case "SHR" if first is not None and first < 256:
                yield from self.below(args[1], (1 << first) - 1)
            case "GT" if second is not None:
                yield from self.below(args[0], second)
            case "LT" if first is not None:
                yield from self.below(args[1], first)
            case "LT" if second is not None:
                self.least.append((args[0], second))
            case "GT" if first is not None:
                self.least.append((args[1], first))

    def nonzero(self, value: Value, depth: int) -> Iterator[Fact]:
        """value != 0."""
        yield value, 0, 0
        inst = self.definitions.get(value)
        if inst is None or depth > _DEPTH:
            return
        args = inst.args
        if inst.op in BOOLEAN:
            yield value, MASK ^ 1, 1
        first = self.constants.get(args[0]) if args else None
        second = self.constants.get(args[1]) if len(args) > 1 else None
        match inst.op:
            case "ISZERO":
                yield from self.zero(args[0], depth + 1)
            case "EQ":
                yield from self.equal(*args)
            case "LT" if second:
                yield from self.below(args[0], second - 1)
            case "GT" if first:
                yield from self.below(args[1], first - 1)
            case "AND":
                for arg in args:
                    inner = self.definitions.get(arg)
                    if inner is not None and inner.op in BOOLEAN:
                        yield from self.nonzero(arg, depth + 1)


@dataclass(frozen=True, slots=True)
class Conditions:
    """`facts` by value: each with the numbers of the dominator tree between which it holds; `edges`: those of edges (block, position)
    that are not the only one to their block; `nonzeros`: where a value is not 0;
    `bounds`: where it is at least so much."""

    facts: dict[Value, list[tuple[int, int, int, int]]]
    enter: dict[BlockId, int]
    edges: dict[tuple[BlockId, int], list[Fact]]
    nonzeros: dict[Value, list[tuple[int, int]]]
    bounds: dict[Value, list[tuple[int, int, int]]]

    def refine(self, value: Value, block: BlockId, bits: tuple[int, int]) -> tuple[int, int]:
        """The bits with what is known in the block."""
        number = self.enter.get(block, 0)
        for low, high, zeros, ones in self.facts.get(value, ()):
            if low <= number <= high:
                bits = (bits[0] | zeros & ~bits[1], bits[1] | ones & ~bits[0])
        return bits

    def nonzero(self, value: Value, block: BlockId) -> bool:
        """Whether a branch before says that the value is not 0 in the block."""
        number = self.enter.get(block, 0)
        return any(low <= number <= high for low, high in self.nonzeros.get(value, ()))

    def at_least(self, value: Value, bound: int, block: BlockId) -> bool:
        """Whether a branch before says that the value is not below the bound in the block."""
        number = self.enter.get(block, 0)
        return any(low <= number <= high and bound <= known for low, high, known in self.bounds.get(value, ()))

    def along(self, value: Value, edge: tuple[BlockId, int], bits: tuple[int, int]) -> tuple[int, int]:
        """The bits with what is known on the edge."""
        bits = self.refine(value, edge[0], bits)
        for known, zeros, ones in self.edges.get(edge, ()):
            if known == value:
                bits = (bits[0] | zeros & ~bits[1], bits[1] | ones & ~bits[0])
        return bits


def conditions(function: Function, tree: Dominance) -> Conditions:
    """The facts of all branches of the function."""
    edges = Counter(edge.block for block in function.blocks.values() for edge in block.term.edges)
    edges.update(target for block in function.blocks.values() for target in block.term.resumes)
    finder = _Facts(function)
    facts: dict[Value, list[tuple[int, int, int, int]]] = {}
    along: dict[tuple[BlockId, int], list[Fact]] = {}
    nonzeros: dict[Value, list[tuple[int, int]]] = {}
    bounds: dict[Value, list[tuple[int, int, int]]] = {}
    for block in function.blocks.values():
        term = block.term
        if term.kind != "BRANCH" or block.id not in tree.enter:
            continue
        for position, edge in enumerate(term.edges):
            target = edge.block
            finder.least.clear()
            found = list(finder.zero(term.args[0], 0) if position else finder.nonzero(term.args[0], 0))
            alone = edges[target] == 1 and target != function.entry
            for value, bound in finder.least if alone else ():
                if len(bounds.setdefault(value, [])) < LIMIT:
                    bounds[value].append((tree.enter[target], tree.leave[target], bound))
            for fact in found:
                if fact[0] in function.constants:
                    continue
                if len(facts.get(fact[0], ())) + len(nonzeros.get(fact[0], ())) > LIMIT:
                    continue
                where = (tree.enter[target], tree.leave[target])
                if not fact[1] | fact[2]:
                    if alone:
                        nonzeros.setdefault(fact[0], []).append(where)
                elif alone:
                    facts.setdefault(fact[0], []).append((*where, fact[1], fact[2]))
                elif edge.args:
                    along.setdefault((block.id, position), []).append(fact)
    return Conditions(facts, tree.enter, along, nonzeros, bounds)
