"""What each region takes from registers.

A region computes a value itself if the value is defined in it, or if computing it again costs no more than reading a register;
it takes every other value from a register. The solution is the least one over the graph of regions, where INVOKE leads to its
entry and to its resumes (values of the invoker pass the shared code by) and RETURNTO hands over arguments only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transpiler.lower.regions import Flow
from transpiler.lower.values import CHEAP, Values
from transpiler.ssa.ir import BlockId, Edge, Term, Value


@dataclass(slots=True)
class Needs:
    """What one region needs.

    Shape: `inputs` come from registers (parameters of its head, or their arrivals, among them); `local` are the values that it computes.
    """

    inputs: set[Value] = field(default_factory=set)
    local: set[Value] = field(default_factory=set)


Liveness = dict[BlockId, Needs]


def handed_on(flow: Flow, term: Term) -> list[BlockId]:
    """The heads to which a terminator hands values that are not arguments."""
    if term.kind == "RETURNTO":
        return []
    heads = [edge.block for edge in term.edges if flow.region[edge.block] == edge.block]
    return heads + list(term.resumes)


def live_edges(term: Term, flow: Flow) -> tuple[Edge, ...]:
    """The edges of a terminator to blocks that can run."""
    return tuple(edge for edge in term.edges if edge.block in flow.region)


class _Solver:
    def __init__(self, flow: Flow, values: Values, anew: dict[BlockId, set[Value]]) -> None:
        self.flow = flow
        self.values = values
        self.anew = anew
        self.roots = {head: self._roots(head) for head in flow.members}
        self.exits: dict[BlockId, set[BlockId]] = {head: set() for head in flow.members}
        self.needs: Liveness = {head: Needs() for head in flow.members}
        for head, members in flow.members.items():
            for ident in members:
                self.exits[head].update(handed_on(flow, flow.blocks[ident].term))

    def _roots(self, head: BlockId) -> list[Value]:
        values, flow = self.values, self.flow
        roots: list[Value] = []
        for ident in flow.members[head]:
            block = flow.blocks[ident]
            for inst in block.insts:
                if values.runs(inst):
                    roots += inst.args
            roots += values.term_args(ident)
            for edge in live_edges(block.term, flow):
                roots += [arg for _, arg in values.edge_args(edge)]
        return roots

    def solve(self) -> Liveness:
        preds: dict[BlockId, set[BlockId]] = {head: set() for head in self.flow.members}
        for head, exits in self.exits.items():
            for target in exits:
                preds[target].add(head)
        for head in self.needs:
            self._reach(head, self.roots[head])
        work = list(reversed(list(self.needs)))
        queued = set(work)
        while work:
            target = work.pop()
            queued.discard(target)
            passed = [
                value
                for value in self.needs[target].inputs
                if value >= 0 and (self.values.home[value] != target or value not in self.values.params)
            ]
            for head in preds[target]:
                if self._pass(head, passed) and head not in queued:
                    queued.add(head)
                    work.append(head)
        return self.needs

    def _pass(self, head: BlockId, passed: list[Value]) -> bool:
        """Makes `head` hand on values; true if it takes more from registers for that."""
        needs, region, home = self.needs[head], self.flow.region, self.values.home
        before = len(needs.inputs)
        inner = []
        for value in passed:
            own = value in self.values.params and home[value] == head and value not in self.values.arrivals
            if own or region[home[value]] != head:
                needs.inputs.add(value)
            else:
                inner.append(value)
        self._reach(head, inner)
        return len(needs.inputs) > before

    def _reach(self, head: BlockId, roots: list[Value]) -> None:
        """Adds what computing the roots in the region takes."""
        needs, values, region = self.needs[head], self.values, self.flow.region
        anew = self.anew.get(head, ())
        inputs, local = needs.inputs, needs.local
        work = list(roots)
        while work:
            value = work.pop()
            if value in local or value in inputs or values.is_fixed(value):
                continue
            home = values.home[value]
            inst = values.inst.get(value)
            if inst is None and home == head and value in values.arrivals:
                local.add(value)
                inputs.add(values.arrivals[value])
            elif inst is None:
                (inputs if home == head or region[home] != head else local).add(value)
            elif region[home] == head or (values.floats(value) and (value in anew or values.cost(value) <= 1)):
                local.add(value)
                if values.floats(value):
                    work += inst.args
            else:
                inputs.add(value)


def solve_liveness(flow: Flow, values: Values) -> Liveness:
    """What each region needs; a second round computes anew what only takes inputs that are there anyway."""
    first = _Solver(flow, values, {}).solve()
    anew: dict[BlockId, set[Value]] = {}
    for head, needs in first.items():
        for value in needs.inputs:
            inst = values.inst.get(value)
            if inst is not None and inst.op in CHEAP and all(values.cost(arg) <= 0 or arg in needs.inputs for arg in inst.args):
                anew.setdefault(head, set()).add(value)
    return _Solver(flow, values, anew).solve() if anew else first
