"""Requests to executors (ISA 8.1): what runs, from which state, in which environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from zkvm.host.environment import Environment, member_json, read_environment, read_members
from zkvm.host.reading import Value, hex_data
from zkvm.host.transaction import Transaction, read_transaction

MALFORMED: Final = "request-malformed"
GAS_BITS: Final = 63
"""Of a bare message, so that gas left fits a signed word."""
ACCOUNT: Final = ("balance", "nonce", "code", "storage")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a state. Shape: `storage` holds no zeros; `absent` says in results that it does not exist (ISA 8.2)."""

    balance: int = 0
    nonce: int = 0
    code: bytes = b""
    storage: Mapping[int, int] = field(default_factory=dict)
    absent: bool = False

    @property
    def empty(self) -> bool:
        """Whether it holds nothing: an empty account and none are the same observation (EIP-161)."""
        return not (self.balance or self.nonce or self.code or self.storage)

    def with_slots(self, slots: Mapping[int, int]) -> Account:
        """The account with other values in some slots."""
        return replace(self, storage={slot: word for slot, word in {**self.storage, **slots}.items() if word})

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.1."""
        document: dict[str, Any] = {
            "balance": hex(self.balance), "nonce": hex(self.nonce), "code": hex_data(self.code),
            "storage": {hex(slot): hex(word) for slot, word in self.storage.items()},
        }  # fmt: skip
        return document | {"absent": True} if self.absent else document


State = Mapping[str, Account]
"""Accounts by address."""


@dataclass(frozen=True, slots=True)
class Call:
    """An entry of a batch: a bare message, or, with a `transaction`, one shaped like a signed transaction.

    Shape: `to` is None for a transaction's create, whose address caller and nonce give, and `gas` is None where the transaction's limit
    counts; `code` is the creation code of a create, whose `data` holds arguments; `env` are members of the environment that differ.
    """

    caller: str
    origin: str
    to: str | None
    value: int = 0
    data: bytes = b""
    gas: int | None = None
    create: bool = False
    code: bytes = b""
    env: tuple[tuple[str, Any], ...] = ()
    transaction: Transaction | None = None

    @property
    def limit(self) -> int:
        """The gas that it may use."""
        return self.transaction.gas_limit if self.transaction is not None else self.gas or 0

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.1."""
        document: dict[str, Any] = {"create": self.create, "caller": self.caller, "origin": self.origin}
        if self.to is not None:
            document["to"] = self.to
        document |= {"value": hex(self.value), "data": hex_data(self.data)}
        if self.gas is not None:
            document["gas"] = hex(self.gas)
        if self.transaction is not None:
            document["transaction"] = self.transaction.as_json()
        if self.env:
            document["env"] = {name: member_json(name, value) for name, value in self.env}
        if self.create:
            document["code"] = hex_data(self.code)
        return document


@dataclass(frozen=True, slots=True)
class Request:
    """A batch. `messages` asks for the messages of each transaction (ISA 8.11)."""

    fork: str
    env: Environment
    contract: str
    state: State
    calls: tuple[Call, ...]
    messages: bool = False

    def prefix(self, count: int) -> Request:
        """The request with its first calls only."""
        return replace(self, calls=self.calls[:count])

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.1."""
        document = {
            "fork": self.fork, "env": self.env.as_json(), "contract": self.contract,
            "state": state_json(self.state), "calls": [each.as_json() for each in self.calls],
        }  # fmt: skip
        return document | {"messages": True} if self.messages else document


def state_json(state: State) -> dict[str, Any]:
    """The form of ISA 8.1 of a state."""
    return {address: account.as_json() for address, account in state.items()}


def request_of(document: Any) -> Request:
    """The request of its JSON form.

    Raises: InputError, with the place of what is wrong.
    """
    members = Value(document, MALFORMED).members(("fork", "env", "contract", "state", "calls"), ("messages",))
    return Request(
        members["fork"].text(),
        read_environment(members["env"]),
        members["contract"].address(),
        read_state(members["state"]),
        tuple(map(_read_call, members["calls"].elements())),
        "messages" in members and members["messages"].flag(),
    )


def read_state(value: Value) -> dict[str, Account]:
    """The accounts of a state's JSON form.

    Raises: InputError.
    """
    return {address.address(): _read_account(account) for address, account in value.items()}


def _read_account(value: Value) -> Account:
    members = value.members(ACCOUNT, ("absent",))
    slots = ((slot.quantity(), word.quantity()) for slot, word in members["storage"].items())
    return Account(
        members["balance"].quantity(),
        members["nonce"].quantity(64),
        members["code"].data(),
        {slot: word for slot, word in slots if word},
        "absent" in members and members["absent"].flag(),
    )


def _read_call(value: Value) -> Call:
    members = value.members(("create", "caller", "origin", "value", "data"), ("to", "gas", "code", "env", "transaction"))
    create, transaction = members["create"].flag(), "transaction" in members
    wanted = (("gas", not transaction), ("to", not (transaction and create)), ("code", create))
    for name, needed in wanted:
        if needed != (name in members):
            value.fail(f"there is no member {name!r}" if needed else f"the member {name!r} has no place here")
    return Call(
        members["caller"].address(),
        members["origin"].address(),
        members["to"].address() if "to" in members else None,
        members["value"].quantity(),
        members["data"].data(),
        members["gas"].quantity(GAS_BITS) if "gas" in members else None,
        create,
        members["code"].data() if create else b"",
        read_members(members["env"]) if "env" in members else (),
        read_transaction(members["transaction"]) if transaction else None,
    )
