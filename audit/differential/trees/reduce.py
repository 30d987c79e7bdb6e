"""Smaller requests that still show a difference: fewer transactions and accounts, less code, less data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from audit.differential.trees.judge import Difference
from audit.differential.trees.writer import Code

BUDGET_RUNS: Final = 250
_JUMPDEST: Final = 0x5B
Request = dict[str, Any]
Judge = Callable[[Request], Difference | None]


def reduce(
    request: Request, found: Difference, judge: Judge, codes: Mapping[str, Code], budget: int = BUDGET_RUNS
) -> tuple[Request, Difference]:
    """The smallest request found within `budget` runs whose first difference is in the same field, with that difference."""
    best, last = {**request, "calls": request["calls"][: found.transaction + 1]}, found
    runs = 0
    for candidates in (_fewer, _without_accounts, lambda each: _less_code(each, codes), _less_data, _fewer):
        tried = True
        while tried and runs < budget:
            tried = False
            for candidate in candidates(best):
                if runs >= budget:
                    break
                runs += 1
                verdict = judge(candidate)
                if verdict is not None and verdict.field == found.field:
                    best, last, tried = candidate, verdict, True
                    break
    return best, last


def _fewer(request: Request) -> Iterator[Request]:
    calls = request["calls"]
    for at in range(len(calls)):
        if len(calls) > 1:
            yield {**request, "calls": calls[:at] + calls[at + 1 :]}
    for at, call in enumerate(calls):
        if "env" in call:
            yield _with_call(request, at, {key: value for key, value in call.items() if key != "env"})


def _without_accounts(request: Request) -> Iterator[Request]:
    state = request["state"]
    callers = {call["caller"] for call in request["calls"]}
    for address in state:
        if address not in callers:
            yield {**request, "state": {key: value for key, value in state.items() if key != address}}
    for address, account in state.items():
        if account["storage"]:
            yield _with_account(request, address, {**account, "storage": {}})


def _less_code(request: Request, codes: Mapping[str, Code]) -> Iterator[Request]:
    """Actions filled with JUMPDESTs, the longest first; and whole codes that only stop."""
    for address, account in request["state"].items():
        if len(account["code"]) > 4:
            yield _with_account(request, address, {**account, "code": "0x00"})
    for address, account in request["state"].items():
        code = bytes.fromhex(account["code"][2:])
        known = codes.get(address)
        if known is None or len(known.data) != len(code):
            continue
        for start, end in sorted(known.spans, key=lambda span: span[0] - span[1]):
            cut = code[:start] + bytes([_JUMPDEST]) * (end - start) + code[end:]
            if cut != code:
                yield _with_account(request, address, {**account, "code": "0x" + cut.hex()})


def _less_data(request: Request) -> Iterator[Request]:
    for at, call in enumerate(request["calls"]):
        data = bytes.fromhex(call["data"][2:])
        for shorter in (data[: len(data) // 2], data[:-32], data[:2]):
            if len(shorter) < len(data):
                yield _with_call(request, at, {**call, "data": "0x" + shorter.hex()})
        if len(data) > 1 and data[1] > 1 and not call["create"]:
            yield _with_call(request, at, {**call, "data": "0x" + bytes([data[0], data[1] - 1]).hex() + data[2:].hex()})
        if call["value"] != "0x0":
            yield _with_call(request, at, {**call, "value": "0x0"})
        shaped = call.get("transaction", {})
        for name in ("access_list", "authorizations", "blob_hashes"):
            for gone in range(len(shaped.get(name, []))):
                fewer = shaped[name][:gone] + shaped[name][gone + 1 :]
                yield _with_call(request, at, {**call, "transaction": {**shaped, name: fewer}})


def _with_call(request: Request, at: int, call: Request) -> Request:
    return {**request, "calls": [*request["calls"][:at], call, *request["calls"][at + 1 :]]}


def _with_account(request: Request, address: str, account: Request) -> Request:
    return {**request, "state": {**request["state"], address: account}}
