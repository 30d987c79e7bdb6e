"""The member `transaction` of a call file's entry: what a signed transaction holds (ISA 8.10)."""

from __future__ import annotations

from typing import Final

from audit.inputs.json_reader import Node
from zkvm.host.transaction import AUTHORIZATION, FEES, LISTS, Authorization, Transaction

NEWEST_TYPE: Final = 4


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
    members = _all_of(node, AUTHORIZATION)
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
