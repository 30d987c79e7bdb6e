"""Listings."""

from __future__ import annotations

from transpiler.evm.disassemble import disassemble
from transpiler.evm.text import listing, listing_json

CODE = bytes.fromhex("608060405b0c61ff")


def test_a_line_for_each_instruction() -> None:
    assert listing(disassemble(CODE, "Osaka")).splitlines() == [
        "code Osaka 8 bytes",
        "0x0000  PUSH1 0x80            gas 3",
        "0x0002  PUSH1 0x40            gas 3",
        "0x0004  JUMPDEST              gas 1  target",
        "0x0005  UNDEFINED_0C          gas 0",
        "0x0006  PUSH2 0xff00          gas 3",
    ]


def test_json() -> None:
    rows = listing_json(disassemble(CODE, "Osaka"))
    assert rows[0] == {"pc": 0, "name": "PUSH1", "value": "0x80", "gas": 3}
    assert rows[2]["value"] is None
