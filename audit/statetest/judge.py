"""Compares an executor's result with what a test expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.statetest.fields import read_bytes, read_state
from audit.statetest.logs import logs_hash
from audit.statetest.refusals import MALFORMED, misjudged
from audit.statetest.vectors import Fails, Leaves, Transacts, Vector
from zkvm import proof


def judge(vector: Vector, result: Mapping[str, Any]) -> str | None:
    """What is wrong with a result, or None."""
    if result["unsupported"]:
        reached = result["unsupported"]
        return f"unsupported: {reached['what']} [{reached['code']}]"
    if result["missing_code"]:
        return "a code object has no program"
    call = result["calls"][0]
    match vector.expected:
        case Fails():
            return None if call["status"] == "halt" else f"it must fail, and ends with {call['status']}"
        case Leaves() as left:
            if call["status"] != "success":
                return f"it must succeed, and ends with {call['status']}"
            return _frame_difference(left, call, result["state"])
        case Transacts() as expected:
            return _refusal(expected, call) or _difference(expected, call, result["state"])


def refused_unread(vector: Vector) -> dict[str, Any]:
    """The result of a transaction whose bytes cannot be read: refused, and nothing changed."""
    call = {"status": "refused", "reason": MALFORMED, "logs": []}
    return {"calls": [call], "state": vector.request["state"], "unsupported": None, "missing_code": None}


def _refusal(expected: Transacts, call: Mapping[str, Any]) -> str | None:
    if call["status"] != "refused":
        return (
            None if expected.exception is None else f"it must be refused for {expected.exception}, and ends with {call['status']}"
        )
    if expected.exception is None:
        return f"it must run, and is refused for {call['reason']}"
    return misjudged(expected.exception, call["reason"])


def _difference(expected: Transacts, call: Mapping[str, Any], state: Mapping[str, Any]) -> str | None:
    if (wrong := _logs_difference(expected.logs_hash, call)) is not None:
        return wrong
    root = proof.state_root(state)
    return None if root == expected.state_root else f"state root 0x{root.hex()}, not 0x{expected.state_root.hex()}"


def _logs_difference(expected: bytes, call: Mapping[str, Any]) -> str | None:
    logs = [
        (read_bytes(log["address"]), [read_bytes(topic) for topic in log["topics"]], read_bytes(log["data"]))
        for log in call["logs"]
    ]
    found = logs_hash(logs)
    return None if found == expected else f"logs hash 0x{found.hex()}, not 0x{expected.hex()}"


def _frame_difference(expected: Leaves, call: Mapping[str, Any], state: Mapping[str, Any]) -> str | None:
    if call["return_data"] != "0x" + expected.output.hex():
        return f"output {call['return_data']}, not 0x{expected.output.hex()}"
    if int(call["gas_left"], 16) != expected.gas_left:
        return f"gas left {int(call['gas_left'], 16)}, not {expected.gas_left}"
    if (wrong := _logs_difference(expected.logs_hash, call)) is not None:
        return wrong
    accounts = read_state({address: entry for address, entry in state.items() if not entry.get("absent")})
    for address in call["destroyed"]:
        accounts.pop(int(address, 16), None)
    if expected.made_up is not None and accounts.get(expected.made_up) == (0, 0, b"", ()):
        del accounts[expected.made_up]
    for address in sorted(accounts.keys() | expected.state.keys()):
        if accounts.get(address) != expected.state.get(address):
            return f"account {address:#042x} is {accounts.get(address)}, not {expected.state.get(address)}"
    return None
