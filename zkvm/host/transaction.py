"""What a signed transaction holds beside a message (ISA 8.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from zkvm.host.reading import Value, hex_data
from zkvm.word import from_bytes

PRICES: Final = ("gas_price", "max_fee_per_gas", "max_priority_fee_per_gas")
"""The first stands alone, the others together."""
FEES: Final = (*PRICES, "max_fee_per_blob_gas")
LISTS: Final = ("access_list", "authorizations", "blob_hashes")
AUTHORIZATION: Final = ("chain_id", "address", "nonce", "y_parity", "r", "s")


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
        return {name: self.address if name == "address" else hex(getattr(self, name)) for name in AUTHORIZATION}


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

    @property
    def kind(self) -> int:
        """Its type (EIP-2718): the one stated, else the newest that its members ask for."""
        if self.type is not None:
            return self.type
        if self.authorizations is not None:
            return 4
        if self.blob_hashes is not None or self.max_fee_per_blob_gas is not None:
            return 3
        if self.gas_price is None:
            return 2
        return 0 if self.access_list is None else 1

    @property
    def max_fee(self) -> int:
        """The highest price of gas that it pays."""
        return (self.max_fee_per_gas if self.gas_price is None else self.gas_price) or 0

    @property
    def max_priority_fee(self) -> int | None:
        """The most of it that goes to the coinbase; None where the highest price is what is paid."""
        return self.max_priority_fee_per_gas if self.kind > 1 else None

    # Members that its type does not have cost nothing: they are not its own.

    @property
    def own_accesses(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Accounts and slots that are warm from the start (EIP-2930)."""
        return (self.access_list or ()) if self.kind > 0 else ()

    @property
    def own_blobs(self) -> tuple[bytes, ...]:
        """Versioned hashes of its blobs (EIP-4844)."""
        return (self.blob_hashes or ()) if self.kind == 3 else ()

    @property
    def own_authorizations(self) -> tuple[Authorization, ...]:
        """Its authorizations (EIP-7702)."""
        return (self.authorizations or ()) if self.kind == 4 else ()

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
            document["blob_hashes"] = [hex_data(each) for each in self.blob_hashes]
        if self.type is not None:
            document["type"] = self.type
        return document


def read_transaction(value: Value) -> Transaction:
    """The transaction of its JSON form.

    Raises: InputError.
    """
    members = value.members(("nonce", "gas_limit"), (*FEES, *LISTS, "type"))
    if tuple(name for name in PRICES if name in members) not in (PRICES[:1], PRICES[1:]):
        value.fail("a price is missing, or there are two: gas_price, or max_fee_per_gas and max_priority_fee_per_gas")
    return Transaction(
        nonce=members["nonce"].quantity(64),
        gas_limit=members["gas_limit"].quantity(64),
        **{name: members[name].quantity() for name in FEES if name in members},
        access_list=tuple(map(_read_access, members["access_list"].elements())) if "access_list" in members else None,
        authorizations=tuple(map(_read_authorization, members["authorizations"].elements()))
        if "authorizations" in members
        else None,
        blob_hashes=tuple(each.hash() for each in members["blob_hashes"].elements()) if "blob_hashes" in members else None,
        type=members["type"].integer() if "type" in members else None,
    )


def _read_access(value: Value) -> tuple[str, tuple[int, ...]]:
    members = value.members(("address", "storage_keys"))
    return members["address"].address(), tuple(from_bytes(each.hash()) for each in members["storage_keys"].elements())


def _read_authorization(value: Value) -> Authorization:
    members = value.members(AUTHORIZATION)
    return Authorization(
        members["chain_id"].quantity(), members["address"].address(), members["nonce"].quantity(64), members["y_parity"].quantity(),
        members["r"].quantity(), members["s"].quantity(),
    )  # fmt: skip
