"""Tier G: every EVM block lowered plainly, the EVM stack in stack space; any byte string translates.

Inside a block the stack is virtual: slots are loaded when used (SLD) and stored when the block ends (SST, SADJ). One SCHK at the
start of a block stands for the checks of all its operations: every exceptional halt is the same halt (ISA 3.3).
Every JUMPDEST is a LABEL, each further entry asked for a REGION.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transpiler.evm.disassemble import Code, Instruction
from transpiler.lower.draft import Draft, Result, Row
from transpiler.lower.effects import add_effect
from transpiler.lower.stack import VirtualStack
from zkvm.isa.table import BY_NAME, ENV_KINDS
from zkvm.program import Kind

REGION_ROWS: Final[int] = 512
"""A region that has grown to so many rows is followed by another one at the next instruction. The stores of a whole stack (at most
1024 loads and 2048 stores) and any instruction fit into what is left of the 2^12 rows of ISA 7.5."""
STACK_LIMIT: Final[int] = 1024
_PURE: Final[frozenset[str]] = frozenset(
    row.name for row in BY_NAME.values() if row.kind == "pure" and row.name not in ("HASH1", "HASH2")
)
_ENV: Final[dict[str, int]] = {name: index for index, name in enumerate(ENV_KINDS)}
_PLAIN: Final[dict[str, str]] = {
    "CALLDATALOAD": "CALLDATALOAD", "BALANCE": "BALANCE", "EXTCODESIZE": "EXTCODESIZE", "EXTCODEHASH": "EXTCODEHASH", "BLOCKHASH": "BLOCKHASH",
    "BLOBHASH": "BLOBHASH", "SLOAD": "SLOAD", "SSTORE": "SSTORE", "TLOAD": "TLOAD", "TSTORE": "TSTORE", "MSIZE": "MSIZE", "GAS": "GAS",
    "MLOAD": "MLOAD", "MSTORE": "MSTORE", "MSTORE8": "MSTORE8", "KECCAK256": "SHA3", "CALLDATACOPY": "CALLDATACOPY", "CODECOPY": "CODECOPY",
    "RETURNDATACOPY": "RETURNDATACOPY", "MCOPY": "MCOPY", "EXTCODECOPY": "EXTCODECOPY",
}  # fmt: skip
_WORD_ACCESS: Final[dict[str, int]] = {"MLOAD": 32, "MSTORE": 32, "MSTORE8": 1}
_RANGES: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    # operation: (index of the offset, index of the length) of each memory range, on the EVM's operands
    "KECCAK256": ((0, 1),), "CALLDATACOPY": ((0, 2),), "CODECOPY": ((0, 2),), "RETURNDATACOPY": ((0, 2),), "MCOPY": ((0, 2), (1, 2)),
    "EXTCODECOPY": ((1, 3),), "RETURN": ((0, 1),), "REVERT": ((0, 1),), "CREATE": ((1, 2),), "CREATE2": ((1, 2),),
    "CALL": ((3, 4), (5, 6)), "CALLCODE": ((3, 4), (5, 6)), "DELEGATECALL": ((2, 3), (4, 5)), "STATICCALL": ((2, 3), (4, 5)),
}  # fmt: skip
_CALLS: Final[dict[str, int]] = {"CALL": 0, "CALLCODE": 1, "DELEGATECALL": 2, "STATICCALL": 3}


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
            size = self._add("ENV", imm=_ENV["CODESIZE"])
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
            self._end("HALT", [])
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
        elif name in _PURE:
            self._arithmetic(name, opcode.pops)
        elif name in _ENV:
            stack.push(self._add("ENV", imm=_ENV[name]))
        elif name == "PC":
            stack.push(self._word(instruction.pc))
        elif name in ("JUMP", "JUMPI"):
            return self._jump(name == "JUMPI")
        elif name != "JUMPDEST":
            return self._effect(name, [stack.pop(self._pc) for _ in range(opcode.pops)], opcode.pushes > 0)
        return False

    def _arithmetic(self, name: str, pops: int) -> None:
        args = [self._stack.pop(self._pc) for _ in range(pops)]
        if name == "EXP":
            self._add("EXPGAS", args[1])
        self._stack.push(self._draft.add_pure(name, self._pc, *args))

    def _effect(self, name: str, args: list[Result], gives: bool) -> bool:
        if name in _WORD_ACCESS:
            self._add("MGROW", args[0], self._word(_WORD_ACCESS[name]))
        for offset, length in _RANGES.get(name, ()):
            self._add("MGROW", args[offset], args[length])
        if name in _PLAIN:
            row = self._add(_PLAIN[name], *args)
        elif name.startswith("LOG"):
            self._add("MGROW", args[0], args[1])
            row = self._add("LOG", *args, imm=len(args) - 2)
        elif name in _CALLS:
            value = [] if len(args) == 7 else [self._word(0)]
            row = self._add("CALL", *args[:2], *value, *args[2:], imm=_CALLS[name])
        elif name in ("CREATE", "CREATE2"):
            salt = [] if len(args) == 4 else [self._word(0)]
            row = self._add("CREATE", *args, *salt, imm=int(name == "CREATE2"))
        else:
            self._end(name, args)
            return True
        if gives:
            self._stack.push(row)
        return False

    def _end(self, name: str, args: list[Result]) -> None:
        self._stack.clear()
        if name in ("STOP", "RETURN", "REVERT", "SELFDESTRUCT"):
            self._add(name, *args)
        else:
            self._add("HALT")

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
