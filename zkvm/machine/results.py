"""What a transaction leaves, as results tell it (ISA 8.2, 8.11)."""

from __future__ import annotations

from collections.abc import Iterable

from zkvm.host.reading import address_text
from zkvm.host.result import CallResult, Message
from zkvm.machine.driver import Record
from zkvm.machine.message import Outcome
from zkvm.machine.world import World


def call_result(outcome: Outcome, world: World, steps: int, messages: tuple[Message, ...] | None) -> CallResult:
    """The result of a transaction that ran."""
    return CallResult(
        outcome.status,
        outcome.output,
        outcome.gas_left,
        world.refund,
        world.logs,
        tuple(address_text(account) for account in sorted(world.destroyed)),
        steps,
        messages=messages,
    )


def refused(reason: str, messages: bool) -> CallResult:
    """The result of a transaction that the rule set refuses: nothing of note but the reason (ISA 8.10)."""
    return CallResult("refused", b"", 0, 0, (), (), 0, reason, () if messages else None)


def messages_of(records: Iterable[Record]) -> tuple[Message, ...]:
    """A transaction's messages in the order in which they began (ISA 8.11)."""
    return tuple(_message(record) for record in records)


def _message(record: Record) -> Message:
    asked, outcome = record.message, record.outcome
    return Message(
        asked.depth,
        asked.kind,
        address_text(asked.sender),
        address_text(asked.code_address),
        asked.value,
        asked.gas,
        asked.data,
        outcome.output,
        outcome.status,
    )
