"""What cannot succeed is proven so, and nothing that can succeed is."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential.doomed import cannot_succeed
from audit.differential.interface import interface_of
from audit.differential.subject import Target
from tests.targets import target
from transpiler.evm.assemble import assemble

SOURCE = """
contract A {
    uint256 x;
    error Never();
    function good() external { x = 1; }
    function bad() external pure { revert(); }
    function worse(uint256 a) external { x = a; _refuse(a); }
    function hidden(uint256 a) external { if (a > 5) x = a; else x = 7; revert Never(); }
    function seldom(uint256 key) external { require(uint256(keccak256(abi.encode(key))) < 2); x = key; }
    function _refuse(uint256 a) internal pure { require(a != a, "never"); }
    %s
}
"""
FALLBACKS = {
    "fallback() external payable { revert(); }": ("fallback",),
    "fallback() external payable { revert(); } receive() external payable { revert(); }": ("fallback", "receive"),
    "fallback() external payable { x = 2; } receive() external payable { revert(); }": ("receive",),
    "fallback() external payable { revert(); } receive() external payable { x = 2; }": ("fallback",),
    "fallback() external payable { if (msg.data.length < 4) x = 3; else revert(); }": (),
    "receive() external payable { x = 2; }": (),
}
NAMES = ("good()", "bad()", "worse(uint256)", "hidden(uint256)", "seldom(uint256)", "fallback", "receive")


def compiled(folder: Path, rest: str, head: str = "pragma solidity ^0.8.20;") -> Target:
    path = folder / "A.sol"
    path.write_text(head + SOURCE % rest)
    return target(path)


def doomed(subject: Target) -> set[str]:
    assert subject.runtime is not None
    names = [name for name in NAMES if "(" in name or name in subject.interface.specials]
    return {name for name in names if cannot_succeed(subject.runtime.code, subject.fork, subject.interface, name)}


@pytest.mark.parametrize("rest", FALLBACKS)
def test_functions_of_solidity(rest: str, tmp_path: Path) -> None:
    assert doomed(compiled(tmp_path, rest)) == {"bad()", "worse(uint256)", "hidden(uint256)", *FALLBACKS[rest]}


@pytest.mark.parametrize("name", ["tokens/Token.sol", "basic/Ledger.sol"])
def test_nothing_of_a_contract_whose_functions_all_succeed(name: str, contracts: Path) -> None:
    subject = target(contracts / name)
    assert subject.runtime is not None
    for each in subject.interface.functions:
        assert not cannot_succeed(subject.runtime.code, subject.fork, subject.interface, each.signature)


TEXTS = {
    # the selector decides, whatever the order of the comparisons
    "0 CALLDATALOAD 0xe0 SHR DUP1 0x11111111 EQ @f JUMPI 0x22222222 EQ @g JUMPI STOP f: 0 0 REVERT g: STOP": True,
    "0 CALLDATALOAD 0xe0 SHR DUP1 0x11111111 SUB @g JUMPI INVALID g: STOP": True,
    "0 CALLDATALOAD 0xe0 SHR DUP1 0x11111111 GT @g JUMPI INVALID g: STOP": True,
    "0 CALLDATALOAD 0xe0 SHR 0x11111112 GT @g JUMPI INVALID g: STOP": False,
    # a selector masked out of a division, as old compilers did
    "0xffffffff 29 0x100 EXP 0 CALLDATALOAD DIV AND 0x11111111 EQ @f JUMPI STOP f: 0 0 REVERT": False,
    f"0xffffffff 0x1{'00' * 28} 0 CALLDATALOAD DIV AND 0x11111111 EQ @f JUMPI STOP f: 0 0 REVERT": True,
    # nothing is known of the caller, of the words behind, or of where a word leads
    "0x11111111 0 CALLDATALOAD 0xe0 SHR EQ @f JUMPI STOP f: CALLER @bad JUMPI STOP bad: 0 0 REVERT": False,
    "0x11111111 0 CALLDATALOAD 0xe0 SHR EQ @f JUMPI STOP f: 4 CALLDATALOAD JUMP g: STOP": False,
    # calls of functions have four bytes of data, and may have more
    "4 CALLDATASIZE LT @short JUMPI 0 0 REVERT short: STOP": True,
    "5 CALLDATASIZE LT @short JUMPI 0 0 REVERT short: STOP": False,
    # loops end the search, and the end of the code is a success
    "again: @again JUMP": True,
    "again: CALLER @again JUMPI": False,
    "f: 1 2 @f JUMPI 0 0 REVERT": True,
    # an end below the stack fails, a masked word is not a known one
    "POP STOP": True,
    "CALLER 0xffffffff AND 0x11111111 EQ @f JUMPI STOP f: 0 0 REVERT": False,
}


@pytest.mark.parametrize("text", TEXTS)
def test_the_walk(text: str) -> None:
    code = assemble(text)
    abi = [{"type": "function", "name": "f", "inputs": []}]
    interface = interface_of(abi, None, "Osaka")
    (function,) = interface.functions
    code = code.replace(bytes.fromhex("11111111"), function.selector).replace(
        bytes.fromhex("11111112"), (int.from_bytes(function.selector, "big") + 1).to_bytes(4, "big")
    )
    assert cannot_succeed(code, "Osaka", interface, "f()") is TEXTS[text]
