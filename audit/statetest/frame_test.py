"""The legacy VMTests format: one frame, hand-written code, Homestead rules."""

from __future__ import annotations

from typing import Any, Final

from audit.statetest.fields import Account, address_text, block_hashes, read_bytes, read_state, state_entries
from audit.statetest.vectors import Fails, Leaves, Vector
from zkvm.errors import Unsupported

FORK: Final[str] = "Homestead"


def parse(file: str, name: str, test: dict[str, Any]) -> Vector:
    """The test as a bare message.

    Raises: KeyError, TypeError, ValueError or AttributeError for what is not of the format; Unsupported for a value that the account
    does not hold.
    """
    run = {key: int(run_value, 16) for key, run_value in test["exec"].items() if key not in ("code", "data")}
    code = read_bytes(test["exec"]["code"])
    state = read_state(test["pre"])
    expected: Fails | Leaves = Fails()
    if "post" in test:
        made_up = run["caller"] if run["caller"] not in state else None
        output, logs_hash = read_bytes(test["out"]), read_bytes(test["logs"])
        expected = Leaves(output, int(test["gas"], 16), logs_hash, read_state(test["post"]), made_up)
    before = _before_value(state, run["caller"], run["address"], run["value"], code)
    call = {
        "create": False,
        "caller": address_text(run["caller"]),
        "origin": address_text(run["origin"]),
        "to": address_text(run["address"]),
        "value": hex(run["value"]),
        "data": "0x" + read_bytes(test["exec"]["data"]).hex(),
        "gas": hex(run["gas"]),
    }
    request = {
        "fork": FORK,
        "env": _environment(test["env"], run["gasPrice"]),
        "contract": address_text(run["address"]),
        "state": state_entries(before),
        "calls": [call],
    }
    return Vector(file, name, FORK, request, expected)


def _before_value(state: dict[int, Account], caller: int, address: int, value: int, code: bytes) -> dict[int, Account]:
    """The state from which moving the value leads to the test's: its frame begins after the value moved."""
    nothing: Account = (0, 0, b"", ())
    before = dict(state)
    balance, nonce, _, slots = before.get(address, nothing)
    if balance < value:
        raise Unsupported("value-not-held", "the account holds less than the value that it was sent")
    before[address] = (balance - value, nonce, code, slots)
    balance, nonce, its_code, slots = before.get(caller, nothing)
    before[caller] = (balance + value, nonce, its_code, slots)
    return before


def _environment(env: dict[str, str], gas_price: int) -> dict[str, Any]:
    number = int(env["currentNumber"], 16)
    return {
        "number": hex(number),
        "timestamp": hex(int(env["currentTimestamp"], 16)),
        "coinbase": address_text(int(env["currentCoinbase"], 16)),
        "prevrandao": "0x0",
        "difficulty": hex(int(env["currentDifficulty"], 16)),
        "gas_limit": hex(int(env["currentGasLimit"], 16)),
        "chain_id": "0x1",
        "base_fee": "0x0",
        "blob_base_fee": "0x0",
        "gas_price": hex(gas_price),
        "block_hashes": block_hashes(number),
        "blob_hashes": [],
    }
