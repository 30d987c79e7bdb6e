"""Everything observable, compared after every call; the first difference is a mismatch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from audit.differential.execution import Stuck
from zkvm.host.reading import hex_data
from zkvm.host.request import Account, State
from zkvm.host.result import CallResult, Log, Message, Result

EFFECTS: Final = ("status", "return_data", "logs", "destroyed")
COSTS: Final = ("gas_left", "refund")
CALL_FIELDS: Final = (*EFFECTS, *COSTS)
ACCOUNT_FIELDS: Final = ("balance", "nonce", "code")
MESSAGE_FIELDS: Final = ("kind", "from", "to", "value", "gas", "input", "status", "output", "depth")
Runner = Callable[[Mapping[str, Any]], Result]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first observation in which the two versions differ.

    Shape: `field` is a member of a call's result or of an account, or `stuck` where the program could not go on; `subject`
    says which log, account or slot; `ours` is the ZK-VM version's, `theirs` the EVM's. `where` is filled in by `locate`.
    """

    call: int
    field: str
    subject: str
    ours: str
    theirs: str
    function: str = ""
    pc: int | None = None
    """EVM pc of the instruction concerned."""
    source: str | None = None
    """`file:line:column` of that instruction."""
    line: str | None = None
    """The text of that line."""

    @property
    def kind(self) -> tuple[str, str]:
        """What two runs must share to show the same fault."""
        return self.field, self.function

    def same_as(self, other: Mismatch) -> bool:
        """Whether the other is this observation, wherever it was located."""
        return replace(self, function="", pc=None, source=None, line=None) == replace(
            other, function="", pc=None, source=None, line=None
        )

    def as_json(self) -> dict[str, Any]:
        """The form that output and vectors hold."""
        return {
            "call": self.call, "field": self.field, "subject": self.subject, "ours": self.ours, "theirs": self.theirs,
            "function": self.function, "pc": self.pc, "source": self.source, "line": self.line,
        }  # fmt: skip


def mismatch_of(document: Mapping[str, Any]) -> Mismatch:
    """The mismatch of its JSON form."""
    return Mismatch(**{name: document.get(name) for name in Mismatch.__dataclass_fields__})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run ended before its last call: something Unsupported."""

    call: int
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of comparing a request: how many of its first calls were compared, the first difference, and what stopped it early.

    Shape: the call that differs is the last one compared; what stopped the run is in the call after the compared ones.
    """

    calls: int
    mismatch: Mismatch | None
    stop: Stop | None


def judge(request: Mapping[str, Any], ours: Runner, theirs: Runner) -> Verdict:
    """Run both versions and compare calls and state, the state after each call where anything differs at all.

    Raises: what the runners raise.
    """
    try:
        mine = ours(request)
    except Stuck as stuck:
        before = _first(request, ours, theirs, stuck.call)
        status = theirs(prefix(request, stuck.call + 1)).calls[-1].status
        return _differing(before or Mismatch(stuck.call, "stuck", "", stuck.message, status), None)
    stop = stop_of(mine)
    done = len(mine.calls)
    if not done:
        return Verdict(0, None, stop)
    if done < len(request["calls"]):
        request = prefix(request, done)
    if (found := difference(mine, theirs(request))) is None:
        return Verdict(done, None, stop)
    return _differing(_first(request, ours, theirs, done) or found, stop)


def _differing(found: Mismatch, stop: Stop | None) -> Verdict:
    return Verdict(found.call + 1, found, stop)


def _first(request: Mapping[str, Any], ours: Runner, theirs: Runner, calls: int) -> Mismatch | None:
    """The first difference of the runs of the first 1, 2, ... calls, so with the state after each."""
    for count in range(1, calls + 1):
        part = prefix(request, count)
        found = difference(ours(part), theirs(part))
        if found is not None:
            return replace(found, call=count - 1)
    return None


def stop_of(result: Result) -> Stop | None:
    """What stopped an executor's run early, or None."""
    found = result.unsupported
    return None if found is None else Stop(found.call, found.code, found.what)


def prefix(request: Mapping[str, Any], count: int) -> dict[str, Any]:
    """The request with its first calls only."""
    return {**request, "calls": request["calls"][:count]}


def difference(ours: Result, theirs: Result) -> Mismatch | None:
    """The first difference of two results: call by call, then the state after the last; None if there is none."""
    return next(_differences(ours, theirs), None)


def _differences(ours: Result, theirs: Result) -> Iterator[Mismatch]:
    """Of the last call the state comes before gas and refund: where a store differs, these only follow from it."""
    last = max(len(ours.calls), len(theirs.calls)) - 1
    pairs = list(enumerate(zip(ours.calls, theirs.calls, strict=False)))
    for index, (mine, other) in pairs:
        yield from _call_differences(index, mine, other, EFFECTS if index == last else CALL_FIELDS)
        yield from _message_differences(index, mine.messages or (), other.messages or ())
    if len(ours.calls) != len(theirs.calls):
        yield Mismatch(last, "calls", "", str(len(ours.calls)), str(len(theirs.calls)))
    yield from _state_differences(last, ours.state, theirs.state)
    for index, (mine, other) in pairs[last:]:
        yield from _call_differences(index, mine, other, COSTS)


def _call_differences(index: int, mine: CallResult, other: CallResult, names: tuple[str, ...]) -> Iterator[Mismatch]:
    for name in names:
        left, right = getattr(mine, name), getattr(other, name)
        if left != right and name == "logs":
            yield from _log_differences(index, mine.logs, other.logs)
        elif left != right:
            yield Mismatch(index, name, "", _text(left), _text(right))


M = TypeVar("M")


def _key(message: Message) -> tuple[int, str]:
    return message.depth, message.status


def pairs(mine: Sequence[M], other: Sequence[M], key: Callable[[M], tuple[int, str]]) -> list[tuple[M | None, M | None]]:
    """Messages side by side, without those that a machine need not enter: the last ones of a frame that halts. `key`: depth, status.

    Sound because a frame that halts leaves nothing: a translation may halt as soon as that is certain, so it enters a first part of
    what revm enters, each message whole (ISA 8.11).
    """
    found: list[tuple[M | None, M | None]] = []
    free: dict[int, bool] = {}  # by depth, whether messages below the last message there may be missing
    at = 0
    for message in other:
        depth, status = key(message)
        left = mine[at] if at < len(mine) else None
        missing = free.get(depth - 1, False) and (left is None or key(left)[0] < depth)
        free[depth] = missing or status == "halt"
        if not missing:
            found.append((left, message))
            at += 1
    return found + [(left, None) for left in mine[at:]]


def _message_differences(call: int, mine: tuple[Message, ...], other: tuple[Message, ...]) -> Iterator[Mismatch]:
    """The first message that differs (ISA 8.11); neither result lists any where the request does not ask."""
    matched = pairs(mine, other, _key)
    for number, (left, right) in enumerate(matched):
        if left == right:
            continue
        if left is None or right is None:
            yield Mismatch(call, "messages", f"message {number}", f"{len(mine)} messages", f"{len(other)} messages")
            return
        before, after = left.as_json(), right.as_json()
        for name in MESSAGE_FIELDS:
            if before[name] != after[name]:
                yield Mismatch(call, f"messages.{name}", f"message {number} to {right.to}", str(before[name]), str(after[name]))


def _log_differences(call: int, mine: tuple[Log, ...], other: tuple[Log, ...]) -> Iterator[Mismatch]:
    for number, (left, right) in enumerate(zip(mine, other, strict=False)):
        for name in ("address", "topics", "data"):
            before, after = getattr(left, name), getattr(right, name)
            if before != after:
                yield Mismatch(call, f"logs.{name}", f"log {number}", _text(before), _text(after))
    if len(mine) != len(other):
        yield Mismatch(call, "logs", f"log {min(len(mine), len(other))}", f"{len(mine)} logs", f"{len(other)} logs")


def _state_differences(call: int, mine: State, other: State) -> Iterator[Mismatch]:
    """An empty account and none are the same observation (EIP-161)."""
    for address in sorted(mine.keys() | other.keys()):
        left, right = mine.get(address, _NOTHING), other.get(address, _NOTHING)
        for name in ACCOUNT_FIELDS:
            before, after = getattr(left, name), getattr(right, name)
            if before != after:
                yield Mismatch(call, name, address, _text(before), _text(after))
        for slot in sorted(left.storage.keys() | right.storage.keys()):
            held, found = left.storage.get(slot, 0), right.storage.get(slot, 0)
            if held != found:
                yield Mismatch(call, "storage", f"{address} slot {slot:#x}", hex(held), hex(found))


_NOTHING: Final = Account()


def _text(value: Any) -> str:
    """A member as JSON has it; of a list its entries, separated."""
    match value:
        case str():
            return value
        case bytes():
            return hex_data(value)
        case int():
            return hex(value)
        case _:
            return ", ".join(map(_text, value))
