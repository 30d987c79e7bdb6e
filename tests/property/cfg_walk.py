"""Follows a graph along a concrete execution: what the graph's types promise, acted out with real words.

The machine knows the stack only. Words that come from elsewhere (memory, storage, environment) are drawn at random, so one
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


@dataclass
class Evm:
    """A stack machine with an oracle for unknown words; `pc` None when it has ended, `end` says how."""

    code: Code
    rng: random.Random
    stack: list[int] = field(default_factory=list)
    pc: int | None = 0
    end: str = ""

    def oracle(self) -> int:
        """A word that nothing is known of."""
        pool = [0, 1, 2, self.rng.getrandbits(256), *self.code.jumpdests]
        return self.rng.choice(pool)

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
            target = self.stack.pop()
            if opcode.name == "JUMPI" and self.stack.pop() == 0:
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
        elif opcode.name.startswith("SWAP"):
            self.stack[-1], self.stack[-opcode.pops] = self.stack[-opcode.pops], self.stack[-1]
        else:
            operands = [self.stack.pop() for _ in range(opcode.pops)]
            if opcode.pushes:
                self.stack.append(self._result(instruction, operands))

    def _result(self, instruction: Instruction, operands: list[int]) -> int:
        name = instruction.opcode.name
        if name.startswith("PUSH"):
            return instruction.value
        if name == "PC":
            return instruction.pc
        return EVALUATE[name](*operands) if name in EVALUATE else self.oracle()


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
        """The arc taken; with both ways leading to the same pc the condition would decide, so either must do."""
        if isinstance(end, Goto):
            return end.arc
        fell = self.evm.pc == self.node.end and self.evm.pc not in self.cfg.code.jumpdests
        if self.evm.pc == self.node.end and not fell:
            return end.otherwise
        return end.otherwise if fell else end.taken

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
