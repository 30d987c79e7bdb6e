"""Requests and results go to JSON and back unchanged, and what is not canonical is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.campaign import Effort, trials
from audit.differential.execution import Library
from audit.inputs.job import open_job
from tests.targets import target
from transpiler.settings import Settings
from zkvm import proof
from zkvm.errors import InputError, InternalError
from zkvm.host.request import Account, request_of
from zkvm.host.result import Result, result_of
from zkvm.host.transaction import PRICES

A, B = "0x" + "0a" * 20, "0x" + "0b" * 20
TRANSACTION: dict[str, Any] = {
    "nonce": "0x3", "gas_limit": "0x5208", "max_fee_per_gas": "0x9", "max_priority_fee_per_gas": "0x0", "max_fee_per_blob_gas": "0x1",
    "access_list": [{"address": A, "storage_keys": ["0x0", "0xff"]}, {"address": B, "storage_keys": []}],
    "authorizations": [{"chain_id": "0x1", "address": B, "nonce": "0x0", "y_parity": "0x1", "r": "0x7", "s": "0x8"}],
    "blob_hashes": ["0x01" + "00" * 31], "type": 4,
}  # fmt: skip
ENV: dict[str, Any] = {
    "number": "0x1", "timestamp": "0x2", "coinbase": A, "prevrandao": "0x" + "f" * 64, "difficulty": "0x0", "gas_limit": "0x1c9c380",
    "chain_id": "0x1", "base_fee": "0x7", "blob_base_fee": "0x1", "gas_price": "0x9", "block_hashes": {"0x0": "0x" + "22" * 32},
    "blob_hashes": ["0x" + "33" * 32],
}  # fmt: skip
CALL: dict[str, Any] = {"create": False, "caller": A, "origin": A, "to": B, "value": "0x0", "data": "0x00ff"}
REQUEST: dict[str, Any] = {
    "fork": "Osaka", "env": ENV, "contract": B, "messages": True,
    "state": {A: {"balance": "0xff", "nonce": "0x0", "code": "0x", "storage": {}},
              B: {"balance": "0x0", "nonce": "0x1", "code": "0x00", "storage": {"0x0": "0x1"}}},
    "calls": [
        {**CALL, "gas": "0x0"},
        {**CALL, "create": True, "gas": "0x7fffffffffffffff", "code": "0x5f5ff3", "env": {"number": "0x2", "block_hashes": {}}},
        {**CALL, "transaction": TRANSACTION},
        {**{name: value for name, value in CALL.items() if name != "to"}, "create": True, "code": "0x",
         "transaction": {"nonce": "0x0", "gas_limit": "0x0", "gas_price": "0x0"}},
    ],
}  # fmt: skip
MESSAGE: dict[str, Any] = {
    "depth": 1, "kind": "staticcall", "from": A, "to": B, "value": "0x0", "gas": "0x64", "input": "0x01", "output": "0x", "status": "halt",
}  # fmt: skip
ENDED: dict[str, Any] = {
    "status": "success", "return_data": "0x01", "gas_left": "0x0", "refund": "0x12c0", "destroyed": [A], "steps": 7,
    "logs": [{"address": B, "topics": ["0x" + "44" * 32], "data": "0x"}], "messages": [MESSAGE],
}  # fmt: skip
RESULT: dict[str, Any] = {
    "calls": [ENDED, {**{k: v for k, v in ENDED.items() if k != "messages"}, "status": "refused", "reason": "nonce-too-low"}],
    "state": {A: {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}, "absent": True}},
    "unsupported": {"code": "step-limit", "what": "JUMP", "call": 2, "pc": None, "id": 9},
    "missing_code": {"code": "0x00", "kind": "runtime"},
}  # fmt: skip


def test_there_and_back() -> None:
    assert request_of(REQUEST).as_json() == REQUEST
    assert result_of(RESULT).as_json() == RESULT
    assert request_of(json.loads(json.dumps(REQUEST))) == request_of(REQUEST)


def places(document: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all values below the document."""
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    return [each for key, value in items for each in ((*path, key), *places(value, (*path, key)))]


def changed(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    copied = json.loads(json.dumps(document))  # no part is shared, as it is in a deep copy
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copied


ODD: tuple[Any, ...] = (None, 5.5, "x", "0x0G", True, [[]], {"x": 1})
FITS: dict[str | int, tuple[Any, ...]] = {
    "fork": ("x", "0x0G"), "messages": (True,), "create": (True,), "absent": (True,), "unsupported": (None,), "missing_code": (None,),
    "pc": (None,), "code": ("x", "0x0G"), "what": ("x", "0x0G"), "reason": ("x", "0x0G"), "kind": ("x", "0x0G"),
}  # fmt: skip
"""What a member may be, too: texts are not looked into."""


def place_of(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path).removeprefix(".")


@pytest.mark.parametrize(("read", "document"), [(request_of, REQUEST), (result_of, RESULT)])
def test_what_is_not_canonical_is_refused_with_its_place(read: Any, document: Any) -> None:
    refused = 0
    for path in places(document):
        for odd in (each for each in ODD if each not in FITS.get(path[-1], ())):
            with pytest.raises(InputError if read is request_of else InternalError) as caught:
                read(changed(document, path, odd))
            assert str(caught.value.place).startswith(place_of(path[:-1])), path
            refused += 1
    assert refused > 200


@pytest.mark.parametrize("text", ["0x00", "0x", "0xA", "0x01", "1", "0X1", "-0x1", "0x1" + "0" * 64])
def test_quantities_are_minimal(text: str) -> None:
    path = ("calls", 0, "value")
    with pytest.raises(InputError) as caught:
        request_of(changed(REQUEST, path, text))
    assert (caught.value.code, str(caught.value.place)) == ("request-malformed", "calls[0].value")


@pytest.mark.parametrize("text", ["", "0", "00", "0x0", "0xAB", "0x 00", "0x00 ", "0xg0", "0X00"])
def test_bytes_are_pairs_of_digits_in_lower_case(text: str) -> None:
    with pytest.raises(InputError) as caught:
        request_of(changed(REQUEST, ("calls", 0, "data"), text))
    assert str(caught.value.place) == "calls[0].data"


def test_members_that_do_not_belong_together_are_refused() -> None:
    plain, _, transaction, created = REQUEST["calls"]
    wrong = (
        {name: value for name, value in plain.items() if name != "gas"},
        {**plain, "code": "0x"},
        {**transaction, "gas": "0x0"},
        {**created, "to": A},
        {**plain, "surprise": 1},
    )
    for call in wrong:
        with pytest.raises(InputError) as caught:
            request_of({**REQUEST, "calls": [plain, call]})
        assert str(caught.value.place) == "calls[1]"


@pytest.mark.parametrize("stated", [{}, {"gas_price", "max_fee_per_gas", "max_priority_fee_per_gas"}, {"max_fee_per_gas"}])
def test_a_transaction_has_one_form_of_price(stated: set[str]) -> None:
    call = REQUEST["calls"][2]
    terms = {name: value for name, value in TRANSACTION.items() if name not in PRICES} | dict.fromkeys(stated, "0x1")
    with pytest.raises(InputError) as caught:
        request_of({**REQUEST, "calls": [{**call, "transaction": terms}]})
    assert str(caught.value.place) == "calls[0].transaction"


@pytest.mark.parametrize(
    "path", [("env", "blob_hashes", 0), ("env", "block_hashes", "0x0"), ("calls", 2, "transaction", "blob_hashes", 0)]
)
def test_hashes_may_be_quantities(path: tuple[str | int, ...]) -> None:
    """As the Rust executor takes them."""
    assert request_of(changed(REQUEST, path, "0x7")) == request_of(changed(REQUEST, path, "0x" + "00" * 31 + "07"))


def test_gas_of_a_message_fits_a_signed_word() -> None:
    with pytest.raises(InputError, match=r"calls\[0\].gas: .*2\^63"):
        request_of(changed(REQUEST, ("calls", 0, "gas"), hex(1 << 63)))


def test_accounts_that_do_not_exist_are_not_in_the_next_state() -> None:
    there = Account(balance=1)
    assert Result((), {A: there, B: Account(absent=True)}).next_state == {A: there}
    assert Result((), {A: there}).account(B).empty


def test_slots_that_become_zero_go() -> None:
    assert Account(storage={1: 2, 3: 4}).with_slots({1: 0, 5: 6}).storage == {3: 4, 5: 6}


@pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")
def test_what_both_sides_really_say(contracts: Path) -> None:
    token = target(contracts / "tokens/Token.sol")
    for trial in trials(token, Effort(sequences=12)):
        request, theirs = dict(trial.request), {**trial.result}
        assert request_of(request).as_json() == request
        del theirs["trace"]
        assert result_of(theirs).as_json() == theirs
        ours = Library().run(request)
        assert result_of(ours).as_json() == ours


@pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")
@pytest.mark.parametrize(("name", "source"), [("uniswap-v2", "Meter"), ("council", "TimelockCouncil")])
def test_flows_of_several_contracts(contracts: Path, name: str, source: str) -> None:
    calls = contracts / f"flows/{name}.calls.json"
    job = open_job(contracts / f"flows/{source}.sol", Settings(offline=True), calls)
    assert job.request is not None
    request = {**job.request, "messages": True}
    assert request_of(request).as_json() == request
    result = oracle.run(request)
    assert result_of(result).as_json() == result
    assert any(each.messages for each in result_of(result).calls)
