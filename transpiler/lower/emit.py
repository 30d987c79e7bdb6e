"""Emission: the blocks of one region become chunks of rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from transpiler.errors import InternalError
from transpiler.lower.chunks import Chunk
from transpiler.lower.draft import Draft, Result, Row
from transpiler.lower.edges import Action, Actions, Edges
from transpiler.lower.effects import add_effect
from transpiler.lower.place import LATE, Reads
from transpiler.ssa.ir import Block, BlockId, Term, Value
from transpiler.ssa.ops import ARITHMETIC


@dataclass(slots=True)
class Frame:
    """What all regions of a program share.

    Shape: `chunks` holds the chunk of each block, made on demand; `heads` the region row of each head; `generic` those of tier G by EVM pc;
    `extra` the chunks of edges.
    """

    draft: Draft
    edges: Edges
    heads: dict[BlockId, Row]
    generic: dict[int, Row]
    jumpdests: frozenset[int]
    arguments_at: int | None
    """Where arguments begin behind creation code (ISA 11.4)."""
    chunks: dict[BlockId, Chunk] = field(default_factory=dict)
    extra: list[Chunk] = field(default_factory=list)

    def chunk(self, ident: BlockId) -> Chunk:
        """The chunk of a block."""
        found = self.chunks.get(ident)
        if found is None:
            flow = self.edges.flow
            found = self.chunks[ident] = Chunk(flow.blocks[ident].origin, ident in flow.cold, ident in self.heads)
        return found


Scope = dict[Value, Result]


class RegionEmitter:
    """Emits one region. Results that need no read are the same in the whole region; the others belong to a block and what it dominates."""

    def __init__(self, frame: Frame, reads: Reads) -> None:
        self.frame = frame
        self.draft = frame.draft
        self.reads = reads
        self.values = reads.values
        self.needs = reads.needs
        self._everywhere: Scope = {}
        self._equal: dict[tuple[str, tuple[int, ...]], Row] = {}
        self._scope: Scope = {}
        self._pc = 0

    def emit(self) -> None:
        """Gives each block of the region its chunk."""
        reads = self.reads
        flow = reads.flow
        actions = {ident: self.frame.edges.actions(ident, self.needs) for ident in reads.members}
        own = {ident: self._own(flow.blocks[ident], actions[ident]) for ident in reads.members}
        on_edges = {ident: tuple(reads.masks(action.sources()) for action in actions[ident].edges) for ident in reads.members}
        places = reads.place(own, on_edges)
        scopes: dict[BlockId, Scope] = {}
        for ident in reads.members:
            self._scope = dict(scopes[reads.idom[ident]]) if ident != reads.head else {}
            scopes[ident] = self._scope
            self._block(flow.blocks[ident], actions[ident], reads.pick(places[ident]))

    def _own(self, block: Block, actions: Actions) -> int:
        reads, values = self.reads, self.values
        mask = reads.masks(values.term_args(block.id)) | reads.masks(actions.before.sources())
        for inst in block.insts:
            if values.runs(inst) or (inst.result is not None and reads.is_late(inst.result)):
                mask |= reads.masks(inst.args)
        return mask

    def _block(self, block: Block, actions: Actions, reads: list[Value]) -> None:
        chunk = self.frame.chunk(block.id)
        rows = self.draft.out = chunk.rows
        head = self.frame.heads.get(block.id)
        if head is not None:
            rows.append(head)
        gas = 0
        for inst in block.insts:
            late = inst.result is not None and self.reads.is_late(inst.result)
            gas += inst.gas
            if late or self.values.runs(inst):
                self._pc = inst.origin
                args = [self._resolve(arg) for arg in inst.args]
                row = add_effect(self.draft, inst.op, args, inst.imm, gas, inst.origin)
                gas = 0
                if inst.result is not None:
                    self._everywhere[inst.result] = row
        self._pc = chunk.pc = block.term.origin
        chunk.gas = gas + block.term.gas
        operands = tuple(self._resolve(arg) for arg in self.values.term_args(block.id))
        for value in reads:
            self._resolve(value)
        self._act(actions.before)
        self._end(block, chunk, operands, actions)

    def _end(self, block: Block, chunk: Chunk, operands: tuple[Result, ...], actions: Actions) -> None:
        term = block.term
        if term.kind == "BRANCH":
            test = self.values.tests[block.id]
            chunk.branch = (test.taken, test.inverse, operands)
            chunk.targets = [
                self._edge(edge.block, action, term.origin) for edge, action in zip(term.edges, actions.edges, strict=True)
            ]
            if chunk.targets[0] is chunk.targets[1]:
                chunk.branch = None
                chunk.targets.pop()
        elif term.kind in ("JUMP", "INVOKE"):
            chunk.targets = [self.frame.chunk(term.edges[0].block)]
        elif term.kind == "RETURNTO":
            self.draft.add("JMPR", operands[0], gas=chunk.gas, pc=term.origin)
        elif term.kind == "ESCAPE":
            self._escape(term, chunk.gas, operands)
        else:
            add_effect(self.draft, term.kind, operands, 0, chunk.gas, term.origin)

    def _edge(self, target: BlockId, action: Action, pc: int) -> Chunk:
        """Where an edge of a branch leads: to its target, or to a chunk of its own with what has to be done on the way."""
        goal = self.frame.chunk(target)
        if not action:
            return goal
        chunk = Chunk(pc, goal.cold, False, targets=[goal])
        self.frame.extra.append(chunk)
        outer, self._scope, self.draft.out = (self._scope, self.draft.out), dict(self._scope), chunk.rows
        self._act(action)
        self._scope, self.draft.out = outer
        return chunk

    def _act(self, action: Action) -> None:
        """MOVEs and SETs: all sources first, then what is written."""
        moves = [(param, self._resolve(arg)) for param, arg in action.moves]
        copies = [(register, self._resolve(arg)) for register, arg in action.copies]
        for param, source in moves:
            self.draft.add("MOVE", source, 0, self._phi(param), pc=self._pc)
        for register, source in copies:
            self.draft.add("SET", source, 0, register, pc=self._pc)

    def _escape(self, term: Term, gas: int, operands: tuple[Result, ...]) -> None:
        """Stores the EVM stack, then goes on in tier G."""
        draft, pc = self.draft, term.origin
        stack = operands if term.pc >= 0 else operands[1:]
        for place, value in enumerate(stack):
            draft.add("SST", value, 0, -1 - place, pc=pc)
        if stack:
            draft.add("SADJ", 0, 0, len(stack), pc=pc)
        if term.pc >= 0:
            draft.add("JMP", c=self.frame.generic[term.pc], gas=gas, pc=pc)
            return
        target = operands[0]
        known = None if isinstance(target, Row) else target.value
        behind = self.frame.arguments_at
        if not isinstance(known, int) or (behind is not None and known >= behind):
            draft.add("JMPD", target, gas=gas, pc=pc)
        elif known in self.frame.jumpdests:
            draft.add("JMP", c=self.frame.generic[known], gas=gas, pc=pc)
        else:
            draft.add("HALT", gas=gas, pc=pc)

    def _phi(self, param: Value) -> Result:
        found = self._everywhere.get(param)
        if found is None:
            found = self._everywhere[param] = self.draft.add_pure("PHI", self._pc)
        return found

    def _resolve(self, wanted: Value) -> Result:
        """The row or word that gives a value here; emits what it takes."""
        scope, everywhere = self._scope, self._everywhere
        found = scope.get(wanted) or everywhere.get(wanted)
        if found is not None:
            return found
        work = [wanted]
        while work:
            value = work[-1]
            if value in scope or value in everywhere:
                work.pop()
                continue
            missing = self._missing(value)
            if missing:
                work += missing
                continue
            work.pop()
            self._compute(value)
        return scope.get(wanted) or everywhere[wanted]

    def _missing(self, value: Value) -> list[Value]:
        inst = self.values.inst.get(value)
        if inst is None or value in self.needs.inputs or self.values.is_fixed(value):
            return []
        return [arg for arg in inst.args if arg not in self._scope and arg not in self._everywhere]

    def _compute(self, value: Value) -> None:
        values, draft = self.values, self.draft
        if value in values.constants:
            self._everywhere[value] = draft.word(values.constants[value])
        elif value in values.labels:
            self._everywhere[value] = draft.label(self.frame.heads[values.labels[value]])
        elif (register := self._register(value)) is not None:
            self._scope[value] = draft.add("GET", c=register, pc=self._pc)
        elif value in values.inst:
            self._instruction(value)
        else:
            self._phi(value)

    def _register(self, value: Value) -> int | None:
        """The register that a value of the region comes from."""
        name = value if value in self.needs.inputs else self.values.arrivals.get(value)
        return self.frame.edges.registers[name] if name is not None and name in self.needs.inputs else None

    def _instruction(self, value: Value) -> None:
        inst = self.values.inst[value]
        mask = self.reads.mask(value)
        args = [self._scope.get(arg) or self._everywhere[arg] for arg in inst.args]
        if not self.values.floats(value) or (inst.op not in ARITHMETIC and mask & LATE):
            raise InternalError(
                "S2Z-LOWER-ORDER", f"value {value} ({inst.op}) is read before it is given", f"pc {inst.origin:#x}"
            )
        if inst.op in ARITHMETIC:
            key = (inst.op, tuple(id(arg) for arg in args))
            row = self._equal.get(key)
            if row is None:
                row = self._equal[key] = self.draft.add_pure(inst.op, inst.origin, *args)
        else:
            row = add_effect(self.draft, inst.op, args, inst.imm, 0, inst.origin)
        (self._scope if mask & ~LATE else self._everywhere)[value] = row
