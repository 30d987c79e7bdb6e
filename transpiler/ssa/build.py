"""From the control-flow graph to SSA form.

Each node becomes a block of the same number whose parameters are the labels and stack slots that it, or what follows it, reads
(`contexts.demands`); slots that are constant in the node's window are constants. Entering a context is INVOKE with a label for each way out;
a label names a landing block of its own, which the invoking block dominates, so parked slots need no parameters.
What the optimised tier cannot hold ends in ESCAPE. Correct for any code: undefined opcodes, underflow and overflow are HALT.
"""

from __future__ import annotations

from typing import Final

from transpiler.cfg import graph
from transpiler.cfg.graph import Arc, Branch, Cfg, ContextId, Dispatch, Enter, Escape, Goto, Halt, Leave, Step
from transpiler.errors import InternalError
from transpiler.ssa.contexts import Landing, Place, Reach, WayOut, demands
from transpiler.ssa.ir import Block, BlockId, Edge, Function, Inst, Term, Value
from transpiler.ssa.symbolic import Body, Executor, Values
from zkvm.isa.table import ENV_KINDS

RUNS_FRAME: Final = "i"
"""The effect of an operation that sends a message."""
SEEN_HALTS: Final = frozenset({"INVALID", "BADJUMP"})
"""Kinds of halt that come last in their block."""


class _Builder:
    def __init__(self, cfg: Cfg, kind: str) -> None:
        self.cfg = cfg
        self.creation = kind == "creation"
        self.values = Values()
        self.executor = Executor(cfg.code, kind, self.values)
        self.base: dict[graph.BlockId, Value] = {}
        self.blocks: dict[BlockId, Block] = {}
        self.next_block = len(cfg.nodes)
        self.labels: dict[Value, BlockId] = {}
        self.halt: BlockId | None = None
        self.joins: dict[Landing, BlockId] = {}
        self.pending_joins: list[tuple[Landing, BlockId]] = []
        self.arrivals: dict[WayOut, list[tuple[Landing, BlockId]]] = {}
        self.departures: list[tuple[BlockId, WayOut, list[Value | None]]] = []
        self.reach = Reach(cfg, self.execute).walk()
        self.needed: dict[Place, int] = demands(self.reach, self.base)

    def execute(self, number: graph.BlockId) -> Body:
        """The body of a node."""
        node = self.cfg.nodes[number]
        base = self.base[number] = self.values.fresh(len(node.window))
        if isinstance(node.exit, Halt) and node.exit.exceptional and not self.runs_before_it_halts(node, node.exit.kind):
            return Body([], [], (), 0, node.pc, True)
        stack = [self.values.constant(slot) if slot >= 0 else base + index for index, slot in enumerate(node.window)]
        body = self.executor.run(node.first, node.last, stack, node.pc)
        return Body([], [], (), 0, node.pc, True) if body.overflow else body

    def runs_before_it_halts(self, node: graph.Node, kind: str) -> bool:
        """Whether a node that must halt does something first that is seen: it sends a message, or it may jump into arguments.

        All else is undone, so such a node may halt at once. A fault of the stack is one of the whole block (as SCHK in tier G has it).
        """
        if kind == "BADJUMP" and self.creation:
            return True
        here = self.cfg.code.instructions[node.first : node.last]
        return kind in SEEN_HALTS and any(RUNS_FRAME in each.opcode.effects for each in here)

    def fresh_block(self) -> BlockId:
        """A new number for a block."""
        self.next_block += 1
        return BlockId(self.next_block - 1)

    def halt_block(self) -> BlockId:
        """The block that halts."""
        if self.halt is None:
            self.halt = self.fresh_block()
            self.blocks[self.halt] = Block(self.halt, (), (), Term("HALT"), 0)
        return self.halt

    def label_params(self, mask: int, context: ContextId | None) -> dict[int, Value]:
        """A new parameter for each label of the mask."""
        return {bit: self.values.fresh() for bit in range(self.reach.labels(context)) if mask >> bit & 1}

    def pick(
        self, mask: int, context: ContextId | None, labels: dict[int, Value], stack: list[Value | None]
    ) -> tuple[Value, ...]:
        """The values at the places of a mask, labels first."""
        count = self.reach.labels(context)
        values = [labels[bit] for bit in range(count) if mask >> bit & 1]
        mask >>= count
        position = 0
        while mask:
            if mask & 1:
                value = stack[position]
                if value is None:
                    raise InternalError("S2Z-SSA-SLOT", f"slot {position} is needed but not there")
                values.append(value)
            mask >>= 1
            position += 1
        return tuple(values)

    def node(self, number: graph.BlockId) -> None:
        """The block of a node."""
        node, body, mask = self.cfg.nodes[number], self.reach.bodies[number], self.needed[number]
        here = BlockId(number)
        if body.overflow:
            self.blocks[here] = Block(here, self.params(number, mask, {}), (), Term("HALT", origin=node.pc), node.pc)
            return
        labels = self.label_params(mask, node.context)
        stack: list[Value | None] = [*body.stack]
        leaving = node.exit
        if isinstance(leaving, Goto):
            term = self.arc(leaving.arc, node.context, stack, labels, here, body.popped[:1])
        elif isinstance(leaving, Branch):
            target = body.popped[:1]
            taken = self.edge(leaving.taken, node.context, stack, labels, target)
            term = Term("BRANCH", body.popped[1:], (taken, self.edge(leaving.otherwise, node.context, stack, labels, target)))
        elif self.ends_in_arguments(node):
            term = self.arguments_or("STOP", self.values.constant(len(self.cfg.code.data)))
        elif leaving.kind == "BADJUMP":
            term = self.bad_jump(body.popped[:1])
        else:
            term = Term("HALT") if leaving.exceptional else Term(leaving.kind, body.popped)
        term = term._replace(gas=body.gas, origin=body.origin)
        self.blocks[here] = Block(here, self.params(number, mask, labels), tuple(body.insts), term, node.pc)

    def ends_in_arguments(self, node: graph.Node) -> bool:
        """Whether a node of creation code runs off the code's end, where arguments may lie."""
        last = self.cfg.code.instructions[node.last - 1].opcode if node.last > node.first else None
        return (
            self.creation and isinstance(node.exit, Halt) and node.exit.kind == "STOP" and (last is None or last.name != "STOP")
        )

    def jumps_behind(self, target: tuple[Value, ...]) -> bool:
        """Whether a jump to no JUMPDEST of the code may lead behind creation code, where arguments may lie."""
        known = self.values.constants.get(target[0]) if target else 0
        return self.creation and (known is None or known >= len(self.cfg.code.data))

    def bad_jump(self, target: tuple[Value, ...]) -> Term:
        """The terminator of a jump to no JUMPDEST of the code."""
        return self.arguments_or("HALT", target[0]) if self.jumps_behind(target) else Term("HALT")

    def arguments_or(self, kind: str, target: Value) -> Term:
        """The terminator of creation code that goes on at `target` behind its own end: as if there were no code, if there are no arguments.

        With arguments they are what the EVM goes on with. An ESCAPE says so: its jump is Unsupported to the machines (ISA 11.4).
        """
        size, alone, other = self.values.fresh(), self.fresh_block(), self.fresh_block()
        test, same = self.fresh_block(), self.values.fresh()
        insts = (
            Inst("ENV", (), size, ENV_KINDS.index("CODESIZE"), 0, 0),
            Inst("EQ", (size, self.values.constant(len(self.cfg.code.data))), same, 0, 0, 0),
        )
        self.blocks[test] = Block(test, (), insts, Term("BRANCH", (same,), (Edge(alone, ()), Edge(other, ()))), 0)
        self.blocks[alone] = Block(alone, (), (), Term(kind), 0)
        self.blocks[other] = Block(other, (), (), Term("ESCAPE", (target,)), 0)
        return Term("JUMP", (), (Edge(test, ()),))

    def params(self, number: graph.BlockId, mask: int, labels: dict[int, Value]) -> tuple[Value, ...]:
        """The parameters of a node's block."""
        node, base = self.cfg.nodes[number], self.base[number]
        window: list[Value | None] = [base + index for index in range(len(node.window))]
        return self.pick(mask, node.context, labels, window)

    def edge(
        self, arc: Arc, context: ContextId | None, stack: list[Value | None], labels: dict[int, Value], target: tuple[Value, ...]
    ) -> Edge:
        """An edge that takes the arc, through a block of its own where it is more than a step."""
        if isinstance(arc, Step):
            return self.step(arc, context, stack, labels)
        if isinstance(arc, graph.Trap) and not (arc.reason == "BADJUMP" and self.jumps_behind(target)):
            return Edge(self.halt_block(), ())
        block = self.fresh_block()
        term = self.arc(arc, context, stack, labels, block, target)
        self.blocks[block] = Block(block, (), (), term, 0)
        return Edge(block, ())

    def step(self, arc: Step, context: ContextId | None, stack: list[Value | None], labels: dict[int, Value]) -> Edge:
        """The edge to a node of the same context."""
        return Edge(BlockId(arc.target), self.pick(self.needed[arc.target], context, labels, stack))

    def arc(
        self, arc: Arc, context: ContextId | None, stack: list[Value | None], labels: dict[int, Value], here: BlockId,
        target: tuple[Value, ...],
    ) -> Term:  # fmt: skip
        """The terminator of block `here` that takes the arc; `target` is the word that a jump popped."""
        arc = self.reach.resolve(arc, context)
        if isinstance(arc, Step):
            return Term("JUMP", (), (self.step(arc, context, stack, labels),))
        if isinstance(arc, Enter):
            return self.enter(arc, context, stack, labels)
        if isinstance(arc, Leave):
            way = self.reach.way(arc, len(stack))
            self.departures.append((here, way, stack))
            return Term("RETURNTO", (labels[way.bit],))
        if isinstance(arc, Escape):
            whole = tuple([value for value in stack if value is not None])
            if len(whole) != len(stack) or context is not None:
                raise InternalError("S2Z-SSA-ESCAPE", "an escape without the whole stack")
            return Term("ESCAPE", target + whole) if arc.pc is None else Term("ESCAPE", whole, pc=arc.pc)
        if isinstance(arc, Dispatch):
            return self.dispatch(arc, context, stack, labels, here, target)
        return self.bad_jump(target) if arc.reason == "BADJUMP" else Term("HALT")

    def dispatch(
        self, arc: Dispatch, context: ContextId | None, stack: list[Value | None], labels: dict[int, Value], here: BlockId,
        target: tuple[Value, ...],
    ) -> Term:  # fmt: skip
        """A chain of comparisons of the target; all but the last block of the chain are new."""
        edge = self.edge(arc.default, context, stack, labels, target)
        for pc, case in reversed(arc.cases):
            block, result = self.fresh_block(), self.values.fresh()
            test = Inst("EQ", (target[0], self.values.constant(pc)), result, 0, 0, 0)
            taken = self.edge(case, context, stack, labels, target)
            self.blocks[block] = Block(block, (), (test,), Term("BRANCH", (result,), (taken, edge)), 0)
            edge = Edge(block, ())
        return Term("JUMP", (), (edge,))

    def enter(self, arc: Enter, context: ContextId | None, stack: list[Value | None], labels: dict[int, Value]) -> Term:
        """INVOKE, and the landing block of each way out that the context takes."""
        reach, mask, low = self.reach, self.needed[arc.target], len(self.cfg.contexts[arc.context].callers[arc.caller].low)
        inner: dict[int, Value] = {}
        resumes: list[BlockId] = []
        for way in reach.ways.get(arc.context, ()):
            if mask >> way.bit & 1:
                block = self.landing(reach.landings[(way, arc.caller)], stack[:low], labels)
                inner[way.bit] = self.values.fresh()
                self.labels[inner[way.bit]] = block
                resumes.append(block)
        return Term(
            "INVOKE", (), (Edge(BlockId(arc.target), self.pick(mask, arc.context, inner, stack[low:])),), resumes=tuple(resumes)
        )

    def landing(self, landing: Landing, parked: list[Value | None], labels: dict[int, Value]) -> BlockId:
        """The landing block of one way out at one invoking block: results are its parameters, `parked` is known."""
        block, context = self.fresh_block(), landing.context
        mask, count = self.needed[landing], self.reach.labels(context)
        results: list[Value | None] = [None] * landing.way.height
        for index in range(landing.way.height):
            if mask >> (count + landing.low + index) & 1:
                results[index] = self.values.fresh()
        stack = parked + results
        arc = landing.arc
        if isinstance(arc, Enter | Leave | Dispatch):  # through a shared block: such arcs may form cycles
            if landing not in self.joins:
                self.joins[landing] = self.fresh_block()
                self.pending_joins.append((landing, self.joins[landing]))
            term = Term("JUMP", (), (Edge(self.joins[landing], self.pick(mask, context, labels, stack)),))
        else:
            term = self.arc(arc, context, stack, labels, block, ())
        self.blocks[block] = Block(block, tuple(value for value in results if value is not None), (), term, 0)
        self.arrivals.setdefault(landing.way, []).append((landing, block))
        return block

    def join(self, landing: Landing, block: BlockId) -> None:
        """The block where all landings of one way out at one caller go on."""
        mask, count = self.needed[landing], self.reach.labels(landing.context)
        labels = self.label_params(mask, landing.context)
        stack: list[Value | None] = [self.values.fresh() if mask >> (count + i) & 1 else None for i in range(landing.height)]
        params = self.pick(mask, landing.context, labels, stack)
        self.blocks[block] = Block(block, params, (), self.arc(landing.arc, landing.context, stack, labels, block, ()), 0)

    def finish(self) -> None:
        """The edges of RETURNTO, when all landing blocks are known."""
        for here, way, stack in self.departures:
            edges = []
            for landing, block in self.arrivals.get(way, ()):
                mask = self.needed[landing] >> (self.reach.labels(landing.context) + landing.low)
                edges.append(Edge(block, self.pick(mask, None, {}, stack)))
            old = self.blocks[here]
            self.blocks[here] = old._replace(term=old.term._replace(edges=tuple(edges)))


def build(cfg: Cfg, kind: str) -> Function:
    """The SSA form of a code object; `kind` is runtime or creation.

    Shape: blocks 0 to len(nodes) - 1 are the nodes of the graph that the optimised tier reaches, with all of their gas; others are new and
    have none.
    """
    builder = _Builder(cfg, kind)
    for number in builder.reach.bodies:
        builder.node(number)
    while builder.pending_joins:
        builder.join(*builder.pending_joins.pop())
    builder.finish()
    return Function(
        cfg.code.fork, kind, cfg.code.data, BlockId(0), _reachable(builder.blocks), builder.values.constants, builder.labels,
        builder.values.next,
    )  # fmt: skip


def _reachable(blocks: dict[BlockId, Block]) -> dict[BlockId, Block]:
    """The blocks that the entry reaches, in order of their numbers."""
    seen = {BlockId(0)}
    pending = [BlockId(0)]
    while pending:
        term = blocks[pending.pop()].term
        for target in (*(edge.block for edge in term.edges), *term.resumes):
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return {number: blocks[number] for number in sorted(seen)}
