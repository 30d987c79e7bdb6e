"""What a transaction has that is shaped like a signed one (ISA 8.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zkvm.machine.fields import entries, get, items, malformed, number


@dataclass(frozen=True, slots=True)
class Authorization:
    """Asks that its signer's account delegate to an address (EIP-7702)."""

    chain_id: int
    address: int
    nonce: int
    y_parity: int
    r: int
    s: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The member `transaction` of a request's entry."""

    type: int
    nonce: int
    gas_limit: int
    max_fee: int
    """`gas_price` or `max_fee_per_gas`."""
    max_priority_fee: int | None
    """None where `gas_price` is what is paid."""
    access_list: tuple[tuple[int, tuple[int, ...]], ...]
    blob_hashes: tuple[int, ...]
    max_fee_per_blob_gas: int
    authorizations: tuple[Authorization, ...]


def parse_terms(entry: dict[str, Any], where: str) -> Terms:
    """The terms of a transaction. Members that its stated type does not have are not its own: they cost nothing.

    Raises: InputError naming the member that is missing or wrong.
    """
    kind = _type(entry, where)
    max_fee, priority = _fees(entry, where)
    blobs = _listed(entry, "blob_hashes", where) if kind == 3 else []
    access_list = _listed(entry, "access_list", where) if kind > 0 else []
    authorizations = _listed(entry, "authorizations", where) if kind == 4 else []
    return Terms(
        type=kind,
        nonce=number(get(entry, "nonce", where), f"{where}.nonce", 64),
        gas_limit=number(get(entry, "gas_limit", where), f"{where}.gas_limit", 64),
        max_fee=max_fee,
        max_priority_fee=priority if kind > 1 else None,
        access_list=tuple(_access(each, at) for each, at in access_list),
        blob_hashes=tuple(number(each, at) for each, at in blobs),
        max_fee_per_blob_gas=number(entry.get("max_fee_per_blob_gas", "0x0"), f"{where}.max_fee_per_blob_gas"),
        authorizations=tuple(_authorization(each, at) for each, at in authorizations),
    )


def _fees(entry: dict[str, Any], where: str) -> tuple[int, int | None]:
    """The highest price of gas, and the priority fee where it is not the price itself."""
    if "gas_price" in entry:
        if "max_fee_per_gas" in entry:
            raise malformed(f"{where}.gas_price", "stands beside max_fee_per_gas")
        return number(entry["gas_price"], f"{where}.gas_price"), None
    names = ("max_fee_per_gas", "max_priority_fee_per_gas")
    most, priority = (number(get(entry, name, where), f"{where}.{name}") for name in names)
    return most, priority


def _listed(entry: dict[str, Any], name: str, where: str) -> list[tuple[Any, str]]:
    """The elements of an array that may be left out, each with its place."""
    return [(each, f"{where}.{name}[{index}]") for index, each in enumerate(items(entry.get(name, []), f"{where}.{name}"))]


def _type(entry: dict[str, Any], where: str) -> int:
    """The member `type`, else the newest that the members ask for (EIP-2718)."""
    if "type" in entry:
        kind = entry["type"]
        if isinstance(kind, bool) or not isinstance(kind, int) or kind < 0:
            raise malformed(f"{where}.type", "is not a number of 0 or more")
        return kind
    if "authorizations" in entry:
        return 4
    if "blob_hashes" in entry or "max_fee_per_blob_gas" in entry:
        return 3
    if "gas_price" not in entry:
        return 2
    return 1 if "access_list" in entry else 0


def _access(value: Any, where: str) -> tuple[int, tuple[int, ...]]:
    entry = entries(value, where)
    keys = items(get(entry, "storage_keys", where), f"{where}.storage_keys")
    address = number(get(entry, "address", where), f"{where}.address", 160)
    return address, tuple(number(key, f"{where}.storage_keys[{index}]") for index, key in enumerate(keys))


def _authorization(value: Any, where: str) -> Authorization:
    entry = entries(value, where)

    def member(name: str, bits: int) -> int:
        return number(get(entry, name, where), f"{where}.{name}", bits)

    return Authorization(
        chain_id=member("chain_id", 256),
        address=member("address", 160),
        nonce=member("nonce", 64),
        y_parity=member("y_parity", 256),
        r=member("r", 256),
        s=member("s", 256),
    )
