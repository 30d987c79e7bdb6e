"""Actions: pieces of code that leave the stack as they found it."""

from __future__ import annotations

from random import Random

from audit.differential.trees import precompile_inputs, scene
from audit.differential.trees.init_codes import init_code, store
from audit.differential.trees.operands import CREATED, Operands
from audit.differential.trees.writer import Writer

_CALLS = ("CALL", "CALL", "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")


class Actions:
    """Writes actions into the code of one contract."""

    def __init__(self, writer: Writer, random: Random) -> None:
        self.writer = writer
        self.random = random
        self.operands = Operands(writer, random)

    def inner(self) -> None:
        """An action that may enter a frame."""
        draw = self.random.random()
        self._one(self.call if draw < 0.74 else self.create if draw < 0.9 else self.precompile)

    def plain(self) -> None:
        """An action that enters no frame."""
        choices = (self.store, self.store, self.load, self.log, self.look, self.look, self.note, self.hash, self.copy)
        self._one(self.burn if self.random.random() < 0.02 else self.random.choice(choices))

    def _one(self, action: object) -> None:
        assert callable(action)
        start = self.writer.here
        if self.random.random() < 0.15:
            skip = self.writer.name()
            self.operands.argument()
            self.writer.op("1 AND")
            self.writer.push_label(skip)
            self.writer.op("JUMPI")
            action()
            self.writer.label(skip)
        else:
            action()
        self.writer.span(start)

    def call(self) -> None:
        """A call of any kind, its input a selector, less fuel, and words."""
        at, size = 128, self.random.choice((0, 1, 2, 2, 34, 34, 34, 66, 66, 66, 98, 98, 98, 98, 98, 98))
        self.operands.writer.op(f"{size} {self.random.choice((0, 0, 2, 34))} {at} CALLDATACOPY")
        if self.random.random() < 0.8:
            self.writer.push(self.random.randrange(8))
        else:
            self.operands.argument()
        self.writer.op(f"{at} MSTORE8 1")
        self.operands.fuel()
        self.writer.op(f"SUB {at + 1} MSTORE8")
        if self.random.random() < 0.3 and size >= 34:
            self.operands.word()
            self.writer.op(f"{at + 2} MSTORE")
        self._enter(self.random.choice([name for name in _CALLS if self.writer.has(name)]), at, size)

    def _enter(self, kind: str, at: int, size: int, to: int | None = None) -> None:
        """The call itself, and what is done with what comes back."""
        out, outsize = self.random.choice(((0, 0), (0, 32), (64, 64), (320, 96), (31, 33)))
        if self.random.random() < 0.01:
            out, outsize = self.random.choice(((2**16, 5), (0, 2**20), (2**40, 1), (2**255, 0)))
        self.writer.op(f"{outsize} {out} {size} {at}")
        if kind in ("CALL", "CALLCODE"):
            self.operands.value()
        if to is None:
            self.operands.address()
        else:
            self.writer.push(to)
        self.operands.gas()
        self.writer.op(kind)
        self.keep()
        if self.writer.has("RETURNDATASIZE") and self.random.random() < 0.5:
            self.returned()

    def keep(self) -> None:
        """What to do with a word on the stack."""
        choice = self.random.random()
        if choice < 0.2:
            self.writer.op("POP")
        elif choice < 0.5 and self.writer.fork != "Constantinople":
            self.writer.op(f"{self.random.randrange(4)} ADD {self.random.randrange(4)} SSTORE")
        elif choice < 0.6:
            skip = self.writer.name()
            self.writer.push_label(skip)
            self.writer.op("JUMPI")
            self.operands.word()
            self.writer.op("0 MSTORE")
            self.writer.label(skip)
        else:
            self.writer.op(f"{32 * self.random.randrange(4)} MSTORE")

    def returned(self) -> None:
        """Return data, in and out of its range."""
        choice = self.random.random()
        target = self.random.choice((0, 64, 200))
        if choice < 0.8:
            self.writer.op(f"RETURNDATASIZE 0 {target} RETURNDATACOPY RETURNDATASIZE 0 MSTORE")
        elif choice < 0.92:
            self.writer.op(f"0 RETURNDATASIZE {target} RETURNDATACOPY")
        elif choice < 0.96:
            self.writer.op(f"{self.random.choice((0, 1, 32))} {self.random.choice((0, 1, 31))} {target} RETURNDATACOPY")
        elif choice < 0.98:
            self.writer.op(f"1 RETURNDATASIZE {target} RETURNDATACOPY")
        else:
            self.writer.op(f"0 {self.random.choice((2**64, 2**256 - 1))} {target} RETURNDATACOPY")

    def create(self) -> None:
        """A create, with arguments or without; its address is kept and often looked at or called."""
        init = init_code(self.writer.fork, self.random)
        at = self.random.choice((0, 128, 257))
        size = len(init) + self.random.choice((0, 0, 0, 1, 32))
        if self.random.random() < 0.02:
            size = self.random.choice((49152, 49153, 2**32))
        self.writer.push(len(init))
        self.writer.push_data(init)
        self.writer.op(f"{at} CODECOPY")
        second = self.writer.has("CREATE2") and self.random.random() < 0.45
        if second:
            if self.random.random() < 0.7:
                self.writer.push(self.random.randrange(2))
            else:
                self.operands.word()
        self.writer.op(f"{size} {at}")
        self.operands.value(0.3)
        self.writer.op("CREATE2" if second else "CREATE")
        self.writer.op(f"DUP1 {CREATED} MSTORE")
        self.keep()
        if self.writer.has("RETURNDATASIZE") and self.random.random() < 0.3:
            self.returned()
        if self.random.random() < 0.5:
            self.writer.op(f"{CREATED} MLOAD {self.random.choice(('BALANCE', 'EXTCODESIZE'))} 0 MSTORE")
        if self.random.random() < 0.5:
            kind = self.random.choice([name for name in _CALLS if self.writer.has(name)])
            value = "0 " if kind in ("CALL", "CALLCODE") else ""
            self.writer.op(f"32 0 2 256 {value}{CREATED} MLOAD 2 GAS DIV {kind}")
            self.keep()

    def precompile(self) -> None:
        """A call of a precompile, or of an address that becomes one later."""
        to = scene.precompile(self.writer.fork, self.random)
        data = precompile_inputs.draw(to, self.random)
        at = 512
        self.writer.push(len(data))
        self.writer.push_data(data)
        self.writer.op(f"{at} CODECOPY")
        self._enter(self.random.choice([name for name in _CALLS if self.writer.has(name)]), at, len(data), to)

    def store(self) -> None:
        """A write of storage, or of transient storage."""
        if self.writer.fork == "Constantinople" or (self.writer.has("TSTORE") and self.random.random() < 0.3):
            store(self.writer, self.random)
            return
        if self.random.random() < 0.6:
            self.writer.push(self.random.choice((0, 0, 1, 2)))
        else:
            self.operands.word()
        self.operands.slot()
        self.writer.op("SSTORE")

    def load(self) -> None:
        """A read of storage into memory."""
        self.operands.slot()
        self.writer.op("TLOAD" if self.writer.has("TLOAD") and self.random.random() < 0.4 else "SLOAD")
        self.writer.op(f"{32 * self.random.randrange(4)} MSTORE")

    def log(self) -> None:
        """A log."""
        topics = self.random.randrange(5)
        for _ in range(topics):
            self.operands.word()
        self.writer.op(f"{self.random.choice((0, 1, 32, 100))} {self.random.choice((0, 31, 64))} LOG{topics}")

    def look(self) -> None:
        """A look at another account."""
        names = [name for name in ("BALANCE", "EXTCODESIZE", "EXTCODEHASH", "EXTCODECOPY") if self.writer.has(name)]
        name = self.random.choice(names)
        if name == "EXTCODECOPY":
            self.writer.op(f"{self.random.choice((0, 1, 33))} {self.random.choice((0, 1, 2**64))} 64")
            self.operands.address()
            self.writer.op(name)
            return
        self.operands.address()
        self.writer.op(name)
        self.keep()

    def note(self) -> None:
        """Words of the surroundings into memory."""
        self.operands.word()
        self.operands.word()
        self.writer.op(f"{self.random.choice(('ADD', 'XOR', 'MUL', 'LT', 'DIV', 'EXP'))} {32 * self.random.randrange(4)} MSTORE")

    def hash(self) -> None:
        """A hash of memory, or of a block or blob."""
        names = [name for name in ("KECCAK256", "BLOCKHASH", "BLOBHASH") if self.writer.has(name)]
        name = self.random.choice(names)
        if name == "KECCAK256":
            self.writer.op(f"{self.random.choice((0, 1, 32, 136, 137))} {self.random.choice((0, 64))} KECCAK256")
        elif name == "BLOCKHASH":
            self.writer.op(f"{self.random.choice((0, 1, 256, 257))} NUMBER SUB BLOCKHASH")
        else:
            self.writer.op(f"{self.random.randrange(3)} BLOBHASH")
        self.keep()

    def copy(self) -> None:
        """Bytes into memory."""
        name = self.random.choice([name for name in ("CODECOPY", "CALLDATACOPY", "MCOPY") if self.writer.has(name)])
        self.writer.op(
            f"{self.random.choice((0, 1, 32, 70))} {self.random.choice((0, 1, 40))} {self.random.choice((0, 64, 90))} {name}"
        )

    def burn(self) -> None:
        """Gas by memory that is touched."""
        self.writer.op(f"{self.random.choice((1000, 1000, 10_000, 60_000))} MLOAD POP")
