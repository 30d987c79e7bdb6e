"""Block and transaction values (ISA 6.2)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from zkvm.host.reading import Value, hex_data

BITS: Final[dict[str, int]] = {
    "number": 256, "timestamp": 256, "prevrandao": 256, "difficulty": 256,
    "gas_limit": 64, "chain_id": 64, "base_fee": 64, "blob_base_fee": 128, "gas_price": 128,
}  # fmt: skip
"""The widest value of each quantity of the environment that a call file may state."""
WORD_BITS: Final = 256


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment of a batch; what is not stated has these values."""

    number: int = 0x1312D00
    timestamp: int = 0x65A0BC00
    coinbase: str = "0x00000000000000000000000000000000c01b0001"
    prevrandao: int = 0x2A
    difficulty: int = 0x20000
    gas_limit: int = 0x1C9C380
    chain_id: int = 1
    base_fee: int = 0x3B9ACA00
    blob_base_fee: int = 1
    gas_price: int = 0x3B9ACA00
    block_hashes: tuple[tuple[int, bytes], ...] = ()
    blob_hashes: tuple[bytes, ...] = ()

    def block_hash(self, number: int) -> bytes:
        """The hash of a block; zeros where it is not listed (ISA 8.8)."""
        return dict(self.block_hashes).get(number, bytes(32))

    def with_members(self, members: tuple[tuple[str, Any], ...]) -> Environment:
        """The environment with other values of some members: those of one transaction."""
        return replace(self, **dict(members)) if members else self

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.1, every member."""
        return {each: member_json(each, getattr(self, each)) for each in MEMBERS}


MEMBERS: Final = tuple(each.name for each in fields(Environment))


def member_json(name: str, value: Any) -> Any:
    """A member of the environment in the form of ISA 8.1."""
    match name:
        case "coinbase":
            return value
        case "block_hashes":
            return {hex(number): hex_data(digest) for number, digest in value}
        case "blob_hashes":
            return [hex_data(digest) for digest in value]
        case _:
            return hex(value)


def read_environment(value: Value) -> Environment:
    """The environment of its JSON form.

    Raises: InputError.
    """
    return Environment(**{name: _read_member(name, member) for name, member in value.members(MEMBERS).items()})


def read_members(value: Value) -> tuple[tuple[str, Any], ...]:
    """Some members of an environment: those that differ for one transaction.

    Raises: InputError.
    """
    return tuple((name, _read_member(name, member)) for name, member in value.members((), MEMBERS).items())


def _read_member(name: str, value: Value) -> Any:
    match name:
        case "coinbase":
            return value.address()
        case "block_hashes":
            return tuple((number.quantity(), digest.hash()) for number, digest in value.items())
        case "blob_hashes":
            return tuple(each.hash() for each in value.elements())
        case _:
            return value.quantity(WORD_BITS)
