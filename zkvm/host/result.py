"""Results of executors and of the oracle (ISA 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from zkvm.errors import InputError, InternalError
from zkvm.host.reading import Value, hex_data
from zkvm.host.request import Account, State, read_state, state_json

MALFORMED: Final = "result-malformed"
Status = Literal["success", "revert", "halt", "refused"]
STATUSES: Final[tuple[Status, ...]] = ("success", "revert", "halt", "refused")
MESSAGE: Final = ("depth", "kind", "from", "to", "value", "gas", "input", "output", "status")


@dataclass(frozen=True, slots=True)
class Log:
    """A log. Shape: topics of 32 bytes."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.2."""
        return {"address": self.address, "topics": [hex_data(each) for each in self.topics], "data": hex_data(self.data)}


@dataclass(frozen=True, slots=True)
class Message:
    """What enters a frame (ISA 8.11). `sender` is the member `from`."""

    depth: int
    kind: str
    sender: str
    to: str
    value: int
    gas: int
    input: bytes
    output: bytes
    status: Status

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.11."""
        return {
            "depth": self.depth, "kind": self.kind, "from": self.sender, "to": self.to, "value": hex(self.value), "gas": hex(self.gas),
            "input": hex_data(self.input), "output": hex_data(self.output), "status": self.status,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallResult:
    """Result of a transaction. Shape: `reason` is that of a refused one; `messages` is None where none were asked for."""

    status: Status
    return_data: bytes
    gas_left: int
    refund: int
    logs: tuple[Log, ...]
    destroyed: tuple[str, ...]
    steps: int
    reason: str | None = None
    messages: tuple[Message, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.2."""
        document: dict[str, Any] = {
            "status": self.status, "return_data": hex_data(self.return_data), "gas_left": hex(self.gas_left),
            "refund": hex(self.refund), "logs": [each.as_json() for each in self.logs], "destroyed": list(self.destroyed),
            "steps": self.steps,
        }  # fmt: skip
        if self.reason is not None:
            document["reason"] = self.reason
        if self.messages is not None:
            document["messages"] = [each.as_json() for each in self.messages]
        return document


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What stopped a run before its last call: the member `unsupported` (ISA 8.4)."""

    code: str
    what: str
    call: int
    pc: int | None
    id: int

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.2."""
        return {"code": self.code, "what": self.what, "call": self.call, "pc": self.pc, "id": self.id}


@dataclass(frozen=True, slots=True)
class MissingCode:
    """A code object that a run met and for which no program was given."""

    code: bytes
    kind: Literal["creation", "runtime"]

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.2."""
        return {"code": hex_data(self.code), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a request: of the calls that ran, and the state after them."""

    calls: tuple[CallResult, ...]
    state: State
    unsupported: Unsupported | None = None
    missing_code: MissingCode | None = None

    def account(self, address: str) -> Account:
        """An account after the calls; an empty one where the state lists none."""
        return self.state.get(address, Account())

    @property
    def next_state(self) -> State:
        """The state from which a request of what follows starts: without the accounts that do not exist."""
        return {address: account for address, account in self.state.items() if not account.absent}

    def as_json(self) -> dict[str, Any]:
        """The form of ISA 8.2."""
        return {
            "calls": [each.as_json() for each in self.calls], "state": state_json(self.state),
            "unsupported": None if self.unsupported is None else self.unsupported.as_json(),
            "missing_code": None if self.missing_code is None else self.missing_code.as_json(),
        }  # fmt: skip


def result_of(document: Any) -> Result:
    """The result of its JSON form; the oracle's member `trace` is left to who asked for it.

    Raises: InternalError, with the place of what is wrong: results are made by executors of ours.
    """
    try:
        return _read_result(Value(document, MALFORMED))
    except InputError as error:
        raise InternalError(error.code, error.message, error.place) from error


def _read_result(value: Value) -> Result:
    members = value.members(("calls", "state", "unsupported", "missing_code"), ("trace",))
    stopped, missing = members["unsupported"], members["missing_code"]
    return Result(
        tuple(map(_read_call, members["calls"].elements())),
        read_state(members["state"]),
        None if stopped.json is None else _read_unsupported(stopped),
        None if missing.json is None else _read_missing(missing),
    )


def _read_call(value: Value) -> CallResult:
    needed = ("status", "return_data", "gas_left", "refund", "logs", "destroyed", "steps")
    members = value.members(needed, ("reason", "messages"))
    return CallResult(
        _read_status(members["status"]),
        members["return_data"].data(),
        members["gas_left"].quantity(64),
        members["refund"].quantity(64),
        tuple(map(_read_log, members["logs"].elements())),
        tuple(each.address() for each in members["destroyed"].elements()),
        members["steps"].integer(),
        members["reason"].text() if "reason" in members else None,
        tuple(map(_read_message, members["messages"].elements())) if "messages" in members else None,
    )


def _read_status(value: Value) -> Status:
    return STATUSES[STATUSES.index(value.text(STATUSES))]


def _read_log(value: Value) -> Log:
    members = value.members(("address", "topics", "data"))
    return Log(
        members["address"].address(), tuple(each.data(32) for each in members["topics"].elements()), members["data"].data()
    )


def _read_message(value: Value) -> Message:
    members: Mapping[str, Value] = value.members(MESSAGE)
    return Message(
        members["depth"].integer(), members["kind"].text(), members["from"].address(), members["to"].address(), members["value"].quantity(),
        members["gas"].quantity(64), members["input"].data(), members["output"].data(), _read_status(members["status"]),
    )  # fmt: skip


def _read_unsupported(value: Value) -> Unsupported:
    members = value.members(("code", "what", "call", "pc", "id"))
    pc = members["pc"]
    return Unsupported(
        members["code"].text(), members["what"].text(), members["call"].integer(), None if pc.json is None else pc.integer(),
        members["id"].integer(),
    )  # fmt: skip


def _read_missing(value: Value) -> MissingCode:
    members = value.members(("code", "kind"))
    kind = members["kind"].text(("creation", "runtime"))
    return MissingCode(members["code"].data(), "creation" if kind == "creation" else "runtime")
