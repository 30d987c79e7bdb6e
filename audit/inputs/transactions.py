"""The member `transaction` of a call file's entry: what a signed transaction holds (ISA 8.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from audit.inputs.json_reader import Node

FEES: Final = ("gas_price", "max_fee_per_gas", "max_priority_fee_per_gas", "max_fee_per_blob_gas")
LISTS: Final = ("access_list", "authorizations", "blob_hashes")
NEWEST_TYPE: Final = 4


@dataclass(frozen=True, slots=True)
class Authorization:
    """An EIP-7702 authorization with its signature."""

    chain_id: int
    address: str
    nonce: int
    y_parity: int
    r: int
    s: int

    def as_json(self) -> dict[str, str]:
        """The form of ISA 8.10."""
        numbers = {name: hex(getattr(self, name)) for name in ("chain_id", "nonce", "y_parity", "r", "s")}
        return {**numbers, "address": self.address}


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction's own members. Units: prices are wei a gas. `None`: not stated, and left out of requests."""

    nonce: int
    gas_limit: int
    gas_price: int | None = None
    max_fee_per_gas: int | None = None
    max_priority_fee_per_gas: int | None = None
    access_list: tuple[tuple[str, tuple[int, ...]], ...] | None = None
    authorizations: tuple[Authorization, ...] | None = None
    blob_hashes: tuple[bytes, ...] | None = None
    max_fee_per_blob_gas: int | None = None
    type: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.10."""
        document: dict[str, Any] = {"nonce": hex(self.nonce), "gas_limit": hex(self.gas_limit)}
        document |= {name: hex(value) for name in FEES if (value := getattr(self, name)) is not None}
        if self.access_list is not None:
            document["access_list"] = [
                {"address": address, "storage_keys": [hex(key) for key in keys]} for address, keys in self.access_list
            ]
        if self.authorizations is not None:
            document["authorizations"] = [each.as_json() for each in self.authorizations]
        if self.blob_hashes is not None:
            document["blob_hashes"] = ["0x" + each.hex() for each in self.blob_hashes]
        if self.type is not None:
            document["type"] = self.type
        return document


def parse_transaction(node: Node) -> Transaction:
    """The transaction that a JSON value states.

    Raises: InputError, with a JSON pointer as its place, if it is malformed or names no price.
    """
    members = node.members(("nonce", "gas_limit", *FEES, *LISTS, "type"))
    for name in ("nonce", "gas_limit"):
        if name not in members:
            node.fail(f"there is no member {name!r}", 'a transaction needs "nonce", "gas_limit" and a price')
    market = {"max_fee_per_gas", "max_priority_fee_per_gas"} & members.keys()
    if ("gas_price" in members) == bool(market) or len(market) == 1:
        node.fail("a price is missing, or there are two", 'give "gas_price", or "max_fee_per_gas" and "max_priority_fee_per_gas"')
    return Transaction(
        nonce=members["nonce"].quantity(64),
        gas_limit=members["gas_limit"].quantity(64),
        **{name: members[name].quantity(256) for name in FEES if name in members},
        access_list=tuple(map(_access, members["access_list"].elements())) if "access_list" in members else None,
        authorizations=tuple(map(_authorization, members["authorizations"].elements())) if "authorizations" in members else None,
        blob_hashes=tuple(each.data(32) for each in members["blob_hashes"].elements()) if "blob_hashes" in members else None,
        type=_type(members["type"]) if "type" in members else None,
    )


def _type(node: Node) -> int:
    if type(node.value) is not int or not 0 <= node.value <= NEWEST_TYPE:
        node.fail(f"a type of transaction is a number from 0 to {NEWEST_TYPE}")
    return int(node.value)


def _access(node: Node) -> tuple[str, tuple[int, ...]]:
    members = _all_of(node, ("address", "storage_keys"))
    return "0x" + members["address"].data(20).hex(), tuple(key.quantity() for key in members["storage_keys"].elements())


def _authorization(node: Node) -> Authorization:
    members = _all_of(node, ("chain_id", "address", "nonce", "y_parity", "r", "s"))
    return Authorization(
        chain_id=members["chain_id"].quantity(),
        address="0x" + members["address"].data(20).hex(),
        nonce=members["nonce"].quantity(64),
        y_parity=members["y_parity"].quantity(8),
        r=members["r"].quantity(),
        s=members["s"].quantity(),
    )


def _all_of(node: Node, names: tuple[str, ...]) -> dict[str, Node]:
    members = node.members(names)
    for name in names:
        if name not in members:
            node.fail(f"there is no member {name!r}")
    return members
