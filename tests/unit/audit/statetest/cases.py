"""A state test by hand: a contract stores 1 and gives an empty log; what must come of it is worked out here, by no machine."""

from __future__ import annotations

from typing import Any, Final

from audit.statetest.logs import logs_hash
from zkvm import proof

SENDER: Final = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
CONTRACT: Final = "0x00000000000000000000000000000000000c0de1"
COINBASE: Final = "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba"
NO_LOGS: Final = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
CODE: Final = "0x600160005560006000a000"
"""PUSH1 1, PUSH1 0, SSTORE, PUSH1 0, PUSH1 0, LOG0, STOP."""
USED: Final = 21_000 + 4 * 3 + 22_100 + 375
PRICE: Final = 16
BASE_FEE: Final = 10
BALANCE: Final = 10**9
FUNDS: Final = "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"


def account(balance: int, nonce: int = 0, code: str = "0x", storage: dict[str, str] | None = None) -> dict[str, Any]:
    """An account of a test's or a request's state."""
    return {"balance": hex(balance), "nonce": hex(nonce), "code": code, "storage": storage or {}}


def before() -> dict[str, Any]:
    """The state before."""
    return {SENDER: account(BALANCE), CONTRACT: account(5, 1, CODE)}


def after() -> dict[str, Any]:
    """The state after the first entry: value 0."""
    return {
        SENDER: account(BALANCE - USED * PRICE, 1),
        CONTRACT: account(5, 1, CODE, {"0x0": "0x1"}),
        COINBASE: account(USED * (PRICE - BASE_FEE)),
    }


def root(state: dict[str, Any]) -> str:
    """A state's root, as test files have it."""
    return "0x" + proof.state_root(state).hex()


def case() -> dict[str, Any]:
    """Two entries: one that runs, and one whose value the sender cannot pay."""
    logs = "0x" + logs_hash([(bytes.fromhex(CONTRACT[2:]), [], b"")]).hex()
    return {
        "env": {
            "currentBaseFee": hex(BASE_FEE), "currentCoinbase": COINBASE, "currentDifficulty": "0x020000", "currentExcessBlobGas": "0x00",
            "currentGasLimit": "0x05f5e100", "currentNumber": "0x02", "currentRandom": "0x020000", "currentTimestamp": "0x03e8",
        },
        "pre": before(),
        "post": {
            "Cancun": [
                {"hash": root(after()), "logs": logs, "indexes": {"data": 0, "gas": 0, "value": 0}, "txbytes": "0x"},
                {
                    "hash": root(before()), "logs": NO_LOGS, "indexes": {"data": 0, "gas": 0, "value": 1}, "txbytes": "0x",
                    "expectException": FUNDS,
                },
            ]
        },
        "transaction": {
            "data": ["0x"], "gasLimit": ["0x0186a0"], "gasPrice": hex(PRICE), "nonce": "0x00", "secretKey": "0x01", "sender": SENDER,
            "to": CONTRACT, "value": ["0x00", hex(BALANCE)],
        },
    }  # fmt: skip
