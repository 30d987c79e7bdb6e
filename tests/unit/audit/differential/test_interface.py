"""What can be called: by ABI, else by dispatcher."""

from __future__ import annotations

from typing import Any

from audit.differential.interface import interface_of

ABI: list[dict[str, Any]] = [
    {"type": "constructor", "inputs": [{"type": "uint256"}], "stateMutability": "payable"},
    {
        "type": "function",
        "name": "transfer",
        "inputs": [{"type": "address"}, {"type": "uint256"}],
        "stateMutability": "nonpayable",
    },
    {"type": "event", "name": "Transfer", "inputs": []},
    {"type": "function", "name": "deposit", "inputs": [], "payable": True},
]


def test_functions_have_their_selectors() -> None:
    interface = interface_of(ABI, None, "Osaka")
    assert [each.signature for each in interface.functions] == ["deposit()", "transfer(address,uint256)"]
    assert interface.functions[1].selector.hex() == "a9059cbb"
    assert [each.payable for each in interface.functions] == [True, False]
    assert interface.constructor.types == ("uint256",)
    assert interface.constructor.payable


def test_calls_have_names() -> None:
    interface = interface_of(ABI, None, "Osaka")
    assert interface.name(bytes.fromhex("a9059cbb00"), create=False) == "transfer(address,uint256)"
    assert interface.name(bytes.fromhex("a9059c"), create=False) == "fallback"
    assert interface.name(b"", create=False) == "receive"
    assert interface.name(b"", create=True) == "constructor"


def test_selectors_come_from_the_dispatcher_where_there_is_no_abi() -> None:
    code = bytes.fromhex("5f3560e01c8063a9059cbb14600f57fe5b63deadbeef00")
    assert [each.selector.hex() for each in interface_of(None, code, "Osaka").functions] == ["a9059cbb"]
