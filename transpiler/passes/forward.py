"""Loads from what was stored: memory and storage words that are known on every path, and hashes of one or two known words.

State: word address to value, for memory and for storage, forward, meet by intersection over all edges, from nothing at the entry. A write kills
what it may overlap (`analyses/memory.py`), a call its output in memory, and all of storage unless it is static. Sound because a value in the state at
all predecessors of a block dominates the block (only landing blocks of shared code need the check), and between two
runs of its definition the state cannot keep it: the path from the entry to the definition does not have it.

SLOAD goes where the slot was read or written before on every path: then it is warm, and its static gas stays. SHA3 of 32 or 64 known bytes
becomes HASH1 or HASH2; its word gas (ISA 3.6) becomes static. The stores stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from transpiler.analyses.dataflow import Scope, Shape, solve_forward
from transpiler.analyses.memory import WORD, Address, Addresses, disjoint
from transpiler.ssa.edit import settle_gas, substitute
from transpiler.ssa.ir import Block, BlockId, Function, Inst, Value
from transpiler.ssa.ops import OPS
from zkvm.word import MASK

Words = dict[Address, Value]
HASHES: Final = {32: "HASH1", 64: "HASH2"}
ROUNDS: Final = 4
LIMIT: Final = 256


@dataclass(slots=True)
class State:
    """Known words of memory and storage."""

    memory: Words
    storage: Words

    def copy(self) -> State:
        """A copy that may be changed."""
        return State(dict(self.memory), dict(self.storage))


def _common(a: Words, b: Words) -> Words:
    return {address: value for address, value in a.items() if b.get(address) == value}


class _Forward:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.addresses = Addresses(function)
        self.scope = Scope(function)
        self.memory, self.storage = self.read_somewhere()

    def read_somewhere(self) -> tuple[set[Address], set[Address]]:
        """The words of memory and of storage that are worth knowing: those that something reads, the first LIMIT of each."""
        memory: dict[Address, None] = {}
        storage: dict[Address, None] = {}
        for block in self.function.blocks.values():
            for inst in block.insts:
                if inst.op in ("MLOAD", "SHA3"):
                    base, offset = self.addresses.address(inst.args[0])
                    memory[Address(base, offset)] = None
                    if inst.op == "SHA3":
                        memory[Address(base, (offset + WORD) & MASK)] = None
                elif inst.op == "SLOAD":
                    storage[self.addresses.address(inst.args[0])] = None
        return set(list(memory)[:LIMIT]), set(list(storage)[:LIMIT])

    def step(self, state: State, inst: Inst) -> Value | None:
        """The effect of an instruction on the state; the value that its result equals, if it is known."""
        op = inst.op
        if op == "MLOAD" or op == "SLOAD":
            words, wanted = (state.memory, self.memory) if op == "MLOAD" else (state.storage, self.storage)
            address = self.addresses.address(inst.args[0])
            known = words.get(address)
            if known is None and inst.result is not None and address in wanted:
                words[address] = inst.result
            return known
        if op == "SSTORE":
            address = self.addresses.address(inst.args[0])
            kept = {key: value for key, value in state.storage.items() if key.base == address.base and key != address}
            if address in self.storage:
                kept[address] = inst.args[1]
            state.storage = kept
            return None
        if "S" in OPS[op].effects_under(inst.imm):
            state.storage = {}
        written = self.addresses.written(inst)
        if written is not None:
            state.memory = {key: value for key, value in state.memory.items() if disjoint(written, key)}
            if op == "MSTORE" and written.start in self.memory:
                state.memory[written.start] = inst.args[1]
        return None

    def scoped(self, number: BlockId, words: Words) -> Words:
        """What of the words may be used in a landing block."""
        visible = self.scope.visible
        return {
            address: value
            for address, value in words.items()
            if visible(value, number) and (address.base is None or visible(address.base, number))
        }

    def meet(self, number: BlockId, states: list[State]) -> State:
        """The state at the start of a block, from those at the ends of its predecessors."""
        if number == self.function.entry:
            return State({}, {})
        first, *rest = states
        memory, storage = first.memory, first.storage
        for state in rest:
            memory, storage = _common(memory, state.memory), _common(storage, state.storage)
        if number in self.scope.landings:
            memory, storage = self.scoped(number, memory), self.scoped(number, storage)
        return State(memory, storage)

    def through(self, number: BlockId, start: State) -> State:
        """The state at the end of a block."""
        state = start.copy()
        for inst in self.function.blocks[number].insts:
            self.step(state, inst)
        return state

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


def _round(function: Function) -> tuple[Function, bool]:
    analysis = _Forward(function)
    values: dict[Value, Value] = {}
    starts = solve_forward(Shape(function), analysis.meet, analysis.through)
    blocks = {number: analysis.block(block, starts[number].copy(), values) for number, block in function.blocks.items()}
    bases = {address.base for address in analysis.addresses.known.values()}
    return function.with_blocks(substitute(function, values, blocks)), any(value in bases for value in values)


def forward(function: Function) -> Function:
    """The function with loads of known words replaced, and hashes of known words computed from the words.

    In rounds: a load that was a base of addresses and becomes another value makes more addresses known.
    """
    for _ in range(ROUNDS):
        function, again = _round(function)
        if not again:
            break
    return function
