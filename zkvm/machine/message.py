"""Messages: what enters a frame, and what comes of it (ISA 8, 9.3, 9.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from zkvm.host.result import Status
from zkvm.rlp import encode, quantity
from zkvm.word import keccak256, to_bytes

MessageKind = Literal["call", "callcode", "delegatecall", "staticcall", "create", "create2"]
CALL_KINDS: Final[tuple[MessageKind, ...]] = ("call", "callcode", "delegatecall", "staticcall")
"""By immediate of CALL."""
CREATE_KINDS: Final[tuple[MessageKind, ...]] = ("create", "create2")
"""By immediate of CREATE."""


@dataclass(frozen=True, slots=True)
class Message:
    """What enters a frame."""

    kind: MessageKind
    sender: int
    """The account that runs the instruction, or the transaction's sender."""
    caller: int
    """What CALLER gives: the sender, of a DELEGATECALL its own caller."""
    address: int
    """The account whose storage is used; of a create the one created."""
    code_address: int
    """The account whose code runs; of a create the one created."""
    value: int
    data: bytes
    """Call data; of a create its init code."""
    gas: int
    static: bool = False
    depth: int = 0
    bare: bool = False
    """A create of a bare message, whose code is neither paid nor checked (ISA 8.3)."""
    creation: bytes = b""
    """Of a transaction's create: the creation code without arguments."""

    @property
    def creates(self) -> bool:
        """Whether it creates an account."""
        return self.kind in CREATE_KINDS

    @property
    def moves(self) -> bool:
        """Whether its value moves, 0 included (ISA 9.3)."""
        return self.kind in ("call", "staticcall") or self.creates


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a message ended."""

    status: Status
    """`refused`: no frame was entered (ISA 8.11)."""
    output: bytes
    gas_left: int

    @property
    def success(self) -> bool:
        """Whether it succeeded."""
        return self.status == "success"


def create_address(creator: int, nonce: int) -> int:
    """The last 20 bytes of keccak256(rlp(creator, nonce)) (ISA 9.5)."""
    return _address(keccak256(encode([creator.to_bytes(20, "big"), quantity(nonce)])))


def create2_address(creator: int, salt: int, init_code: bytes) -> int:
    """The last 20 bytes of keccak256(0xff, creator, salt, keccak256(init code)) (EIP-1014)."""
    return _address(keccak256(b"\xff" + creator.to_bytes(20, "big") + to_bytes(salt) + keccak256(init_code)))


def _address(digest: bytes) -> int:
    return int.from_bytes(digest[12:], "big")
