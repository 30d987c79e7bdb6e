"""Random EVM programs that do something: locals on the stack, branches, loops, private functions, memory, storage, logs."""

from __future__ import annotations

from random import Random

from transpiler.evm.opcodes import BY_NAME

_BINARY = "ADD MUL SUB DIV SDIV MOD SMOD SIGNEXTEND LT GT SLT SGT EQ AND OR XOR BYTE SHL SHR SAR EXP".split()
_UNARY = "ISZERO NOT ISZERO".split()
_LEAVES = "ADDRESS CALLER ORIGIN CALLVALUE CALLDATASIZE CODESIZE TIMESTAMP NUMBER CHAINID SELFBALANCE GAS MSIZE PC RETURNDATASIZE".split()
_WORDS = (0, 1, 2, 31, 32, 255, 256, (1 << 160) - 1, 1 << 255, (1 << 256) - 1)


class Writer:
    """Bytes with labels."""

    def __init__(self) -> None:
        self.code = bytearray()
        self._labels: dict[str, int] = {}
        self._uses: list[tuple[int, str]] = []

    def op(self, *names: str) -> None:
        """Opcodes without operands."""
        for name in names:
            self.code.append(BY_NAME[name].code)

    def push(self, word: int) -> None:
        """The shortest PUSH."""
        size = max(1, (word.bit_length() + 7) // 8)
        self.code += bytes([0x5F + size]) + word.to_bytes(size, "big")

    def push_label(self, label: str) -> None:
        """A PUSH2 of where a label stands."""
        self.code.append(0x61)
        self._uses.append((len(self.code), label))
        self.code += b"\0\0"

    def place(self, label: str) -> None:
        """A JUMPDEST with a name."""
        self._labels[label] = len(self.code)
        self.op("JUMPDEST")

    def finish(self) -> bytes:
        """The code with all labels resolved."""
        for at, label in self._uses:
            self.code[at : at + 2] = self._labels[label].to_bytes(2, "big")
        return bytes(self.code)


class Contract:
    """Writes one random contract."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.out = Writer()
        self.fresh = 0
        self.height = 0
        self.fuel = 0
        self.functions = [(f"f{index}", rng.randrange(3)) for index in range(rng.randrange(4))]
        self.callable = list(self.functions)

    def write(self) -> bytes:
        """The main code, then the functions; a function calls only later ones, now and then itself."""
        self.fuel = self.rng.randrange(10, 60)
        self.block(3)
        self.result()
        for index, (name, arity) in enumerate(self.functions):
            self.callable = self.functions[index if self.rng.random() < 0.1 else index + 1 :]
            self.function(name, arity)
        return self.out.finish()

    def function(self, name: str, arity: int) -> None:
        """Stack on entry: return address, arguments; on return: the result."""
        out = self.out
        self.fuel = self.rng.randrange(4, 20)
        out.place(name)
        self.height = arity
        self.block(2)
        self.expression(2)
        for _ in range(arity):
            out.op("SWAP1", "POP")
        out.op("SWAP1", "JUMP")

    def label(self) -> str:
        """A new name."""
        self.fresh += 1
        return f"l{self.fresh}"

    def result(self) -> None:
        """Ends the frame with some output."""
        self.expression(2)
        self.out.push(0)
        self.out.op("MSTORE")
        self.out.push(self.rng.choice((32, 64, 5)))
        self.out.push(self.rng.choice((0, 0, 16)))
        self.out.op(self.rng.choice(("RETURN", "RETURN", "RETURN", "REVERT")))

    def block(self, depth: int) -> None:
        """Some statements."""
        for _ in range(self.rng.randrange(1, 5)):
            if self.fuel <= 0:
                return
            self.fuel -= 1
            self.statement(depth)

    def statement(self, depth: int) -> None:
        """One statement; the height of the stack stays."""
        choice = self.rng.randrange(12)
        if choice < 2:
            self.expression(2)
            self.out.push(self.rng.randrange(3))
            self.out.op(self.rng.choice(("SSTORE", "SSTORE", "TSTORE")))
        elif choice < 5:
            self.expression(2)
            self.out.push(self.rng.choice((0, 32, 64, 5, 96)))
            self.out.op(self.rng.choice(("MSTORE", "MSTORE", "MSTORE8")))
        elif choice < 6:
            self.copy()
        elif choice < 7:
            self.log()
        elif choice < 9 and depth:
            self.branch(depth)
        elif choice < 11 and depth:
            self.loop(depth)
        elif self.height:
            self.assign()

    def copy(self) -> None:
        """A copy of a few bytes."""
        for bound in (40, 40, 96):
            self.out.push(self.rng.randrange(bound))
        self.out.op(self.rng.choice(("CALLDATACOPY", "CODECOPY", "MCOPY")))

    def log(self) -> None:
        """A log with random topics."""
        topics = self.rng.randrange(4)
        for _ in range(topics):
            self.expression(0)
            self.height += 1
        self.height -= topics
        self.out.push(self.rng.randrange(40))
        self.out.push(self.rng.randrange(40))
        self.out.op(f"LOG{topics}")

    def assign(self) -> None:
        """Gives a local a new value."""
        place = self.rng.randrange(min(self.height, 14))
        self.expression(2)
        self.out.op(f"SWAP{place + 1}", "POP")

    def branch(self, depth: int) -> None:
        """If, with or without else; some ends the frame."""
        out, other, end = self.out, self.label(), self.label()
        self.expression(2)
        out.push_label(other)
        out.op("JUMPI")
        if self.rng.random() < 0.15:
            self.result()
        else:
            self.block(depth - 1)
            if self.rng.random() < 0.5:
                out.push_label(end)
                out.op("JUMP")
                out.place(other)
                self.block(depth - 1)
                out.place(end)
                return
        out.place(other)

    def loop(self, depth: int) -> None:
        """A loop of a few turns with its counter on the stack."""
        out, top, end = self.out, self.label(), self.label()
        out.push(self.rng.choice((0, 1, 2, 3, 5, 9)))
        self.height += 1
        out.place(top)
        out.op("DUP1", "ISZERO")
        out.push_label(end)
        out.op("JUMPI")
        self.block(depth - 1)
        out.push(1)
        out.op("SWAP1", "SUB")
        out.push_label(top)
        out.op("JUMP")
        out.place(end)
        out.op("POP")
        self.height -= 1

    def expression(self, depth: int) -> None:
        """One value on the stack; `height` does not count it."""
        choice = self.rng.randrange(10) if depth else self.rng.randrange(5)
        out = self.out
        if choice == 0:
            out.push(self.rng.choice(_WORDS) if self.rng.random() < 0.8 else self.rng.getrandbits(256))
        elif choice == 1 and self.height:
            out.op(f"DUP{self.rng.randrange(1, min(self.height, 15) + 1)}")
        elif choice == 2:
            out.op(self.rng.choice(_LEAVES))
        elif choice < 5:
            out.push(self.rng.choice((0, 1, 2)) if choice == 3 else self.rng.choice((0, 4, 32, 64)))
            out.op(self.rng.choice(("SLOAD", "TLOAD") if choice == 3 else ("CALLDATALOAD", "MLOAD")))
        elif choice == 5:
            self.expression(depth - 1)
            out.op(self.rng.choice(_UNARY))
        elif choice == 6 and self.callable:
            self.call(depth)
        elif choice == 7:
            out.push(self.rng.choice((32, 64, 40)))
            out.push(self.rng.choice((0, 32)))
            out.op("KECCAK256")
        else:
            self.expression(depth - 1)
            self.height += 1
            self.expression(depth - 1)
            self.height -= 1
            out.op(self.rng.choice(_BINARY))

    def call(self, depth: int) -> None:
        """A call of a private function."""
        name, arity = self.rng.choice(self.callable)
        after = self.label()
        self.out.push_label(after)
        self.height += 1
        for _ in range(arity):
            self.expression(depth - 1)
            self.height += 1
        self.height -= arity + 1
        self.out.push_label(name)
        self.out.op("JUMP")
        self.out.place(after)


def random_contract(seed: int) -> bytes:
    """The contract of a seed."""
    return Contract(Random(seed)).write()
