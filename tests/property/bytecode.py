"""Random EVM bytecode without calls and creates: biased to code that runs on, with branches and loops."""

from __future__ import annotations

from random import Random
from typing import Final

from transpiler.evm.opcodes import Opcode, table

_EXCLUDED: Final = {"CALL", "CALLCODE", "DELEGATECALL", "STATICCALL", "CREATE", "CREATE2", "JUMP", "JUMPI", "JUMPDEST", "PC"}
_ENDS: Final = {"STOP", "RETURN", "REVERT", "INVALID", "SELFDESTRUCT"}
_OFFSETS: Final = {
    "MLOAD": 1, "MSTORE": 1, "MSTORE8": 1, "SHA3": 2, "KECCAK256": 2, "CALLDATALOAD": 1, "CALLDATACOPY": 3, "CODECOPY": 3, "MCOPY": 3,
    "EXTCODECOPY": 4, "RETURN": 2, "REVERT": 2, "LOG0": 2, "LOG1": 2, "LOG2": 2, "LOG3": 2, "LOG4": 2,
}  # fmt: skip
"""How many operands are offsets and lengths: small, most of the time."""
_SLOTS: Final = {"SLOAD", "SSTORE", "TLOAD", "TSTORE", "BLOBHASH"}
_ACCOUNTS: Final = {"BALANCE", "EXTCODESIZE", "EXTCODEHASH", "EXTCODECOPY", "SELFDESTRUCT"}
_EDGES: Final = (0, 1, 2, 31, 32, 255, 256, 1 << 128, 1 << 255, (1 << 256) - 2, (1 << 256) - 1)


class Assembler:
    """Code with an estimate of the stack's height."""

    def __init__(self, random: Random, fork: str, accounts: tuple[int, ...]) -> None:
        self.random = random
        self.accounts = accounts
        self.code = bytearray()
        self.height = 0
        ops = [op for op in table(fork) if op.name not in _EXCLUDED and not op.name.startswith(("PUSH", "DUP", "SWAP"))]
        self.ops = [op for op in ops if op.defined and op.name not in _ENDS]
        self.ends = [op for op in ops if op.name in _ENDS]

    def push(self, value: int) -> None:
        """The shortest PUSH."""
        size = max(1, (value.bit_length() + 7) // 8)
        self.code += bytes([0x5F + size]) + value.to_bytes(size, "big")
        self.height += 1

    def word(self) -> int:
        """Often an edge case."""
        kind = self.random.random()
        if kind < 0.4:
            return self.random.choice(_EDGES)
        return self.random.randrange(300) if kind < 0.8 else self.random.getrandbits(256)

    def emit(self, op: Opcode) -> None:
        """An instruction with its operands below it."""
        count = op.pops
        fixed = min(count, _OFFSETS.get(op.name, 0))
        if op.name in _SLOTS or op.name in _ACCOUNTS:
            fixed = count if op.name != "SSTORE" or self.random.random() < 0.6 else 1
        while self.height < count - fixed:
            self.push(self.word())
        for index in reversed(range(fixed)):
            if index == 0 and op.name in _ACCOUNTS:
                self.push(self.random.choice(self.accounts))
            elif op.name in _SLOTS:
                self.push(self.random.randrange(3))
            elif self.random.random() < 0.03:
                self.push(self.word())
            else:
                self.push(self.random.randrange(200))
        self.code.append(op.code)
        self.height += op.pushes - op.pops

    def shuffle(self) -> None:
        """DUP, SWAP or POP."""
        depth = self.random.randrange(1, min(16, self.height) + 1) if self.height else 0
        kind = self.random.randrange(3)
        if kind == 0 and depth:
            self.code.append(0x7F + depth)
            self.height += 1
        elif kind == 1 and depth and depth < self.height:
            self.code.append(0x8F + depth)
        elif kind == 2 and self.height:
            self.code.append(0x50)
            self.height -= 1

    def block(self, depth: int = 0) -> None:
        """A few instructions, branches and loops."""
        for _ in range(self.random.randrange(1, 8)):
            kind = self.random.random()
            if kind < 0.6:
                self.emit(self.random.choice(self.ops))
            elif kind < 0.8:
                self.shuffle()
            elif kind < 0.9:
                self.push(self.word())
            elif depth < 3:
                (self.branch if self.random.random() < 0.6 else self.loop)(depth)

    def branch(self, depth: int) -> None:
        """A block that is jumped over or not; the heights may differ where they meet."""
        if not self.height:
            self.push(self.word())
        hole = len(self.code)
        self.code += b"\x61\0\0\x57"
        self.height -= 1
        before = self.height
        self.block(depth + 1)
        while self.height > before:
            self.code.append(0x50)
            self.height -= 1
        self.land(hole)

    def land(self, hole: int) -> None:
        """A JUMPDEST, whose pc goes into the PUSH2 at the hole."""
        self.code[hole + 1 : hole + 3] = len(self.code).to_bytes(2, "big")
        self.code.append(0x5B)

    def loop(self, depth: int) -> None:
        """A block that repeats while a memory word counts up, or until the gas is gone."""
        start = len(self.code)
        self.code.append(0x5B)
        before = self.height
        self.block(depth + 1)
        while self.height > before:
            self.code.append(0x50)
            self.height -= 1
        cell = 0x200 + 0x20 * depth
        self.push(cell)
        self.code += b"\x51\x60\x01\x01\x80"  # MLOAD, + 1, DUP1
        self.push(cell)
        self.code += b"\x52\x60" + bytes([self.random.randrange(1, 5)]) + b"\x11\x61" + start.to_bytes(2, "big") + b"\x57"
        self.height = before


def random_code(random: Random, fork: str, accounts: tuple[int, ...]) -> bytes:
    """Code that ends somehow, for want of gas if nothing else."""
    assembler = Assembler(random, fork, accounts)
    for _ in range(random.randrange(1, 4)):
        assembler.block()
    if random.random() < 0.9:
        assembler.emit(random.choice(assembler.ends))
    code = bytes(assembler.code)
    if random.random() < 0.15:
        at = random.randrange(len(code) + 1)
        code = code[:at] + random.randbytes(3) + code[at:]
    return code
