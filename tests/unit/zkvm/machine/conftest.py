"""One call of a program given as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from zkvm.isa.text import parse
from zkvm.lint import lint
from zkvm.machine import execute

CONTRACT = "0x00000000000000000000000000000000c0de0001"
CALLER = "0x00000000000000000000000000000000ca110001"
ENVIRONMENT = {
    "number": "0x1312d00",
    "timestamp": "0x65a0bc00",
    "coinbase": "0x00000000000000000000000000000000c01b0001",
    "prevrandao": "0x2a",
    "difficulty": "0x20000",
    "gas_limit": "0x1c9c380",
    "chain_id": "0x1",
    "base_fee": "0x3b9aca00",
    "blob_base_fee": "0x1",
    "gas_price": "0x3b9aca00",
    "block_hashes": {},
    "blob_hashes": [],
}
CODE = b"\x00"


def request(fork: str, **call: Any) -> dict[str, Any]:
    """A request with one call to the contract."""
    account = {"balance": "0x64", "nonce": "0x1", "code": "0x" + CODE.hex(), "storage": {"0x1": "0x5"}}
    defaults = {
        "create": False,
        "caller": CALLER,
        "origin": CALLER,
        "to": CONTRACT,
        "value": "0x0",
        "data": "0x",
        "gas": "0x989680",
    }
    payer = {"balance": hex(1 << 128), "nonce": "0x0", "code": "0x", "storage": {}}
    return {
        "fork": fork,
        "env": ENVIRONMENT,
        "contract": CONTRACT,
        "state": {CONTRACT: account, CALLER: payer},
        "calls": [{**defaults, **call}],
    }


@pytest.fixture
def run() -> Callable[..., dict[str, Any]]:
    """Runs lines of a program under a fork; `call`, `env`, `state` and `calls` change the request."""

    def run(text: str, fork: str = "Osaka", **changes: Any) -> dict[str, Any]:
        kind = "creation" if changes.get("create") else "runtime"
        program = replace(parse(f".program {fork} {kind}\n.code 0x{CODE.hex()}\nREGION\n{text}"))
        lint(program)
        env, state = changes.pop("env", {}), changes.pop("state", {})
        document = request(fork, **changes)
        document["env"] = {**ENVIRONMENT, **env}
        document["state"].update(state)
        return execute(document, [program])

    return run
