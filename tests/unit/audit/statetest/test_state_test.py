"""State tests become requests of ISA 8.1 and 8.10."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.statetest.files import load_file
from audit.statetest.state_test import blob_base_fee, environment
from audit.statetest.vectors import Indexes, Transacts, Vector
from tests.unit.audit.statetest.cases import CONTRACT, SENDER, case
from zkvm.errors import InputError
from zkvm.isa.rules import rules_of
from zkvm.word import keccak256


def read(tmp_path: Path, test: dict[str, Any]) -> list[Vector]:
    path = tmp_path / "test.json"
    path.write_text(json.dumps({"one": test}))
    return load_file(path)


def transaction(tmp_path: Path, **members: Any) -> dict[str, Any]:
    test = case()
    test["transaction"] = {key: value for key, value in {**test["transaction"], **members}.items() if value is not None}
    call: dict[str, Any] = read(tmp_path, test)[0].request["calls"][0]
    return call


def test_a_vector_an_entry(tmp_path: Path) -> None:
    first, second = read(tmp_path, case())
    assert (first.name, first.fork, first.indexes, second.indexes) == ("one", "Cancun", Indexes(0, 0, 0), Indexes(0, 0, 1))
    assert isinstance(first.expected, Transacts)
    assert isinstance(second.expected, Transacts)
    assert (first.expected.exception, second.expected.exception) == (None, "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS")
    assert first.request["calls"] == [
        {
            "create": False, "caller": SENDER, "origin": SENDER, "to": CONTRACT, "value": "0x0", "data": "0x",
            "transaction": {"nonce": "0x0", "gas_limit": "0x186a0", "gas_price": "0x10"},
        }
    ]  # fmt: skip
    assert second.request["calls"][0]["value"] == hex(10**9)
    assert first.request["contract"] == CONTRACT
    assert first.request["state"][CONTRACT] == {
        "balance": "0x5",
        "nonce": "0x1",
        "code": "0x600160005560006000a000",
        "storage": {},
    }


def test_a_create_has_its_data_as_code(tmp_path: Path) -> None:
    call = transaction(tmp_path, to="", data=["0x00"])
    assert (call["create"], call["code"], call["data"]) == (True, "0x00", "0x")
    assert "to" not in call


def test_types_follow_from_the_members(tmp_path: Path) -> None:
    fees = {"gasPrice": None, "maxFeePerGas": "0x14", "maxPriorityFeePerGas": "0x01"}
    listed = [{"address": CONTRACT.upper().replace("0X", "0x"), "storageKeys": ["0x00", "0x" + "0" * 63 + "1"]}]
    blob = "0x01" + "0" * 62
    assert transaction(tmp_path, accessLists=[None])["transaction"] == transaction(tmp_path)["transaction"]
    assert transaction(tmp_path, accessLists=[[]])["transaction"]["access_list"] == []
    assert transaction(tmp_path, accessLists=[listed])["transaction"]["access_list"] == [
        {"address": CONTRACT, "storage_keys": ["0x0", "0x1"]}
    ]
    market = transaction(tmp_path, **fees)["transaction"]
    assert market == {"nonce": "0x0", "gas_limit": "0x186a0", "max_fee_per_gas": "0x14", "max_priority_fee_per_gas": "0x1"}
    blobs = transaction(tmp_path, **fees, maxFeePerBlobGas="0x02", blobVersionedHashes=[blob])["transaction"]
    assert blobs == {**market, "max_fee_per_blob_gas": "0x2", "blob_hashes": [blob]}
    signed = [{"chainId": "0x01", "address": CONTRACT, "nonce": "0x00", "v": "0x01", "r": "0x05", "s": "0x06", "signer": SENDER}]
    assert transaction(tmp_path, **fees, authorizationList=signed)["transaction"]["authorizations"] == [
        {"chain_id": "0x1", "address": CONTRACT, "nonce": "0x0", "y_parity": "0x1", "r": "0x5", "s": "0x6"}
    ]


@pytest.mark.parametrize(("field", "text"), [("value", ["0x:bigint 0x1" + "0" * 64] * 2), ("nonce", "0x10000000000000000")])
def test_what_no_transaction_holds_is_named(tmp_path: Path, field: str, text: Any) -> None:
    test = case()
    test["transaction"][field] = text
    expected = read(tmp_path, test)[0].expected
    assert isinstance(expected, Transacts)
    assert expected.malformed == field


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ConstantinopleFix", "Petersburg"), ("Merge", "Paris"), ("EIP158", "SpuriousDragon")]
)
def test_rule_sets_have_other_names(tmp_path: Path, theirs: str, ours: str) -> None:
    test = case()
    test["post"] = {theirs: test["post"]["Cancun"]}
    assert read(tmp_path, test)[0].fork == ours


def test_the_environment_is_that_of_the_rule_set() -> None:
    env = case()["env"]
    cancun, berlin, paris = (environment(env, rules_of(fork)) for fork in ("Cancun", "Berlin", "Paris"))
    assert (cancun["prevrandao"], cancun["difficulty"], cancun["base_fee"], cancun["blob_base_fee"]) == (
        "0x20000",
        "0x0",
        "0xa",
        "0x1",
    )
    assert (berlin["prevrandao"], berlin["difficulty"], berlin["base_fee"], berlin["blob_base_fee"]) == (
        "0x0",
        "0x20000",
        "0x0",
        "0x0",
    )
    assert paris["blob_base_fee"] == "0x0"
    assert cancun["block_hashes"] == {"0x0": "0x" + keccak256(b"0").hex(), "0x1": "0x" + keccak256(b"1").hex()}
    del env["currentBaseFee"]
    assert environment(env, rules_of("London"))["base_fee"] == "0xa"


@pytest.mark.parametrize(
    ("excess", "fork", "price"),
    [(0, "Cancun", 1), (2314057, "Cancun", 1), (2314058, "Cancun", 2), (10 * 1024 * 1024, "Cancun", 23), (5007716, "Prague", 2)],
)
def test_the_price_of_blob_gas(excess: int, fork: str, price: int) -> None:
    """Source: EIP-4844; the tests of execution-specs and of clients have the first four."""
    assert blob_base_fee(excess, rules_of(fork)) == price


def test_what_is_no_state_test_is_refused(tmp_path: Path) -> None:
    bends: tuple[dict[str, Any], ...] = (
        {"post": {"Nowhere": case()["post"]["Cancun"]}},
        {"pre": {SENDER: {}}},
        {"env": {}},
        {"post": {"Cancun": [{"hash": "0x"}]}},
        {"transaction": {}},
    )
    for bend in bends:
        with pytest.raises(InputError) as caught:
            read(tmp_path, {**case(), **bend})
        assert "test.json: one" in str(caught.value)
    test = case()
    test["post"]["Cancun"][0]["indexes"]["data"] = 7
    with pytest.raises(InputError):
        read(tmp_path, test)
