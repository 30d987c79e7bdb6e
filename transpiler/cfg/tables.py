"""Jumps through tables in the code (Vyper's selector dispatch): all words that such a jump may find.

The jump's target was read by MLOAD after CODECOPY of a table entry whose place depends on the selector. A *set* here is the frozenset of all
words a value may be, None when it is not known to be few. `jump_words` follows every path from the entry to one node, with the
stack and the few memory writes as sets; memory starts as zeros.

Sound because: each transfer below gives every result that some choice from its operands' sets gives; unknown writes forget
all of memory; and the paths are all there are: the node and what leads to it must be without cycles and outside of contexts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from transpiler.cfg.graph import BlockId, Branch, Cfg, Goto, Node, Step, successors
from transpiler.evm.arithmetic import BOOLEAN, EVALUATE
from transpiler.evm.disassemble import Code, Instruction

Words = frozenset[int] | None

MAX_WORDS: Final = 4096
MAX_PATHS: Final = 64
MAX_PREFIX_NODES: Final = 64


@dataclass(frozen=True, slots=True)
class Write:
    """Memory bytes `start` to `end` hold one of the big-endian numbers `words`."""

    start: int
    end: int
    words: frozenset[int]


@dataclass(frozen=True, slots=True)
class Memory:
    """Zeros but for `writes`, which do not overlap; nothing is known when `lost`."""

    writes: tuple[Write, ...] = ()
    lost: bool = False

    def written(self, start: Words, length: int, words: Words) -> Memory:
        """After a write; what it covers in part only is forgotten, and with it everything."""
        if self.lost or start is None or len(start) != 1 or words is None:
            return Memory(lost=True)
        first = next(iter(start))
        end = first + length
        kept = tuple(write for write in self.writes if write.end <= first or write.start >= end)
        covered = all(first <= write.start and write.end <= end for write in self.writes if write not in kept)
        return Memory((*kept, Write(first, end, words))) if covered else Memory(lost=True)

    def word(self, start: Words) -> Words:
        """What MLOAD reads."""
        if self.lost or start is None or len(start) != 1:
            return None
        first = next(iter(start))
        inside = [write for write in self.writes if write.end > first and write.start < first + 32]
        if any(write.start < first or write.end > first + 32 for write in inside):
            return None
        sets = [frozenset(word << 8 * (first + 32 - write.end) for word in write.words) for write in inside]
        return _combine(_sum, sets)


def _combine(function: Callable[..., int], sets: Sequence[frozenset[int]]) -> Words:
    """The results for every choice of operands, unless there are too many choices."""
    choices = 1
    for part in sets:
        choices *= len(part)
    return frozenset(function(*choice) for choice in product(*sets)) if choices <= MAX_WORDS else None


def _sum(*words: int) -> int:
    return sum(words)


def _operation(name: str, operands: Sequence[Words]) -> Words:
    """The set of a pure operation's results; some have few results although an operand may be anything."""
    known = [operand for operand in operands if operand is not None]
    if len(known) == len(operands):
        return _combine(EVALUATE[name], known)
    if name in BOOLEAN:
        return frozenset({0, 1})
    if len(operands) != 2:
        return None
    first, second = operands
    if name == "MOD" and second is not None and max(second) <= MAX_WORDS:
        return frozenset(range(max(1, *second)))
    if name == "AND" and (mask := first if first is not None else second) is not None:
        bits = 0
        for word in mask:
            bits |= word
        return _submasks(bits)
    if name == "SHR" and first is not None and min(first) >= 244:
        return frozenset(range(1 << (256 - min(*first, 256))))
    return None


def _submasks(mask: int) -> Words:
    if mask.bit_count() > 12:
        return None
    found, part = {0}, mask
    while part:
        found.add(part)
        part = (part - 1) & mask
    return frozenset(found)


def _entries(code: Code, start: Words, length: int) -> Words:
    """The words that copying `length` bytes of the code from any of `start` gives."""
    if start is None or length > 32 or max(start) + length > len(code.data):  # behind creation code stand arguments
        return None
    return frozenset(int.from_bytes(code.data[place : place + length], "big") for place in start)


class _State:
    """Stack and memory as sets, along one path."""

    def __init__(self, stack: list[Words], memory: Memory) -> None:
        self.stack = stack
        self.memory = memory

    def run(self, code: Code, instructions: Sequence[Instruction]) -> list[Words] | None:
        """Run a block; the operands of its JUMP or JUMPI, target first, None for any other end."""
        for instruction in instructions:
            opcode = instruction.opcode
            name = opcode.name
            if name.startswith("PUSH"):
                self.stack.append(frozenset({instruction.value}))
            elif name.startswith("DUP"):
                self.stack.append(self.stack[-opcode.pops])
            elif name.startswith("SWAP"):
                self.stack[-1], self.stack[-opcode.pops] = self.stack[-opcode.pops], self.stack[-1]
            else:
                operands = [self.stack.pop() for _ in range(opcode.pops)]
                if opcode.jumps:
                    return operands
                result = self.effect(code, instruction, operands)
                if opcode.pushes:
                    self.stack.append(result)
        return None

    def effect(self, code: Code, instruction: Instruction, operands: list[Words]) -> Words:
        """What an instruction pushes; memory changes."""
        name = instruction.opcode.name
        if name in EVALUATE:
            return _operation(name, operands)
        if name == "PC":
            return frozenset({instruction.pc})
        if name == "MLOAD":
            return self.memory.word(operands[0])
        if name == "MSTORE":
            self.memory = self.memory.written(operands[0], 32, operands[1])
        elif name == "CODECOPY" and operands[2] is not None and len(operands[2]) == 1:
            length = next(iter(operands[2]))
            self.memory = self.memory.written(operands[0], length, _entries(code, operands[1], length)) if length else self.memory
        elif "M" in instruction.opcode.effects:
            self.memory = replace(self.memory, lost=True)
        return None


def jump_words(cfg: Cfg, node: Node) -> Words:
    """All words that the JUMP or JUMPI at the end of a node may find as its target; None when they are not known to be few."""
    ancestors = _prefix(cfg, node)
    if ancestors is None:
        return None
    found: frozenset[int] = frozenset()
    paths = 0
    waiting: list[tuple[Node, _State]] = [(cfg.nodes[0], _State([], Memory()))]
    while waiting:
        here, state = waiting.pop()
        operands = state.run(cfg.code, cfg.code.instructions[here.first : here.last])
        if here.id == node.id:
            paths += 1
            target = operands[0] if operands else None
            if target is None or paths > MAX_PATHS:
                return None
            found |= target
            if len(found) > MAX_WORDS:
                return None
            continue
        for follower in _followers(cfg, here):
            if follower.id in ancestors:
                waiting.append((follower, _State(list(state.stack), state.memory)))
                if len(waiting) > MAX_PATHS:
                    return None
    return found


def _followers(cfg: Cfg, node: Node) -> list[Node]:
    end = node.exit
    arcs = (end.taken, end.otherwise) if isinstance(end, Branch) else (end.arc,) if isinstance(end, Goto) else ()
    return [cfg.nodes[arc.target] for arc in arcs if isinstance(arc, Step)]


def _prefix(cfg: Cfg, node: Node) -> set[BlockId] | None:
    """The nodes from which a node can be reached, itself included; None if they are many, in a context, or on a cycle."""
    before: dict[BlockId, list[BlockId]] = {}
    for other in cfg.nodes:
        for target in successors(cfg, other.id):
            before.setdefault(target, []).append(other.id)
    found: set[BlockId] = {node.id}
    order: list[BlockId] = [node.id]
    for here in order:
        for start in before.get(here, ()):
            if start not in found:
                found.add(start)
                order.append(start)
    inside = [cfg.nodes[here] for here in found]
    if len(found) > MAX_PREFIX_NODES or any(other.context is not None or other.end == other.pc for other in inside):
        return None
    stepped = {(other.id, follower.id) for other in inside for follower in _followers(cfg, other)}
    links = [(here, target) for here in found for target in successors(cfg, here) if target in found]
    if any(link not in stepped for link in links) or _has_cycle(found, links):
        return None
    return found


def _has_cycle(nodes: set[BlockId], links: list[tuple[BlockId, BlockId]]) -> bool:
    entering = dict.fromkeys(nodes, 0)
    for _, target in links:
        entering[target] += 1
    free = [node for node, count in entering.items() if not count]
    for node in free:
        for start, target in links:
            if start == node:
                entering[target] -= 1
                if not entering[target]:
                    free.append(target)
    return len(free) < len(nodes)
