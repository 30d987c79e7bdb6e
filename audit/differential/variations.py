"""A request of one call with one thing changed: a slot, the caller, the call's data, its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from audit.differential import oracle
from audit.differential.values import WORD
from zkvm.errors import InputError

WORDS: Final = 12
"""Words of call data that are changed."""
SLOTS: Final = 24
Request = dict[str, Any]
Values = Callable[[int], tuple[int, ...]]
"""Other values of a word."""
NO_ACCOUNT: Final = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}


def traced(request: Request) -> dict[str, Any] | None:
    """The EVM's traced result; None where it refuses the request."""
    try:
        return oracle.run(request, trace=True)
    except InputError:
        return None


def stored(request: Request, account: str, slot: str, value: int) -> Request:
    """The request with a word in a slot of an account."""
    held = request["state"].get(account, NO_ACCOUNT)
    storage = {key: word for key, word in held["storage"].items() if key != slot} | ({slot: hex(value)} if value else {})
    return {**request, "state": {**request["state"], account: {**held, "storage": storage}}}


def with_call(request: Request, **changes: str) -> Request:
    """The request with members of its only call changed."""
    return {**request, "calls": [{**request["calls"][0], **changes}]}


def read_slots(request: Request) -> dict[str, int]:
    """The first slots that the call reads, with what they hold; none for a create, which finds none."""
    account, result = request["state"].get(request["contract"]), traced(request)
    if request["calls"][0]["create"] or account is None or result is None:
        return {}
    return {slot: int(account["storage"].get(slot, "0x0"), 16) for slot in result["trace"]["calls"][0]["slots"][:SLOTS]}


def other_state(request: Request, slots: Mapping[str, int], values: Values) -> Iterator[Request]:
    """The request with one of the slots changed to each of the values that there are for it."""
    for slot, held in slots.items():
        for value in values(held):
            yield stored(request, request["contract"], slot, value)


def other_data(request: Request, values: tuple[int, ...]) -> Iterator[Request]:
    """The request with one word of its call data changed to each value."""
    (call,) = request["calls"]
    data = bytes.fromhex(call["data"][2:])
    for each in _other_words(data, head_of(call), lambda _: values):
        yield with_call(request, data="0x" + each.hex())


def head_of(call: Mapping[str, Any]) -> int:
    """Bytes before the first word of a call's data."""
    return 0 if call["create"] else 4


def bent_data(data: bytes, head: int) -> Iterator[bytes]:
    """The data cut short, with other words, with another selector."""
    for cut in (0, 1, head, head + 31, len(data) - 32, len(data) - 1):
        if 0 <= cut < len(data):
            yield data[:cut]
    yield from _other_words(data, head, near)
    selector = int.from_bytes(data[:head], "big")
    for value in (selector + 1, selector - 1, 0, (1 << 32) - 1) if len(data) >= head > 0 else ():
        yield (value % (1 << 32)).to_bytes(4, "big") + data[head:]


def words_of(data: bytes, head: int, most: int) -> Iterator[tuple[int, int]]:
    """The first words of call data, at most so many: (place in the data, word)."""
    for at in range(head, len(data) - 31, 32)[:most]:
        yield at, int.from_bytes(data[at : at + 32], "big")


def past(request: Request) -> int:
    """A time shortly before the block's that is 1 in its last byte, so true where a flag is read."""
    return max(0, int(request["env"]["timestamp"], 16) - 0x100) | 1


def _other_words(data: bytes, head: int, values: Values) -> Iterator[bytes]:
    """The data with one word changed to each of the values that there are for it."""
    for at, word in words_of(data, head, WORDS):
        for value in values(word):
            yield data[:at] + value.to_bytes(32, "big") + data[at + 32 :]


def near(value: int) -> tuple[int, ...]:
    """Values at which checks of a word fail: zero, limits of types, neighbours."""
    near = (value ^ 1, value + 1, value - 1, 0, 1)
    limits = (WORD - 1, WORD >> 1, (1 << 64) - 1, 1 << 64, (1 << 128) - 1, 1 << 160)
    return tuple(each for each in dict.fromkeys(each % WORD for each in (*near, *limits)) if each != value)
