"""Requests over accounts given as assembly, run in the Python machine and in revm."""

from __future__ import annotations

from typing import Any, Final

from audit.differential import oracle
from transpiler.evm.assemble import assemble
from transpiler.translate import translate
from zkvm import machine
from zkvm.machine.programs import Translate
from zkvm.program import Kind, Program

SENDER: Final = 0xCA110001
A, B, C = 0xC0DE000A, 0xC0DE000B, 0xC0DE000C
COINBASE: Final = 0xC01B0001
ENVIRONMENT: Final = {
    "number": "0x5", "timestamp": "0x5", "coinbase": f"{COINBASE:#042x}", "prevrandao": "0x0", "difficulty": "0x0",
    "gas_limit": "0x1c9c380", "chain_id": "0x1", "base_fee": "0x7", "blob_base_fee": "0x1", "gas_price": "0x9",
    "block_hashes": {}, "blob_hashes": [],
}  # fmt: skip


def hexed(account: int) -> str:
    """An address."""
    return f"{account:#042x}"


def account(code: str = "", balance: int = 0, nonce: int = 0, storage: dict[int, int] | None = None) -> dict[str, Any]:
    """An entry of the state; the code is assembly."""
    slots = {hex(key): hex(word) for key, word in (storage or {}).items()}
    return {"balance": hex(balance), "nonce": hex(nonce), "code": "0x" + assemble(code).hex(), "storage": slots}


def call(to: int, value: int = 0, gas: str = "GAS", kind: str = "CALL", given: int = 0, out: tuple[int, int] = (0, 0)) -> str:
    """Assembly of a call with `given` bytes of input from offset 0; its result is left on the stack."""
    amount = f"{value}" if kind in ("CALL", "CALLCODE") else ""
    return f"{out[1]} {out[0]} {given} 0 {amount} {to} {gas} {kind} "


RETURN: Final = "0 MSTORE 32 0 RETURN "
"""Returns the word on top of the stack."""


def keep(slot: int) -> str:
    """Stores the word on top of the stack."""
    return f"{slot} SSTORE "


def request(fork: str, accounts: dict[int, dict[str, Any]], *calls: dict[str, Any], **env: Any) -> dict[str, Any]:
    """A request; the sender has funds, and the first call goes to A unless it says otherwise."""
    state = {SENDER: account(balance=1 << 100), **accounts}
    default = {"create": False, "caller": hexed(SENDER), "origin": hexed(SENDER), "to": hexed(A), "value": "0x0", "data": "0x"}
    entries = []
    for each in calls or ({},):
        entry = {**default, **each}
        if "transaction" not in entry:
            entry.setdefault("gas", hex(1_000_000))
        elif entry["create"]:
            del entry["to"]
        entries.append(entry)
    document = {"fork": fork, "env": {**ENVIRONMENT, **env}, "contract": hexed(A), "messages": True}
    return {**document, "state": {hexed(key): value for key, value in state.items()}, "calls": entries}


def translator(fork: str) -> Translate:
    """Translates what is asked for, each code once."""
    known: dict[tuple[bytes, Kind], Program] = {}

    def answer(code: bytes, kind: Kind) -> Program:
        if (code, kind) not in known:
            known[code, kind] = translate(code, fork, kind).program
        return known[code, kind]

    return answer


def run(document: dict[str, Any], *programs: Program) -> dict[str, Any]:
    """The machine's result, equal to revm's in all that both say."""
    result = machine.execute(document, programs, translate=translator(document["fork"]))
    assert result["unsupported"] is None
    assert result["missing_code"] is None
    expected = oracle.run(document)
    assert comparable(result) == comparable(expected)
    return result


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """What machine and revm have in common: no steps, no accounts that do not exist, no messages below one that halted.

    A frame that will halt may halt at once (ISA 3.3), so which messages it sends before is not a fact of the EVM.
    """
    calls = []
    for each in result["calls"]:
        kept = {name: value for name, value in each.items() if name != "steps"}
        calls.append({**kept, "destroyed": sorted(each["destroyed"]), "messages": pruned(each.get("messages", []))})
    state = {address: entry for address, entry in result["state"].items() if not entry.get("absent")}
    return {"calls": calls, "state": state}


def pruned(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages without those that a halting one sent."""
    kept: list[dict[str, Any]] = []
    halted = 1 << 30
    for message in messages:
        if message["depth"] > halted:
            continue
        halted = message["depth"] if message["status"] == "halt" else 1 << 30
        kept.append(message)
    return kept


def slots(result: dict[str, Any], address: int) -> dict[int, int]:
    """The storage of an account after a run."""
    return {int(key, 16): int(word, 16) for key, word in result["state"][hexed(address)]["storage"].items()}


def returned(result: dict[str, Any], index: int = 0) -> int:
    """The word that a call returned."""
    entry = result["calls"][index]
    assert entry["status"] == "success", entry
    return int(entry["return_data"], 16)
