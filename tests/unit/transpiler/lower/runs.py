"""Runs of one code object in both tiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from transpiler.translate import Translation, translate
from zkvm.machine import execute
from zkvm.program import Kind, Program

CONTRACT: Final = "0x00000000000000000000000000000000c0de0001"
CALLER: Final = "0x00000000000000000000000000000000ca110001"
ENVIRONMENT: Final[dict[str, Any]] = {
    "number": "0x1312d00", "timestamp": "0x65a0bc00", "coinbase": "0x00000000000000000000000000000000c01b0001", "prevrandao": "0x2a",
    "difficulty": "0x20000", "gas_limit": "0x1c9c380", "chain_id": "0x1", "base_fee": "0x3b9aca00", "blob_base_fee": "0x1",
    "gas_price": "0x3b9aca00", "block_hashes": {}, "blob_hashes": [],
}  # fmt: skip
STEP_LIMIT: Final = 50_000


def request(code: bytes, calls: Sequence[tuple[bytes, int]], fork: str = "Osaka", kind: Kind = "runtime") -> dict[str, Any]:
    """A request with one call per (data, gas)."""
    create = kind == "creation"
    accounts = {
        CONTRACT: {"balance": "0x0", "nonce": "0x1", "code": "0x" + code.hex(), "storage": {"0x1": "0x5"}},
        CALLER: {"balance": hex(1 << 128), "nonce": "0x0", "code": "0x", "storage": {}},
    }
    rows = [
        {
            "create": create,
            "caller": CALLER,
            "origin": CALLER,
            "to": CONTRACT,
            "value": "0x0",
            "data": "0x" + data.hex(),
            "gas": hex(gas),
        }
        for data, gas in calls
    ]
    if create:
        del accounts[CONTRACT]
        for row in rows:
            row["code"] = "0x" + code.hex()
    return {"fork": fork, "env": ENVIRONMENT, "contract": CONTRACT, "state": accounts, "calls": rows}


def run(program: Program, asked: dict[str, Any]) -> dict[str, Any]:
    """The result without what tells tiers apart: steps, and identifiers in `unsupported`."""
    result = execute(asked, [program], step_limit=STEP_LIMIT)
    for call in result["calls"]:
        del call["steps"]
    if result["unsupported"]:
        result["unsupported"]["id"] = 0
    return result


def both(code: bytes, fork: str = "Osaka", kind: Kind = "runtime") -> tuple[Translation, Translation]:
    """The translations in tier O and in tier G."""
    return translate(code, fork, kind), translate(code, fork, kind, tier="generic")


def agree(code: bytes, calls: Sequence[tuple[bytes, int]], fork: str = "Osaka", kind: Kind = "runtime") -> dict[str, Any]:
    """The result that both tiers give."""
    optimised, generic = both(code, fork, kind)
    asked = request(code, calls, fork, kind)
    result, other = run(optimised.program, asked), run(generic.program, asked)
    assert result == other, f"fork {fork}, code 0x{code[:200].hex()}"
    return result
