"""Compares an executor's result with what a test expects."""

from __future__ import annotations

from typing import Any

from audit.statetest.rlp import logs_hash
from audit.statetest.vectors import Expected, Vector, parse_state


def judge(vector: Vector, result: dict[str, Any]) -> str | None:
    """What is wrong with a result, or None."""
    if result["unsupported"]:
        reached = result["unsupported"]
        return f"unsupported: {reached['what']} [{reached['code']}]"
    if result["missing_code"]:
        return "a code object has no program"
    call = result["calls"][0]
    if vector.expected is None:
        return None if call["status"] == "halt" else f"it must fail, and ends with {call['status']}"
    if call["status"] != "success":
        return f"it must succeed, and ends with {call['status']}"
    return _difference(vector, vector.expected, call, result["state"])


def _difference(vector: Vector, expected: Expected, call: dict[str, Any], state: dict[str, Any]) -> str | None:
    if call["return_data"] != "0x" + expected.output.hex():
        return f"output {call['return_data']}, not 0x{expected.output.hex()}"
    if int(call["gas_left"], 16) != expected.gas_left:
        return f"gas left {int(call['gas_left'], 16)}, not {expected.gas_left}"
    logs = [
        (bytes.fromhex(log["address"][2:]), [bytes.fromhex(topic[2:]) for topic in log["topics"]], bytes.fromhex(log["data"][2:]))
        for log in call["logs"]
    ]
    if logs_hash(logs) != expected.logs_hash:
        return f"logs hash 0x{logs_hash(logs).hex()}, not 0x{expected.logs_hash.hex()}"
    accounts = parse_state(state)
    for address in call["destroyed"]:
        del accounts[int(address, 16)]
    if vector.made_up is not None and accounts.get(vector.made_up) == (0, 0, b"", ()):
        del accounts[vector.made_up]
    for address in sorted(accounts.keys() | expected.state.keys()):
        if accounts.get(address) != expected.state.get(address):
            return f"account {address:#042x} is {accounts.get(address)}, not {expected.state.get(address)}"
    return None
