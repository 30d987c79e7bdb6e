"""What differs between two results of a request: all of it is compared, and what explains most comes first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from audit.differential import compare

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


def pairs(mine: Sequence[Json], other: Sequence[Json]) -> list[tuple[Json | None, Json | None]]:
    """Messages side by side, without those that a machine need not enter (`compare.pairs`)."""
    return compare.pairs(mine, other, lambda message: (message["depth"], message["status"]))


def count(ours: Json, theirs: Json) -> tuple[int, int]:
    """How many messages were compared, and how many of revm's the machine did not enter because their frame halts."""
    sides = [(mine.get("messages", []), other["messages"]) for mine, other in zip(ours["calls"], theirs["calls"], strict=False)]
    compared = sum(len(pairs(mine, other)) for mine, other in sides)
    return compared, sum(len(other) for _, other in sides) - compared


def _differences(ours: Json, theirs: Json) -> Iterator[Difference]:
    for number, (mine, other) in enumerate(zip(ours["calls"], theirs["calls"], strict=False)):
        yield from _messages(number, mine.get("messages", []), other.get("messages", []))
        for name in _OUTCOME:
            left, right = mine.get(name), other.get(name)
            if name == "destroyed":  # ISA 8.2 states no order
                left, right = sorted(left or []), sorted(right or [])
            yield from _one(number, name, "", left, right)
    last = len(theirs["calls"]) - 1
    for name in ("unsupported", "missing_code"):
        yield from _one(len(ours["calls"]), name, "", ours.get(name), theirs.get(name))
    yield from _one(last, "calls", "", len(ours["calls"]), len(theirs["calls"]))
    yield from _states(last, present(ours["state"]), present(theirs["state"]))


def _messages(number: int, mine: Sequence[Json], other: Sequence[Json]) -> Iterator[Difference]:
    """What a message entered with, in order; before the first difference how those before it ended, the innermost first."""
    side_by_side = pairs(mine, other)
    for index, (left, right) in enumerate(side_by_side):
        if left is None or right is None:
            yield from _ends(number, side_by_side[:index])
            yield from _one(number, "messages", f"message {index}", _brief(left), _brief(right))
            return
        for name in ("depth", "kind", "from", "to", "value", "gas", "input"):
            if left.get(name) != right.get(name):
                yield from _ends(number, side_by_side[:index])
                yield from _one(number, f"messages.{name}", f"message {index}", left.get(name), right.get(name))
    yield from _ends(number, side_by_side)


def _brief(message: Json | None) -> str:
    return "none" if message is None else f"{message['kind']} {message['to']}"


def _ends(number: int, side_by_side: list[tuple[Json | None, Json | None]]) -> Iterator[Difference]:
    for index, (left, right) in reversed(list(enumerate(side_by_side))):
        assert left is not None
        assert right is not None
        for name in ("status", "output"):
            yield from _one(number, f"messages.{name}", f"message {index} {_brief(right)}", left.get(name), right.get(name))


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
