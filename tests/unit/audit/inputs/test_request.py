"""Requests to executors (ISA 8.1) from call files."""

from __future__ import annotations

from typing import Any

import pytest

from audit.inputs.calls import CALLER_ADDRESS, CONTRACT_ADDRESS, parse_calls
from audit.inputs.creators import created_address
from audit.inputs.json_reader import Node
from audit.inputs.request import Subject, build_request
from zkvm.errors import InputError

OTHER = "0x" + "ab" * 20
RUNTIME = Subject("A", b"\x01", None)
BOTH = Subject("A", b"\x01", b"\x02\x03", template=True)


def request(document: dict[str, Any], subject: Subject = RUNTIME) -> dict[str, Any]:
    return build_request(parse_calls(Node(document, "f.json")), subject)


def test_whole() -> None:
    found = request({"fork": "Cancun", "calls": [{"data": "0xAB", "value": "0x01"}]})
    assert set(found) == {"fork", "env", "contract", "state", "calls"}
    assert found["calls"] == [
        {
            "create": False,
            "caller": CALLER_ADDRESS,
            "origin": CALLER_ADDRESS,
            "to": CONTRACT_ADDRESS,
            "value": "0x1",
            "data": "0xab",
            "gas": "0x989680",
        }
    ]
    assert found["state"] == {
        CONTRACT_ADDRESS: {"balance": "0x0", "nonce": "0x1", "code": "0x01", "storage": {}},
        CALLER_ADDRESS: {"balance": hex(1 << 128), "nonce": "0x0", "code": "0x", "storage": {}},
    }
    assert set(found["env"]) == {
        *("number", "timestamp", "coinbase", "prevrandao", "difficulty", "gas_limit", "chain_id", "base_fee", "blob_base_fee"),
        *("gas_price", "block_hashes", "blob_hashes"),
    }


def test_a_caller_with_an_entry_has_what_it_says() -> None:
    found = request({"state": {OTHER: {"balance": "0x5"}}, "calls": [{"caller": OTHER}, {"caller": CALLER_ADDRESS}]})
    assert found["state"][OTHER]["balance"] == "0x5"
    assert found["state"][CALLER_ADDRESS]["balance"] == hex(1 << 128)


def test_create_first_means_no_code_before() -> None:
    found = request({"calls": [{"create": True, "data": "0x99"}, {"data": "0x"}]}, BOTH)
    assert found["calls"][0]["code"] == "0x0203"
    assert found["calls"][0]["data"] == "0x99"
    assert "code" not in found["calls"][1]
    assert found["contract"] == found["calls"][0]["to"] == found["calls"][1]["to"] == created_address(CALLER_ADDRESS, 0)
    assert found["state"][found["contract"]] == {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}


@pytest.mark.parametrize(
    ("document", "subject", "code"),
    [
        ({"calls": [{}]}, BOTH, "immutables-not-set"),
        ({"calls": [{}, {"create": True}]}, BOTH, "immutables-not-set"),
        ({"calls": [{"create": True, "to": OTHER}, {}]}, BOTH, "immutables-not-set"),
        ({"calls": [{"create": True}]}, RUNTIME, "no-creation-code"),
        ({"calls": [{}]}, Subject("A", None, b"\x00"), "no-runtime-code"),
        ({"calls": [{}], "state": {"contract": {"code": "0x02"}}}, RUNTIME, "code-contradicted"),
        ({"calls": [{"value": "0x6", "caller": OTHER}], "state": {OTHER: {"balance": "0x5"}}}, RUNTIME, "value-not-covered"),
        (
            {"calls": [{}, {"value": "0x6", "caller": OTHER}], "state": {OTHER: {}, CALLER_ADDRESS: {"balance": "0x5"}}},
            RUNTIME,
            "value-not-covered",
        ),
    ],
)
def test_refused(document: dict[str, Any], subject: Subject, code: str) -> None:
    with pytest.raises(InputError) as caught:
        request(document, subject)
    assert caught.value.code == code
    assert caught.value.exit_code == 2


def test_the_code_may_be_repeated() -> None:
    assert request({"calls": [{}], "state": {"contract": {"code": "0x01"}}})["state"][CONTRACT_ADDRESS]["code"] == "0x01"
