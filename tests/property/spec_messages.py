"""Transactions in the execution-specs with the messages that they enter (ISA 8.11), and with types that their members do not ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.property.spec_transactions import Transactions, _Unknown

NEWEST_TYPE = 4


class WithMessages(Transactions):
    """A request of transactions, each result with its messages."""

    def _outcome(self) -> dict[str, Any]:
        messages: list[dict[str, Any]] = []
        with self._recorded(messages):
            outcome = super()._outcome()
        return outcome if outcome["status"] == "refused" else {**outcome, "messages": entered(messages)}

    def _signed(self) -> Any:
        terms = self.call["transaction"]
        price = terms.get("max_fee_per_gas", terms.get("gas_price"))
        whole = {"gas_price": price, "max_fee_per_gas": price, "max_priority_fee_per_gas": "0x0", "max_fee_per_blob_gas": "0x0"}
        self.kind = terms.get("type", super()._type())
        self.call = {**self.call, "transaction": {**whole, **terms}}
        return super()._signed()

    def _type(self) -> int:
        if self.kind > NEWEST_TYPE:
            raise _Unknown
        return int(self.kind)

    @contextmanager
    def _recorded(self, messages: list[dict[str, Any]]) -> Iterator[None]:
        interpreter = self.module("vm.interpreter")
        call, create = interpreter.process_message, interpreter.process_create_message
        creating: list[Any] = []

        def record(message: Any, run: Any, data: bytes, creates: bool) -> Any:
            told: dict[str, Any] = {"depth": int(message.depth), "create": creates, "value": hex(int(message.value))}
            told |= {"gas": hex(int(message.gas)), "input": "0x" + bytes(data).hex()}
            messages.append(told)
            evm = run(message)
            failure = type(evm.error).__name__ if evm.error else ""
            told["status"] = "success" if not failure else "revert" if failure == "Revert" else "halt"
            told["output"] = "0x" if told["status"] == "halt" else "0x" + bytes(evm.output).hex()
            return evm

        def watched_call(message: Any) -> Any:
            if creating and creating[-1] is message:  # a create runs its init code as a message
                return call(message)
            return record(message, call, message.data, creates=False)

        def watched_create(message: Any) -> Any:
            creating.append(message)
            try:
                return record(message, create, message.code, creates=True)
            finally:
                creating.pop()

        with (
            patch.object(interpreter, "process_message", watched_call),
            patch.object(interpreter, "process_create_message", watched_create),
        ):
            yield


def comparable(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The oracle's outcomes in the members that both sides have."""
    found: list[dict[str, Any]] = []
    for call in result["calls"]:
        if call["status"] == "refused":
            found.append({"status": "refused"})
            continue
        kept = {name: call[name] for name in ("status", "gas_left", "refund", "logs", "destroyed")}
        found.append({**kept, "messages": entered([_comparable(each) for each in call["messages"]])})
    return found


def entered(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that entered a frame; not creates that halt, for the execution-specs tell nothing of one that collides."""
    return [each for each in messages if each["status"] != "refused" and not (each["create"] and each["status"] == "halt")]


def _comparable(message: dict[str, Any]) -> dict[str, Any]:
    kept = {name: message[name] for name in ("depth", "value", "gas", "input", "status", "output")}
    return {**kept, "create": message["kind"].startswith("create")}
