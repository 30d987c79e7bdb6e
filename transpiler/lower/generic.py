"""Tier G: every EVM block lowered plainly, the EVM stack in stack space; any byte string translates.

Inside a block the stack is virtual: slots are loaded when used (SLD) and stored when the block ends (SST, SADJ). One SCHK at the
start of a block stands for the checks of all its operations: every exceptional halt is the same halt (ISA 3.3).
Every JUMPDEST is a LABEL, each further entry asked for a REGION.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transpiler.evm.disassemble import Code, Instruction
from transpiler.evm.opcodes import Opcode
from transpiler.lower.draft import Draft, Result, Row
from transpiler.lower.effects import add_effect
from transpiler.lower.stack import VirtualStack
from zkvm.isa.table import BY_NAME, ENV_KINDS
from zkvm.program import Kind

REGION_ROWS: Final[int] = 512
"""A region that has grown to so many rows is followed by another one at the next instruction. The stores of a whole stack (at most
1024 loads and 2048 stores) and any instruction fit into what is left of the 2^12 rows of ISA 7.5."""
STACK_LIMIT: Final[int] = 1024


class GenericTier:
    """Lowers a code object into a draft. `heads` is the jump table in the making: the region row of each entry by EVM pc."""

    def __init__(self, code: Code, draft: Draft, entries: Iterable[int] = (), kind: Kind = "runtime") -> None:
        self._code = code
        self._kind = kind
        self._draft = draft
        self.heads: dict[int, Row] = {pc: Row(0) for pc in {*code.jumpdests, *entries}}
        self._stack = VirtualStack(draft)
        self._region_start = 0
        self._gas = 0
        self._pc = 0

    def lower(self) -> dict[int, Row]:
        """Appends the rows of all blocks that can run; gives the region row of each valid JUMPDEST and each entry."""
        instructions, index = self._code.instructions, 0
        while index < len(instructions):
            if instructions[index].pc not in self.heads:
                index += 1
                continue
            index = self._run(index)
        for pc, head in self.heads.items():
            if pc >= len(self._code.data):
                self._start_region(head, pc)
                self._end_of_code()
        return self.heads

    def _end_of_code(self) -> None:
        """Behind the code there is nothing, and the frame stops; behind creation code arguments may lie, which nothing here runs (ISA 11.4)."""
        if self._kind == "creation":
            end = self._word(len(self._code.data))
            size = self._add("ENV", imm=ENV_KINDS.index("CODESIZE"))
            over = self._add("BNZ", self._draft.add_pure("EQ", self._pc, size, end))
            self._draft.add("JMPD", end, pc=self._pc)
            over.c = self._draft.add("CHARGE", pc=self._pc)
        self._add("STOP")

    def _run(self, index: int) -> int:
        """Lowers from the entry at `index` to where nothing falls through; gives the index after it."""
        instructions = self._code.instructions
        fresh = True
        while index < len(instructions):
            instruction = instructions[index]
            self._pc = instruction.pc
            head = self.heads.get(instruction.pc)
            if head is not None:
                if not fresh:
                    self._stack.flush(self._pc)
                    self._charge()
                self._start_region(head, instruction.pc)
                fresh = False
                if not self._check(index):
                    return index + 1
            elif len(self._draft.chained) - self._region_start > REGION_ROWS:
                self._stack.flush(self._pc)
                self._charge()
                self._start_region(Row(0), instruction.pc)
            index += 1
            if self._lower(instruction):
                return index
            if instruction.opcode.name == "JUMPI" and index < len(instructions) and instructions[index].pc not in self.heads:
                if not self._check(index):
                    return index
        self._stack.clear()
        self._end_of_code()
        return index

    def _start_region(self, row: Row, pc: int) -> None:
        row.op, row.pc = BY_NAME["LABEL" if pc in self._code.jumpdests else "REGION"].code, pc
        self._region_start = len(self._draft.chained)
        self._draft.chained.append(row)

    def _check(self, index: int) -> bool:
        """The SCHK of the block that starts at `index`: the deepest read and the highest growth of all its operations.

        False if no stack fits: the block is a HALT.
        """
        height = deepest = highest = 0
        instructions = self._code.instructions
        for at in range(index, len(instructions)):
            instruction = instructions[at]
            if at > index and instruction.pc in self.heads:
                break
            opcode = instruction.opcode
            height -= opcode.pops
            deepest = min(deepest, height)
            height += opcode.pushes
            highest = max(highest, height)
            if opcode.ends_block:
                break
        fits = -deepest <= STACK_LIMIT and highest <= STACK_LIMIT
        if not fits:
            self._stack.clear()
            self._add("HALT")
        elif deepest or highest:
            self._draft.add("SCHK", 0, -deepest, highest, pc=instructions[index].pc)
        return fits

    def _add(self, name: str, *args: Result, imm: int = 0) -> Row:
        row = add_effect(self._draft, name, args, imm, self._gas, self._pc)
        self._gas = 0
        return row

    def _charge(self) -> None:
        if self._gas:
            self._add("CHARGE")

    def _word(self, value: int) -> Result:
        return self._draft.word(value)

    def _lower(self, instruction: Instruction) -> bool:
        """Lowers one instruction; true if nothing falls through it."""
        opcode, stack = instruction.opcode, self._stack
        name = opcode.name
        self._gas += opcode.gas
        if name.startswith("PUSH"):
            stack.push(self._word(instruction.value))
        elif name.startswith("DUP"):
            stack.dup(opcode.code - 0x7F)
        elif name.startswith("SWAP"):
            stack.swap(opcode.code - 0x8F)
        elif name == "POP":
            stack.drop()
        elif name == "PC":
            stack.push(self._word(instruction.pc))
        elif opcode.jumps:
            return self._jump(opcode.pops > 1)
        else:
            return self._steps(opcode)
        return False

    def _steps(self, opcode: Opcode) -> bool:
        """Lowers what an opcode becomes; true if it ends the frame."""
        popped = [self._stack.pop(self._pc) for _ in range(opcode.pops)]
        if opcode.ends_block:
            self._stack.clear()
        result: Row | None = None
        for op, imm, operands in opcode.expansion.steps:
            args = [popped[each] if isinstance(each, int) else self._word(each.word) for each in operands]
            pure = BY_NAME[op].kind == "pure"
            result = self._draft.add_pure(op, self._pc, *args) if pure else self._add(op, *args, imm=imm)
        if opcode.pushes and result is not None:
            self._stack.push(result)
        return opcode.ends_block

    def _jump(self, conditional: bool) -> bool:
        target = self._stack.pop(self._pc)
        condition = self._stack.pop(self._pc) if conditional else None
        self._stack.flush(self._pc)
        known = target.value if not isinstance(target, Row) else None
        head = self.heads[known] if isinstance(known, int) and known in self._code.jumpdests else None
        if condition is None:
            if head is not None:
                self._add("JMP").c = head
            else:
                self._add("JMPD", target)
            return True
        if head is not None:
            self._add("BNZ", condition).c = head
            return False
        over = self._add("BZ", condition)
        self._draft.add("JMPD", target, pc=self._pc)
        over.c = self._draft.add("CHARGE", pc=self._pc)
        return False
