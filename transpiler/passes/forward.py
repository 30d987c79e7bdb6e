"""Loads from what was stored: memory and storage words that are known on every path, and hashes of one or two known words.

State: word address to value, for memory and for storage, forward, meet by intersection over all edges, from nothing at the entry. A write kills
what it may overlap (`analyses/memory.py`), a call all of storage and its output in memory. Sound because a value in the state at
all predecessors of a block dominates the block (only landing blocks of shared code need the check), and between two
runs of its definition the state cannot keep it: the path from the entry to the definition does not have it.

SLOAD goes where the slot was read or written before on every path: then it is warm, and its static gas stays. SHA3 of 32 or 64 known bytes
becomes HASH1 or HASH2; its word gas (ISA 3.6) becomes static. The stores stay.
"""

from __future__ import annotations

from transpiler.analyses.dominance import Dominance, dominance, reverse_postorder
from transpiler.analyses.memory import WORD, Address, Addresses, disjoint
from transpiler.ssa.edit import settle_gas, substitute
from transpiler.ssa.ir import Block, BlockId, Function, Inst, Value, successors
from zkvm.word import MASK

Words = dict[Address, Value]
HASHES = {32: "HASH1", 64: "HASH2"}


class State:
    """Known words of memory and storage."""

    __slots__ = ("memory", "storage")

    def __init__(self, memory: Words, storage: Words) -> None:
        self.memory = memory
        self.storage = storage

    def copy(self) -> State:
        """A copy that may be changed."""
        return State(dict(self.memory), dict(self.storage))

    def same(self, other: State) -> bool:
        """Whether both know the same."""
        return self.memory == other.memory and self.storage == other.storage


def _common(a: Words, b: Words) -> Words:
    return {address: value for address, value in a.items() if b.get(address) == value}


class _Forward:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.addresses = Addresses(function)
        self.tree: Dominance = dominance(function)
        self.landings = {target for block in function.blocks.values() for target in block.term.resumes}
        self.places = {param: block.id for block in function.blocks.values() for param in block.params}
        self.places.update((i.result, block.id) for block in function.blocks.values() for i in block.insts if i.result is not None)

    def step(self, state: State, inst: Inst) -> Value | None:
        """The effect of an instruction on the state; the value that its result equals, if it is known."""
        op = inst.op
        if op == "MLOAD" or op == "SLOAD":
            words = state.memory if op == "MLOAD" else state.storage
            address = self.addresses.address(inst.args[0])
            known = words.get(address)
            if known is None and inst.result is not None:
                words[address] = inst.result
            return known
        if op == "SSTORE":
            address = self.addresses.address(inst.args[0])
            kept = {key: value for key, value in state.storage.items() if key.base == address.base and key != address}
            state.storage = {**kept, address: inst.args[1]}
            return None
        if op in ("CALL", "CREATE"):
            state.storage = {}
        written = self.addresses.written(inst)
        if written is not None:
            state.memory = {key: value for key, value in state.memory.items() if disjoint(written, key)}
            if op == "MSTORE":
                state.memory[written.start] = inst.args[1]
        return None

    def scoped(self, number: BlockId, words: Words) -> Words:
        """What of the words may be used in a landing block."""
        places, tree = self.places, self.tree
        return {
            address: value
            for address, value in words.items()
            if all(used is None or used not in places or tree.dominates(places[used], number) for used in (value, address.base))
        }

    def meet(self, number: BlockId, states: list[State]) -> State:
        """The state at the start of a block, from those at the ends of its predecessors."""
        first, *rest = states
        memory, storage = first.memory, first.storage
        for state in rest:
            memory, storage = _common(memory, state.memory), _common(storage, state.storage)
        if number in self.landings:
            memory, storage = self.scoped(number, memory), self.scoped(number, storage)
        return State(dict(memory), dict(storage))

    def solve(self) -> dict[BlockId, State]:
        """The state at the start of each block: the greatest fixpoint."""
        blocks = self.function.blocks
        targets = {number: tuple(successors(block.term)) for number, block in blocks.items()}
        order = reverse_postorder(targets, self.function.entry)
        position = {number: index for index, number in enumerate(order)}
        sources: dict[BlockId, list[BlockId]] = {number: [] for number in order}
        for number in order:
            for target in targets[number]:
                sources[target].append(number)
        starts: dict[BlockId, State] = {}
        ends: dict[BlockId, State] = {}
        pending = set(order)
        while pending:
            for number in sorted(pending, key=position.__getitem__):
                pending.discard(number)
                states = [ends[source] for source in sources[number] if source in ends]
                start = State({}, {}) if number == self.function.entry else self.meet(number, states)
                if number in starts and start.same(starts[number]):
                    continue
                starts[number] = start
                end = start.copy()
                for inst in blocks[number].insts:
                    self.step(end, inst)
                if number not in ends or not end.same(ends[number]):
                    ends[number] = end
                    pending.update(targets[number])
        return starts

    def hashed(self, state: State, inst: Inst) -> Inst | None:
        """HASH1 or HASH2 in the place of SHA3."""
        length = self.function.constants.get(inst.args[1])
        if length is None or length not in HASHES:
            return None
        base, offset = self.addresses.address(inst.args[0])
        words = [state.memory.get(Address(base, (offset + at) & MASK)) for at in range(0, length, WORD)]
        args = tuple([word for word in words if word is not None])
        return Inst(HASHES[length], args, inst.result, 0, inst.origin, 0) if len(args) == len(words) else None

    def block(self, block: Block, state: State, values: dict[Value, Value]) -> Block:
        """The block with what is known put in; `values` collects replacements."""
        pairs: list[tuple[Inst | None, int]] = []
        changed = False
        for inst in block.insts:
            known = self.step(state, inst)
            if known is not None and inst.result is not None:
                values[inst.result] = known
                pairs.append((None, inst.gas))
                changed = True
                continue
            new = self.hashed(state, inst) if inst.op == "SHA3" else None
            if new is not None:
                pairs.append((new, 0))
                pairs.append((None, inst.gas + 6 * len(new.args)))
                changed = True
                continue
            pairs.append((inst, 0))
        if not changed:
            return block
        insts, term = settle_gas(pairs, block.term)
        return Block(block.id, block.params, insts, term, block.origin)


def forward(function: Function) -> Function:
    """The function with loads of known words replaced, and hashes of known words computed from the words."""
    analysis = _Forward(function)
    values: dict[Value, Value] = {}
    starts = analysis.solve()
    blocks = {number: analysis.block(block, starts[number].copy(), values) for number, block in function.blocks.items()}
    return function.with_blocks(substitute(function, values, blocks))
