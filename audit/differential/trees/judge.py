"""What differs between two results of a request: all of it is compared, and what explains most comes first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

_OUTCOME: Final = ("status", "reason", "return_data", "logs", "destroyed", "gas_left", "refund")
_SHOWN: Final = 400
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference: `ours` is the machine's."""

    transaction: int
    field: str
    subject: str
    ours: str
    theirs: str

    def as_json(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def difference(ours: Json, theirs: Json) -> Difference | None:
    """The first difference of a machine's result from the oracle's, or None."""
    return next(_differences(ours, theirs), None)


def messages(result: Json) -> int:
    """How many messages a result lists."""
    return sum(len(call["messages"]) for call in result["calls"])


def _differences(ours: Json, theirs: Json) -> Iterator[Difference]:
    for number, (mine, other) in enumerate(zip(ours["calls"], theirs["calls"], strict=False)):
        yield from _messages(number, mine.get("messages", []), other.get("messages", []))
        for name in _OUTCOME:
            yield from _one(number, name, "", mine.get(name), other.get(name))
    last = len(theirs["calls"]) - 1
    for name in ("unsupported", "missing_code"):
        yield from _one(len(ours["calls"]), name, "", ours.get(name), theirs.get(name))
    yield from _one(last, "calls", "", len(ours["calls"]), len(theirs["calls"]))
    yield from _states(last, present(ours["state"]), present(theirs["state"]))


def _messages(number: int, mine: list[Json], other: list[Json]) -> Iterator[Difference]:
    for index, (left, right) in enumerate(zip(mine, other, strict=False)):
        # how a message ends follows from what it entered: the innermost difference is told, which begins last
        for name in ("depth", "kind", "from", "to", "value", "gas", "input"):
            if left.get(name) != right.get(name):
                yield from _ends(number, mine[:index], other[:index])
                yield from _one(number, f"messages.{name}", f"message {index}", left.get(name), right.get(name))
    yield from _ends(number, mine, other)
    yield from _one(number, "messages", "", len(mine), len(other))


def _ends(number: int, mine: list[Json], other: list[Json]) -> Iterator[Difference]:
    pairs = list(enumerate(zip(mine, other, strict=False)))
    for index, (left, right) in reversed(pairs):
        for name in ("status", "output"):
            yield from _one(
                number, f"messages.{name}", f"message {index} {right['kind']} {right['to']}", left.get(name), right.get(name)
            )


def present(state: Json) -> dict[str, Json]:
    """The accounts that exist: one that is gone and one that is not listed are the same."""
    return {address: account for address, account in state.items() if not account.get("absent")}


def _states(number: int, mine: dict[str, Json], other: dict[str, Json]) -> Iterator[Difference]:
    for address in sorted(mine.keys() | other.keys()):
        left, right = mine.get(address), other.get(address)
        if left is None or right is None:
            yield from _one(number, "state.exists", address, left, right)
            continue
        for name in ("balance", "nonce", "code"):
            yield from _one(number, f"state.{name}", address, left.get(name), right.get(name))
        slots, others = left["storage"], right["storage"]
        for slot in sorted(slots.keys() | others.keys()):
            yield from _one(number, "state.storage", f"{address} slot {slot}", slots.get(slot, "0x0"), others.get(slot, "0x0"))


def _one(number: int, field: str, subject: str, mine: Any, other: Any) -> Iterator[Difference]:
    if mine != other:
        yield Difference(number, field, subject, _text(mine), _text(other))


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"
