"""The virtual stack of the generic tier."""

from __future__ import annotations

from transpiler.lower.draft import Draft
from transpiler.lower.stack import VirtualStack
from zkvm.isa.table import BY_CODE


def rows(draft: Draft) -> list[tuple[str, int | object]]:
    return [(BY_CODE[row.op].name, row.c) for row in draft.chained]


def test_what_stays_is_not_touched() -> None:
    draft = Draft()
    stack = VirtualStack(draft)
    stack.dup(3)
    stack.drop()
    stack.swap(1)
    stack.swap(1)
    stack.flush(0)
    assert rows(draft) == []


def test_loads_come_before_stores() -> None:
    draft = Draft()
    stack = VirtualStack(draft)
    stack.swap(2)
    stack.flush(0)
    assert rows(draft) == [("SLD", 0), ("SLD", 2), ("SST", 2), ("SST", 0)]
    assert draft.chained[2].a is draft.chained[0]
    assert draft.chained[3].a is draft.chained[1]


def test_height() -> None:
    draft = Draft()
    stack = VirtualStack(draft)
    stack.push(draft.word(7))
    stack.push(draft.word(8))
    stack.flush(0)
    assert rows(draft) == [("SST", -1), ("SST", -2), ("SADJ", 2)]
    stack.drop()
    stack.drop()
    stack.drop()
    stack.flush(0)
    assert rows(draft)[3:] == [("SADJ", -3)]


def test_one_load_for_several_uses() -> None:
    draft = Draft()
    stack = VirtualStack(draft)
    stack.dup(2)
    stack.dup(3)
    assert stack.pop(0) is stack.pop(0)
    assert rows(draft) == [("SLD", 1)]
