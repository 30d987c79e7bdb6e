"""Results in the JSON form of ISA 8.2 and 8.11."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zkvm.isa.rules import RuleSet
from zkvm.machine.driver import Record
from zkvm.machine.message import Outcome
from zkvm.machine.world import Log, World


def result_of(outcome: Outcome, world: World, steps: int) -> dict[str, Any]:
    """A transaction's result."""
    return {
        "status": outcome.status,
        "return_data": "0x" + outcome.output.hex(),
        "gas_left": hex(outcome.gas_left),
        "refund": hex(world.refund),
        "logs": [_log(log) for log in world.logs],
        "destroyed": [_address(account) for account in sorted(world.destroyed)],
        "steps": steps,
    }


def refused(reason: str, messages: bool) -> dict[str, Any]:
    """The result of a transaction that the rule set refuses: nothing of note but the reason (ISA 8.10)."""
    result: dict[str, Any] = {"status": "refused", "reason": reason, "return_data": "0x", "gas_left": "0x0", "refund": "0x0"}
    result |= {"logs": [], "destroyed": [], "steps": 0}
    return {**result, "messages": []} if messages else result


def messages_of(records: Iterable[Record]) -> list[dict[str, Any]]:
    """A transaction's messages in the order in which they began (ISA 8.11)."""
    return [
        {
            "depth": record.message.depth,
            "kind": record.message.kind,
            "from": _address(record.message.sender),
            "to": _address(record.message.code_address),
            "value": hex(record.message.value),
            "gas": hex(record.message.gas),
            "input": "0x" + record.message.data.hex(),
            "output": "0x" + record.outcome.output.hex(),
            "status": record.outcome.status,
        }
        for record in records
    ]


def state_of(world: World, rules: RuleSet) -> dict[str, Any]:
    """All accounts of the request and each touched one; one that does not exist says so (ISA 8.7)."""
    after: dict[str, Any] = {}
    for account in sorted({*world.existing, *(world.outlived if rules.empty_is_absent else ())}):
        entry = after[_address(account)] = {
            "balance": hex(world.balance(account)),
            "nonce": hex(world.nonce(account)),
            "code": "0x" + world.code(account).hex(),
            "storage": {hex(key): hex(word) for key, word in world.slots(account).items()},
        }
        if not world.exists(account, rules):
            entry["absent"] = True
    return after


def _address(account: int) -> str:
    return f"{account:#042x}"


def _log(log: Log) -> dict[str, Any]:
    return {"address": _address(log.address), "topics": [f"{topic:#066x}" for topic in log.topics], "data": "0x" + log.data.hex()}
