"""Follows a graph along a concrete execution: what the graph's types promise, acted out with real words.

The machine knows the stack and simple memory. Words that come from elsewhere (storage, environment) are drawn at random, so one
walk stands for any contract state. Labels and parked slots are kept exactly as `transpiler/cfg/graph.py` says.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from transpiler.cfg.graph import (
    NONZERO,
    TOP,
    Arc,
    Branch,
    Cfg,
    Dispatch,
    Enter,
    Escape,
    Goto,
    Halt,
    Leave,
    Node,
    Step,
    Trap,
)
from transpiler.evm.arithmetic import EVALUATE
from transpiler.evm.disassemble import Code, Instruction

COMPARISONS = frozenset({"LT", "GT", "SLT", "SGT", "EQ"})

MEMORY_BYTES = 4096


@dataclass
class Evm:
    """A stack machine with an oracle for unknown words; `pc` None when it has ended, `end` says how.

    `known`: which slots do not depend on the oracle. Comparisons that do are answered at random (the same question alike): so
    walks get past selectors and checks.
    """

    code: Code
    rng: random.Random
    stack: list[int] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    answers: dict[tuple[object, ...], int] = field(default_factory=dict)
    memory: bytearray | None = field(default_factory=lambda: bytearray(MEMORY_BYTES))
    pc: int | None = 0
    end: str = ""
    jumped: bool = False

    def oracle(self) -> int:
        """A word that nothing is known of."""
        if self.rng.random() < 0.7:
            return self.rng.choice((0, 0, 1, 2, self.rng.getrandbits(256)))
        return self.rng.choice([0, *self.code.jumpdests])

    def block(self) -> None:
        """Run to the start of the next block."""
        first = True
        while self.pc is not None:
            if self.pc >= len(self.code.data):
                self._halt("STOP")
                return
            instruction = self.code.instructions[self.code.at[self.pc]]
            if instruction.opcode.code == 0x5B and not first:
                return
            first = False
            self._step(instruction)
            if instruction.opcode.ends_block:
                return

    def _halt(self, end: str) -> None:
        self.pc, self.end = None, end

    def _step(self, instruction: Instruction) -> None:
        opcode = instruction.opcode
        if len(self.stack) < opcode.pops or len(self.stack) - opcode.pops + opcode.pushes > 1024:
            self._halt("EXCEPTION")
            return
        following = instruction.pc + instruction.size
        if opcode.name in ("JUMP", "JUMPI"):
            target, *condition = self._pop(opcode.pops)
            self.jumped = condition != [0]
            if not self.jumped:
                self.pc = following
            elif target in self.code.jumpdests:
                self.pc = target
            else:
                self._halt("EXCEPTION")
            return
        if opcode.ends_block:
            self._halt(opcode.name if opcode.name in ("STOP", "RETURN", "REVERT", "SELFDESTRUCT") else "EXCEPTION")
            return
        self.pc = following
        if opcode.name.startswith("DUP"):
            self.stack.append(self.stack[-opcode.pops])
            self.known.append(self.known[-opcode.pops])
        elif opcode.name.startswith("SWAP"):
            self.stack[-1], self.stack[-opcode.pops] = self.stack[-opcode.pops], self.stack[-1]
            self.known[-1], self.known[-opcode.pops] = self.known[-opcode.pops], self.known[-1]
        else:
            self._operation(instruction)

    def _write(self, name: str, operands: list[int]) -> None:
        """Keep memory exact as long as that is easy; then leave it to the oracle."""
        if self.memory is None:
            return
        data = b""
        if name == "MSTORE":
            data = operands[1].to_bytes(32, "big")
        elif name == "CODECOPY" and operands[2] <= MEMORY_BYTES:
            data = self.code.data[operands[1] : operands[1] + operands[2]].ljust(operands[2], b"\0")
        elif name != "CODECOPY" or operands[2]:
            self.memory = None
            return
        if operands[0] + len(data) > MEMORY_BYTES and data:
            self.memory = None
        else:
            self.memory[operands[0] : operands[0] + len(data)] = data

    def _pop(self, count: int) -> list[int]:
        self.known = self.known[: len(self.known) - count]
        return [self.stack.pop() for _ in range(count)]

    def _operation(self, instruction: Instruction) -> None:
        opcode = instruction.opcode
        name = opcode.name
        exact = all(self.known[len(self.known) - opcode.pops :])
        operands = self._pop(opcode.pops)
        if "M" in opcode.effects:
            self._write(name, operands)
        if not opcode.pushes:
            return
        if name.startswith("PUSH"):
            word, exact = instruction.value, True
        elif name == "PC":
            word, exact = instruction.pc, True
        elif name in COMPARISONS and not exact:
            word = self.answers.setdefault((name, *operands), self.rng.randrange(2))
        elif name in EVALUATE:
            word = EVALUATE[name](*operands)
        elif name == "MLOAD" and self.memory is not None and operands[0] + 32 <= MEMORY_BYTES:
            word, exact = int.from_bytes(self.memory[operands[0] : operands[0] + 32], "big"), False
        else:
            word, exact = self.oracle(), False
        self.stack.append(word)
        self.known.append(exact)


class Walk:
    """Where the execution stands in the graph: node, and for each active context its caller and the slots parked there.

    `closed`: the graph is one to translate (escapes in the root only).
    """

    def __init__(self, cfg: Cfg, rng: random.Random, closed: bool = True) -> None:
        self.cfg = cfg
        self.closed = closed
        self.evm = Evm(cfg.code, rng)
        self.node: Node = cfg.nodes[0]
        self.active: list[tuple[int, int, list[int]]] = []
        self.stack: list[int] = []
        self.edges: list[tuple[int, int]] = []

    def run(self, blocks: int) -> str:
        """Execute up to `blocks` blocks side by side; how it ended: an end of the EVM's, `escape`, or `limit`."""
        for _ in range(blocks):
            while self.node.end == self.node.pc < len(self.cfg.code.data):
                assert isinstance(self.node.exit, Goto)
                if self.arc(self.node.exit.arc, self.node.pc, ()):
                    return "escape"
            self.match()
            start = self.node.pc
            self.evm.block()
            if self.evm.pc is None:
                self.ended()
                return self.evm.end
            self.edges.append((start, self.evm.pc))
            end = self.node.exit
            assert not isinstance(end, Halt), (self.node, self.evm.pc)
            parked = sum(len(slots) for _, _, slots in self.active)
            self.stack = self.evm.stack[parked:]
            if self.arc(self.choice(end), self.evm.pc, ()):
                return "escape"
        return "limit"

    def choice(self, end: Goto | Branch) -> Arc:
        """The arc taken."""
        if isinstance(end, Goto):
            return end.arc
        return end.taken if self.evm.jumped else end.otherwise

    def arc(self, arc: Arc, pc: int, below: tuple[int, ...]) -> bool:
        """Act an arc out; whether it escapes."""
        assert not isinstance(arc, Trap), (self.node, arc)
        if isinstance(arc, Escape):
            assert not self.active or not self.closed
            assert arc.pc in (None, pc)
            return True
        if isinstance(arc, Dispatch):
            return self.arc(dict(arc.cases).get(pc, arc.default), pc, below)
        if isinstance(arc, Leave):
            context, caller, slots = self.active.pop()
            assert context == arc.context == self.node.context
            self.stack = slots + self.stack
            self.node = self.cfg.nodes[0] if not self.active else self.node
            return self.arc(arc.continuations[caller], pc, below)
        assert isinstance(arc, Step | Enter)
        if isinstance(arc, Enter):
            entry = self.cfg.contexts[arc.context].callers[arc.caller]
            assert entry.context == (self.active[-1][0] if self.active else None)
            assert all(arc.context != context for context, _, _ in self.active) or self.cfg.contexts[arc.context].recursive
            count = len(entry.low)
            self.active.append((arc.context, arc.caller, self.stack[:count]))
            self.stack = self.stack[count:]
        self.node = self.cfg.nodes[arc.target]
        assert self.node.pc == pc
        return False

    def match(self) -> None:
        """The words on the stack are what the node's window and the parked slots say."""
        whole = [word for _, _, slots in self.active for word in slots] + self.stack
        assert whole == self.evm.stack
        assert self.node.context == (self.active[-1][0] if self.active else None)
        assert len(self.node.window) == len(self.stack)
        if self.cfg.max_height is not None:
            assert len(whole) <= self.cfg.max_height
        for slot, word in zip(self.node.window, self.stack, strict=True):
            assert slot in (TOP, word) or (slot == NONZERO and word != 0)

    def ended(self) -> None:
        """The graph has the same end."""
        end = self.node.exit
        if self.evm.end == "EXCEPTION":
            traps = isinstance(end, Halt) and end.exceptional
            jumps = isinstance(end, Goto | Branch)
            assert traps or jumps
        else:
            assert end == Halt(self.evm.end)
