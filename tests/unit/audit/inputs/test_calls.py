"""Call files: defaults of ISA 6, and an error with a pointer for everything that is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from audit.inputs import calls
from audit.inputs.calls import CALLER_ADDRESS, CONTRACT_ADDRESS, AccountState, Call, parse_calls, read_calls
from audit.inputs.creators import created_address
from audit.inputs.json_reader import Node
from zkvm.errors import InputError
from zkvm.host.environment import Environment

OTHER = "0x" + "ab" * 20


def parse(document: Any) -> calls.CallFile:
    return parse_calls(Node(document, "f.json"))


def test_defaults_are_those_of_the_isa(root: Path) -> None:
    chapter = (root / "zkvm" / "ISA.md").read_text().split("## 6.")[1].split("## 7.")[0]
    addresses = re.findall(r"0x[0-9a-f]{40}", chapter)
    assert addresses == [CONTRACT_ADDRESS, CALLER_ADDRESS, Environment().coinbase]
    assert f"Frame gas {calls.FRAME_GAS:,}" in chapter
    assert "Fork Osaka" in chapter
    for name, value in Environment().as_json().items():
        if name not in ("coinbase", "block_hashes", "blob_hashes"):
            assert re.search(rf"\b{name} ({value}|{int(value, 16)})\b", chapter), name


def test_everything_omitted() -> None:
    file = parse({"calls": [{}]})
    assert file.calls == (Call(),)
    assert (file.fork, file.env, file.contract, file.state) == ("Osaka", Environment(), CONTRACT_ADDRESS, ())


def test_everything_given() -> None:
    file = parse(
        {
            "fork": "cancun",
            "env": {
                "number": "0x01",
                "coinbase": OTHER,
                "block_hashes": {"0x0": "0x" + "11" * 32},
                "blob_hashes": ["0x" + "22" * 32],
            },
            "state": {
                "contract": {"balance": "0x1", "storage": {"0x02": "0x3", "0x1": "0x0"}},
                OTHER.upper().replace("X", "x"): {"nonce": "0x5"},
            },
            "calls": [{"create": True, "caller": OTHER, "to": "contract", "value": "0x1", "data": "0xAB", "gas": "0x64"}],
        }
    )
    assert file.fork == "Cancun"
    assert (file.env.number, file.env.coinbase, file.env.timestamp) == (1, OTHER, Environment().timestamp)
    assert file.env.block_hashes == ((0, bytes([0x11]) * 32),)
    assert file.state == ((CONTRACT_ADDRESS, AccountState(balance=1, storage=((2, 3),))), (OTHER, AccountState(nonce=5)))
    assert file.calls == (Call(True, OTHER, OTHER, CONTRACT_ADDRESS, 1, b"\xab", 100),)
    assert file.creates_first


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (5, "/"),
        ({}, "/"),
        ({"calls": 5}, "/calls"),
        ({"calls": []}, "/calls"),
        ({"calls": [5]}, "/calls/0"),
        ({"calls": [{}, {"dta": "0x"}]}, "/calls/1/dta"),
        ({"calls": [{"data": "ab"}]}, "/calls/0/data"),
        ({"calls": [{"data": "0xabc"}]}, "/calls/0/data"),
        ({"calls": [{"data": "0xzz"}]}, "/calls/0/data"),
        ({"calls": [{"data": None}]}, "/calls/0/data"),
        ({"calls": [{"gas": 100}]}, "/calls/0/gas"),
        ({"calls": [{"gas": "0x"}]}, "/calls/0/gas"),
        ({"calls": [{"gas": "0x10000000000000000"}]}, "/calls/0/gas"),
        ({"calls": [{"gas": "-0x1"}]}, "/calls/0/gas"),
        ({"calls": [{"gas": "0x1_0"}]}, "/calls/0/gas"),
        ({"calls": [{"value": "0x1" + "0" * 64}]}, "/calls/0/value"),
        ({"calls": [{"create": "true"}]}, "/calls/0/create"),
        ({"calls": [{"to": "0x12"}]}, "/calls/0/to"),
        ({"calls": [{"to": "Contract"}]}, "/calls/0/to"),
        ({"calls": [{}], "fork": 5}, "/fork"),
        ({"calls": [{}], "env": {"numbr": "0x1"}}, "/env/numbr"),
        ({"calls": [{}], "env": {"block_hashes": {"0x1": "0x12"}}}, "/env/block_hashes/0x1"),
        ({"calls": [{}], "state": []}, "/state"),
        ({"calls": [{}], "state": {"contract": {"storage": {"0x1": "0x1", "0x01": "0x2"}}}}, "/state/contract/storage/0x01"),
        ({"calls": [{}], "state": {"contract": {}, CONTRACT_ADDRESS: {}}}, f"/state/{CONTRACT_ADDRESS}"),
        ({"calls": [{}], "state": {"a/b~": {}}}, "/state/a~1b~0"),
    ],
)
def test_wrong(document: Any, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(document)
    assert caught.value.exit_code == 2
    assert str(caught.value.place) == f"f.json#{pointer}"


def test_unknown_fork_stands_at_its_place() -> None:
    with pytest.raises(InputError) as caught:
        parse({"calls": [{}], "fork": "Atlantis"})
    assert str(caught.value.place) == "f.json#/fork"
    assert "Osaka" in (caught.value.hint or "")


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "calls.json"
    file.write_text(json.dumps({"calls": [{"data": "0x"}]}))
    assert read_calls(file, "London").fork == "London"
    file.write_text('{"calls": [{"gas": "0x1", "gas": "0x2"}]}')
    with pytest.raises(InputError, match="two members"):
        read_calls(file)
    with pytest.raises(InputError, match="no such file"):
        read_calls(tmp_path / "nosuch.json")


def test_creates_go_where_caller_and_nonce_say() -> None:
    """Source: the addresses of mainnet's Uniswap V2 factory creator are of this form; two by hand with keccak(rlp([caller, nonce]))."""
    caller = "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"
    found = parse(
        {
            "calls": [
                {"create": True, "caller": caller},
                {"data": "0x"},
                {"create": True, "caller": caller, "contract": "B.sol:B"},
                {"caller": caller, "transaction": {"nonce": "0x5", "gas_limit": "0x5208", "gas_price": "0x1"}},
                {"create": True, "caller": caller, "contract": "B.sol:B"},
            ]
        }
    )
    assert found.calls[0].to == found.contract == found.calls[1].to == "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"
    assert found.calls[2].to == "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"
    assert found.calls[4].to == created_address(caller, 6)
    assert found.named == ("B.sol:B",)


def test_a_stated_contract_is_where_the_input_is_created() -> None:
    found = parse({"contract": OTHER, "calls": [{"create": True}, {"create": True, "contract": "B.sol:B"}]})
    assert [call.to for call in found.calls] == [OTHER, created_address(CALLER_ADDRESS, 1)]


def test_an_entry_may_have_its_own_environment_and_transaction() -> None:
    transaction = {
        "nonce": "0x0", "gas_limit": "0x5208", "max_fee_per_gas": "0x7", "max_priority_fee_per_gas": "0x1",
        "access_list": [{"address": OTHER, "storage_keys": ["0x1", "0x2"]}],
    }  # fmt: skip
    found = parse({"calls": [{"env": {"number": "0x5", "coinbase": OTHER}, "transaction": transaction}]})
    assert dict(found.calls[0].env) == {"number": 5, "coinbase": OTHER}
    assert found.calls[0].transaction is not None
    assert found.calls[0].transaction.as_json() == transaction


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ({"transaction": {"nonce": "0x0", "gas_limit": "0x1"}}, "/transaction"),
        ({"transaction": {"nonce": "0x0", "gas_limit": "0x1", "gas_price": "0x1", "max_fee_per_gas": "0x1"}}, "/transaction"),
        ({"transaction": {"nonce": "0x0", "gas_limit": "0x1", "gas_price": "0x1", "type": 5}}, "/transaction/type"),
        ({"gas": "0x1", "transaction": {"nonce": "0x0", "gas_limit": "0x1", "gas_price": "0x1"}}, "/gas"),
        ({"contract": "B.sol:B"}, "/contract"),
        ({"create": True, "caller": "contract"}, "/caller"),
        ({"env": {"nmber": "0x1"}}, "/env/nmber"),
    ],
)
def test_wrong_entries(entry: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        parse({"calls": [entry]})
    assert str(caught.value.place) == f"f.json#/calls/0{pointer}"
