"""Where values come from, which of them are used, and which are cheap to compute again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transpiler.lower.regions import Flow
from transpiler.lower.select import Test, select_test
from transpiler.ssa.ir import BlockId, Edge, Inst, Value
from transpiler.ssa.ops import PURE, VOLATILE

CHEAP: Final[frozenset[str]] = frozenset(
    {"ADD", "SUB", "LT", "GT", "SLT", "SGT", "EQ", "ISZERO", "NOT", "AND", "OR", "SHL", "SHR"}
)
"""Arithmetic that costs no more than a register access."""
_DEAR: Final[frozenset[str]] = frozenset({"HASH1", "HASH2", "BLOCKHASH", "BLOBHASH"})
_NEVER: Final[int] = 1 << 20


class Values:
    """The values of a function by definition.

    Shape: `inst` the instruction of a result; `home` the block of a result or parameter; `params` the (block, position) of a
    parameter; `rank` orders values so that operands come first; `tests` the selected test of each block that branches;
    `used` what some effect, branch or edge needs. `arrivals`: a parameter of a LABEL, which every return of the shared code writes, arrives as a
    value of its own (a negative number): the parameter may have to outlive the next return in another register.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.constants = flow.function.constants
        self.labels = flow.function.labels
        self.inst: dict[Value, Inst] = {}
        self.home: dict[Value, BlockId] = {}
        self.params: dict[Value, tuple[BlockId, int]] = {}
        self.arrivals: dict[Value, Value] = {}
        for ident in flow.order:
            block = flow.blocks[ident]
            for position, param in enumerate(block.params):
                self.params[param] = (ident, position)
                self.home[param] = ident
                if ident in flow.labels:
                    self.arrivals[param] = -1 - param
            for inst in block.insts:
                if inst.result is not None:
                    self.inst[inst.result] = inst
                    self.home[inst.result] = ident
        self.tests: dict[BlockId, Test] = {
            ident: self._test(ident) for ident in flow.order if flow.blocks[ident].term.kind == "BRANCH"
        }
        self.used = self._mark()
        self.rank = {value: index for index, value in enumerate(self.home)}
        self._cost: dict[Value, int] = {}
        for value, inst in self.inst.items():
            if self.floats(value) and inst.op not in _DEAR:
                self._cost[value] = min(_NEVER, 1 + sum(self.cost(arg) for arg in inst.args))

    def _test(self, ident: BlockId) -> Test:
        region = self.flow.region
        here = region[ident]

        def defined(value: Value) -> Inst | None:
            inst = self.inst.get(value)
            return inst if inst is not None and region[self.home[value]] == here else None

        return select_test(self.flow.function, self.flow.blocks[ident].term.args[0], defined)

    def floats(self, value: Value) -> bool:
        """The value is computed, or read from what does not change during the frame, where it is first needed."""
        inst = self.inst.get(value)
        return inst is not None and inst.op in PURE and not (inst.op == "ENV" and inst.imm in VOLATILE)

    def runs(self, inst: Inst) -> bool:
        """The instruction runs where it stands."""
        return inst.op not in PURE or (inst.op == "ENV" and inst.imm in VOLATILE and inst.result in self.used)

    def arrival(self, param: Value) -> Value:
        """What an edge writes to give a parameter: the parameter itself, but at a LABEL."""
        return self.arrivals.get(param, param)

    def is_fixed(self, value: Value) -> bool:
        """A constant or a label."""
        return value in self.constants or value in self.labels

    def term_args(self, ident: BlockId) -> tuple[Value, ...]:
        """What the terminator of a block reads, edges apart."""
        test = self.tests.get(ident)
        return test.args if test is not None else self.flow.blocks[ident].term.args

    def edge_args(self, edge: Edge) -> Iterable[tuple[Value, Value]]:
        """(parameter, argument) of an edge for the parameters that are used."""
        used = self.used
        block = self.flow.blocks[edge.block]
        return ((param, arg) for param, arg in zip(block.params, edge.args, strict=True) if param in used)

    def _mark(self) -> frozenset[Value]:
        flow = self.flow
        into: dict[BlockId, list[Edge]] = {ident: [] for ident in flow.order}
        work: list[Value] = []
        for ident in flow.order:
            block = flow.blocks[ident]
            for edge in block.term.edges:
                if edge.block in into:
                    into[edge.block].append(edge)
            for inst in block.insts:
                if inst.op not in PURE:
                    work += inst.args
            work += self.term_args(ident)
        used: set[Value] = set()
        while work:
            value = work.pop()
            if value in used:
                continue
            used.add(value)
            source = self.inst.get(value)
            if source is not None:
                if source.op in PURE:
                    work += source.args
            elif value in self.params:
                ident, position = self.params[value]
                work += [edge.args[position] for edge in into[ident]]
        return frozenset(used)

    def cost(self, value: Value) -> int:
        """Rows that computing the value anew takes where nothing but constants is at hand."""
        return 0 if self.is_fixed(value) else self._cost.get(value, _NEVER)
