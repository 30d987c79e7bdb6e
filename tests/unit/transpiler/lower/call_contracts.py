"""Random contracts that send messages: calls and creates between everything that a message may change or see."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.unit.transpiler.lower.contracts import Contract

CALLS = ("CALL", "CALL", "STATICCALL", "STATICCALL", "DELEGATECALL", "CALLCODE", "CREATE", "CREATE2")
AROUND = ("SELFBALANCE", "RETURNDATASIZE", "GAS", "MSIZE")
SPOTS = (0, 0, 32, 64, 5)


class Messenger(Contract):
    """As `Contract`, but many statements are about messages. `targets` are the accounts that it calls."""

    def __init__(self, rng: Random, targets: Sequence[int] = (0, 1, 2)) -> None:
        super().__init__(rng)
        self.targets = targets

    def statement(self, depth: int) -> None:
        """One statement; the height of the stack stays."""
        choice = self.rng.randrange(22)
        if choice < 4:
            self.message(self.rng.choice(CALLS))
        elif choice < 6:
            self.returned()
        elif choice < 8:
            self.watch()
        elif choice == 8:
            self.account()
        elif choice < 13:
            self.again()
        else:
            super().statement(depth)

    def message(self, name: str) -> None:
        """A call or a create; its result goes to storage or nowhere."""
        rng, out = self.rng, self.out
        if name.startswith("CREATE"):
            if name == "CREATE2":
                out.push(rng.randrange(3))
            self.spot()
            out.push(rng.randrange(2))
        else:
            self.spot()
            self.spot()
            if name in ("CALL", "CALLCODE"):
                out.push(rng.randrange(2))
            out.push(rng.choice(self.targets))
            if rng.random() < 0.5:
                out.op("GAS")
            else:
                out.push(rng.randrange(5000))
        out.op(name)
        if rng.random() < 0.5:
            out.op("POP")
        else:
            out.push(rng.randrange(3))
            out.op("SSTORE")

    def spot(self) -> None:
        """Length, then offset of a range of memory."""
        self.out.push(self.rng.choice((0, 32, 64, 7, 100)))
        self.out.push(self.rng.choice(SPOTS))

    def returned(self) -> None:
        """A copy of return data, all of it or a fixed length, which may be too much."""
        if self.rng.random() < 0.7:
            self.out.op("RETURNDATASIZE")
            self.out.push(0)
        else:
            self.out.push(self.rng.choice((0, 1, 20)))
            self.out.push(self.rng.choice((0, 0, 3)))
        self.out.push(self.rng.choice(SPOTS))
        self.out.op("RETURNDATACOPY")

    def watch(self) -> None:
        """Something that messages change goes to memory, transient storage or storage."""
        if self.rng.random() < 0.6:
            self.out.op(self.rng.choice(AROUND))
        else:
            self.out.push(self.rng.randrange(3))
            self.out.op(self.rng.choice(("SLOAD", "TLOAD", "BALANCE", "EXTCODEHASH")))
        self.out.push(self.rng.choice((0, 32, 64)))
        self.out.op(self.rng.choice(("MSTORE", "MSTORE", "TSTORE", "SSTORE")))

    def account(self) -> None:
        """Code of an account into memory."""
        for bound in (40, 8, 64, 3):
            self.out.push(self.rng.randrange(bound))
        self.out.op("EXTCODECOPY")

    def again(self) -> None:
        """The same reads before and after a message."""
        reads = [self.rng.choice(AROUND[:2]), self.rng.choice(("SLOAD", "TLOAD", "MLOAD"))]
        key = self.rng.randrange(3)
        for turn in range(2):
            for read in reads:
                if read not in AROUND:
                    self.out.push(key if read != "MLOAD" else 32 * key)
                self.out.op(read)
                self.height += 1
            if not turn:
                self.message(self.rng.choice(CALLS))
        for place in range(2 * len(reads)):
            self.out.push(32 * self.rng.randrange(16, 20) + place)
            self.out.op(self.rng.choice(("MSTORE", "SSTORE")))
            self.height -= 1

    def result(self) -> None:
        """Ends the frame with much of its memory."""
        if self.rng.random() < 0.5:
            self.out.push(0x280)
            self.out.push(0)
            self.out.op(self.rng.choice(("RETURN", "REVERT")))
        else:
            super().result()


def messenger(seed: int) -> bytes:
    """The contract of a seed."""
    return Messenger(Random(seed)).write()
