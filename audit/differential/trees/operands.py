"""What generated code pushes: words, addresses, gas, values."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from audit.differential.trees import scene
from audit.differential.trees.writer import Writer

HEAD_BYTES: Final = 2
"""Call data begins with a selector and with fuel; words follow."""
CREATED: Final = 0x60
"""Where in memory a frame keeps the address that it created last."""
SLOTS: Final = 4
"""Storage slots that code uses."""
_WORDS: Final = (1, 2, 31, 32, 33, 255, 256, 2**16, 2**64 - 1, 2**64, 2**128, 2**255, 2**256 - 1)
_GAS: Final = (0, 1, 99, 100, 700, 2299, 2300, 2301, 2600, 5000, 9000, 21000, 32000, 49999, 50000)
_AROUND: Final = (
    "CALLER",
    "ADDRESS",
    "ORIGIN",
    "CALLVALUE",
    "CALLDATASIZE",
    "TIMESTAMP",
    "NUMBER",
    "GASPRICE",
    "MSIZE",
    "GAS",
    "COINBASE",
)
_LATER: Final = ("RETURNDATASIZE", "SELFBALANCE", "CHAINID", "BASEFEE", "BLOBBASEFEE")


@dataclass(frozen=True, slots=True)
class Operands:
    """Draws operands and writes them."""

    writer: Writer
    random: Random

    def fuel(self) -> None:
        """The fuel of this frame."""
        self.writer.op("0 CALLDATALOAD 1 BYTE")

    def argument(self) -> None:
        """A word of the call data."""
        self.writer.push(HEAD_BYTES + 32 * self.random.randrange(3))
        self.writer.op("CALLDATALOAD")

    def word(self) -> None:
        """Any word."""
        choice = self.random.random()
        if choice < 0.3:
            self.writer.push(self.random.randrange(300))
        elif choice < 0.4:
            self.writer.push(self.random.choice(_WORDS))
        elif choice < 0.65:
            self.argument()
        elif choice < 0.75:
            self.slot()
            self.writer.op("SLOAD")
        elif choice < 0.8:
            self.writer.push(32 * self.random.randrange(8))
            self.writer.op("MLOAD")
        else:
            self.writer.op(self.random.choice([*_AROUND, *(name for name in _LATER if self.writer.has(name))]))

    def slot(self) -> None:
        """A storage key."""
        if self.random.random() < 0.85:
            self.writer.push(self.random.randrange(SLOTS))
        else:
            self.argument()

    def address(self) -> None:
        """An account: mostly a contract of the pool."""
        choice = self.random.random()
        if choice < 0.62:
            self.writer.push(self.random.choice(scene.CONTRACTS))
        elif choice < 0.7:
            self.writer.op(self.random.choice(("ADDRESS", "CALLER", "CALLER", "ORIGIN")))
        elif choice < 0.77:
            self.writer.push(CREATED)
            self.writer.op("MLOAD")
        elif choice < 0.82:
            self.writer.push(self.random.choice(scene.CONTRACTS) | self.random.getrandbits(96) << 160)
        elif choice < 0.86:
            self.argument()
        else:
            others = (*scene.DELEGATED, *scene.NOBODY, scene.POOR, scene.EMPTY, scene.COINBASE, *scene.PRECOMPILES[:5])
            self.writer.push(self.random.choice((*others, self.random.choice(scene.SENDERS).address)))

    def gas(self) -> None:
        """The gas of a call; before EIP-150 mostly what can be paid."""
        old = self.writer.fork in ("Frontier", "Homestead")
        choice = self.random.random()
        if choice < (0.02 if old else 0.6):
            self.writer.op("GAS")
        elif choice < 0.82:
            self.writer.op(f"{self.random.choice((2, 2, 2, 3, 4, 5, 64))} GAS DIV")
        elif choice < 0.88:
            self.writer.push(self.random.choice(_GAS))
        elif choice < 0.93:
            self.writer.push(self.random.randrange(100_000))
        elif old or choice < 0.96:
            self.writer.op(f"{self.random.choice((1, 1000, 40_000) if not old else (1000, 40_000, 40_000, 60_000))} GAS SUB")
        else:
            self.writer.push(self.random.choice((2**63, 2**64, 2**255, 2**256 - 1)))

    def value(self, often: float = 0.2) -> None:
        """The value of a call or create: mostly 0."""
        choice = self.random.random()
        if choice >= often:
            self.writer.push(0)
        elif choice < often * 0.6:
            self.writer.push(self.random.choice((1, 2, 3, 7, 1000)))
        elif choice < often * 0.75:
            self.writer.op("CALLVALUE")
        elif choice < often * 0.85 and self.writer.has("SELFBALANCE"):
            self.writer.op("SELFBALANCE")
        elif choice < often * 0.95:
            self.writer.push(2**127)
        else:
            self.argument()
