"""Accounts, creates, SELFDESTRUCT, what is not there yet (ISA 8)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from zkvm import proof
from zkvm.errors import InputError
from zkvm.isa.text import parse
from zkvm.machine import execute
from zkvm.machine.frame import memory_gas
from zkvm.word import keccak256

from .conftest import CALLER, CODE, CONTRACT, request

Run = Callable[..., dict[str, Any]]
RETURN = "\nMGROW $0x0, $0x20\nMSTORE $0x0, {}\nRETURN $0x0, $0x20\n"
BEYOND = memory_gas((1 << 27) + 1)
HEIR = "0x000000000000000000000000000000000000be11"
EMPTY = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}
ABSENT = {**EMPTY, "absent": True}


def returned(result: dict[str, Any]) -> int:
    return int(result["calls"][0]["return_data"], 16)


def gas_used(result: dict[str, Any]) -> int:
    return 10_000_000 - int(result["calls"][0]["gas_left"], 16)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ADDRESS", 0xC0DE0001),
        ("CALLER", 0xCA110001),
        ("ORIGIN", 0xCA110001),
        ("CALLVALUE", 3),
        ("CALLDATASIZE", 2),
        ("CODESIZE", 1),
        ("GASPRICE", 10**9),
        ("RETURNDATASIZE", 0),
        ("COINBASE", 0xC01B0001),
        ("TIMESTAMP", 0x65A0BC00),
        ("NUMBER", 20_000_000),
        ("PREVRANDAO", 42),
        ("DIFFICULTY", 0x20000),
        ("GASLIMIT", 30_000_000),
        ("CHAINID", 1),
        ("BASEFEE", 10**9),
        ("BLOBBASEFEE", 1),
        ("SELFBALANCE", 103),
    ],
)
def test_environment(run: Run, kind: str, value: int) -> None:
    assert returned(run(f"%v = ENV {kind}" + RETURN.format("%v"), value="0x3", data="0x0102")) == value


def test_reads_of_accounts(run: Run) -> None:
    for name, hit, miss in [
        ("BALANCE", 100, 0),
        ("EXTCODESIZE", 1, 0),
        ("EXTCODEHASH", int.from_bytes(keccak256(CODE), "big"), 0),
    ]:
        assert (
            returned(run(f"%v = {name} $0xff000000000000000000000000000000000000000000000000c0de0001" + RETURN.format("%v")))
            == hit
        )
        assert returned(run(f"%v = {name} ${HEIR}" + RETURN.format("%v"))) == miss
        assert gas_used(run(f"%v = {name} ${HEIR} gas=100\n%w = {name} ${HEIR} gas=100\nSTOP")) == 2700
        for warm in ("0xc0de0001", "0xca110001", "0x1", "0x100", "0xc01b0001"):
            assert gas_used(run(f"%v = {name} ${warm} gas=100\nSTOP")) == 100
        assert gas_used(run(f"%v = {name} $0xc01b0001 gas=100\nSTOP", "Paris")) == 2600
        assert gas_used(run(f"%v = {name} $0x11 gas=100\nSTOP", "Cancun")) == 2600
        assert gas_used(run(f"%v = {name} $0xc01b0001 gas=700\nSTOP", "Istanbul")) == 700


def test_codes_of_accounts(run: Run) -> None:
    read = "MGROW $0x0, $0x20\nARG ${}, 0\nEXTCODECOPY $0x0, $0x1, $0x20\n%v = MLOAD $0x0" + RETURN.format("%v")
    account = {**EMPTY, "code": "0x010203"}
    assert returned(run(read.format(HEIR), state={HEIR: account})) == 0x0203 << 240
    assert returned(run("%v = EXTCODEHASH $0xbe11" + RETURN.format("%v"), "Constantinople", state={HEIR: EMPTY})) == 0
    empty_hash = int.from_bytes(keccak256(b""), "big")
    state = {HEIR: {**EMPTY, "balance": "0x1"}}
    assert returned(run("%v = EXTCODEHASH $0xbe11" + RETURN.format("%v"), state=state)) == empty_hash


def test_hashes_of_blocks_and_blobs(run: Run) -> None:
    env = {
        "number": "0x12c",
        "block_hashes": {"0x12b": "0x7", "0x2c": "0x8", "0x2b": "0x9", "0x12c": "0xa"},
        "blob_hashes": ["0x5"],
    }
    for number, value in [(0x12B, 7), (0x2C, 8), (0x2B, 0), (0x12C, 0), (0x100, 0)]:
        assert returned(run(f"%v = BLOCKHASH ${number:#x}" + RETURN.format("%v"), env=env)) == value
    for index, value in [(0, 5), (1, 0)]:
        assert returned(run(f"%v = BLOBHASH ${index:#x}" + RETURN.format("%v"), env=env)) == value


@pytest.mark.parametrize(
    ("fork", "balance", "exists", "gas", "refund"),
    [
        ("Homestead", 100, False, 0, 24000),
        ("TangerineWhistle", 100, False, 25000, 24000),
        ("TangerineWhistle", 0, False, 25000, 24000),
        ("TangerineWhistle", 100, True, 0, 24000),
        ("SpuriousDragon", 100, False, 25000, 24000),
        ("SpuriousDragon", 100, True, 25000, 24000),
        ("SpuriousDragon", 0, False, 0, 24000),
        ("Berlin", 100, False, 27600, 24000),
        ("Berlin", 0, False, 2600, 24000),
        ("London", 100, False, 27600, 0),
        ("Osaka", 100, False, 27600, 0),
    ],
)
def test_selfdestruct(run: Run, fork: str, balance: int, exists: bool, gas: int, refund: int) -> None:
    contract = {"balance": hex(balance), "nonce": "0x1", "code": "0x00", "storage": {"0x1": "0x5"}}
    state = {CONTRACT: contract, **({HEIR: EMPTY} if exists else {})}
    result = run(f"SELFDESTRUCT ${HEIR}", fork, state=state)
    assert gas_used(result) == gas
    assert result["calls"][0]["refund"] == hex(refund)
    assert result["state"][HEIR]["balance"] == hex(balance)
    gone = fork not in ("Cancun", "Prague", "Osaka")
    assert result["calls"][0]["destroyed"] == ([CONTRACT] if gone else [])
    assert result["state"][CONTRACT] == (ABSENT if gone else {**contract, "balance": "0x0"})


def test_selfdestruct_to_itself(run: Run) -> None:
    assert run(f"SELFDESTRUCT ${CONTRACT}", "Shanghai")["state"][CONTRACT] == ABSENT
    assert run(f"SELFDESTRUCT ${CONTRACT}", "Cancun")["state"][CONTRACT]["balance"] == "0x64"
    created = {"create": True, "code": "0x00", "state": {CONTRACT: {**EMPTY, "balance": "0x64"}}}
    assert run(f"SELFDESTRUCT ${CONTRACT}", "Cancun", **created)["state"][CONTRACT] == ABSENT


def test_create(run: Run) -> None:
    text = "MGROW $0x0, $0x20\nCODECOPY $0x0, $0x0, $0x20\nRETURN $0x0, $0x3"
    for fork, nonce in (("Homestead", "0x0"), ("SpuriousDragon", "0x1")):
        result = run(text, fork, create=True, code="0x00", data="0xaabbcc", state={CONTRACT: EMPTY}, value="0x9")
        assert result["state"][CONTRACT] == {"balance": "0x9", "nonce": nonce, "code": "0x00aabb", "storage": {}}
    sizes = [("CODESIZE", 4), ("CALLDATASIZE", 0)]
    for kind, size in sizes:
        created = {"create": True, "code": "0x00", "data": "0xaabbcc", "state": {CONTRACT: EMPTY}}
        assert returned(run(f"%v = ENV {kind}" + RETURN.format("%v"), **created)) == size
    result = run("REVERT $0x0, $0x0", create=True, code="0x00", state={CONTRACT: EMPTY})
    assert result["state"][CONTRACT] == ABSENT


@pytest.mark.parametrize(
    ("account", "to", "why"),
    [
        ({"nonce": "0x1"}, HEIR, "its nonce is not 0"),
        ({"code": "0x00"}, HEIR, "it has code"),
        ({"storage": {"0x3": "0x1"}}, HEIR, "it has storage"),
        ({}, "0x0000000000000000000000000000000000000001", "it is a precompile"),
        ({"balance": "0x5", "storage": {"0x3": "0x0"}}, HEIR, None),
    ],
)
def test_a_create_finds_no_account(run: Run, account: dict[str, Any], to: str, why: str | None) -> None:
    state = {to: {**EMPTY, **account}}
    created = {"create": True, "code": "0x00", "to": to, "state": state}
    if why is None:
        assert run("STOP", **created)["calls"][0]["status"] == "success"
        return
    with pytest.raises(InputError) as error:
        run("STOP", **created)
    assert (error.value.code, str(error.value.place), error.value.message) == (
        "occupied",
        "calls[0].to",
        f"a create at {to}: {why}",
    )
    # the executor says the same of it
    document = request("Osaka", create=True, code="0x00", to=to)
    document["state"] |= state
    with pytest.raises(InputError) as other:
        proof.execute(document, [])
    assert (str(other.value.place), other.value.message) == (str(error.value.place), error.value.message)


def test_calls_are_transactions_of_their_own() -> None:
    document = request("Osaka", to=HEIR, value="0x5")
    document["calls"] *= 2
    result = execute(document, [])
    assert [call["gas_left"] for call in result["calls"]] == ["0x989680"] * 2
    assert result["state"][HEIR]["balance"] == "0xa"
    assert result["state"][CALLER]["balance"] == hex((1 << 128) - 10)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("fork", 5),
        ("fork", "Nowhere"),
        ("calls", {}),
        ("state", []),
        ("env", None),
        ("env/number", 5),
        ("env/number", "0xg"),
        ("env/coinbase", "0x" + "1" * 41),
        ("env/blob_hashes", {}),
        ("env/block_hashes", {"x": "0x1"}),
        ("calls/0/create", 1),
        ("calls/0/data", "0x0"),
        ("calls/0/gas", "0x" + "f" * 16),
        ("calls/0/value", hex(1 << 129)),
        ("calls/0/to", "contract"),
        (f"state/{CONTRACT}/balance", None),
        (f"state/{CONTRACT}/storage", {"0x0": "0x" + "1" * 65}),
        (f"state/{CONTRACT}/code", "0xzz"),
    ],
)
def test_bad_requests_are_typed(path: str, value: Any) -> None:
    document = copy.deepcopy(request("Osaka"))
    *parents, last = path.split("/")
    entry: Any = document
    for name in parents:
        entry = entry[int(name) if name.isdecimal() else name]
    entry[last] = value
    with pytest.raises(InputError):
        execute(document, [])
    missing = request("Osaka")
    del missing["calls"][0]["gas"]
    with pytest.raises(InputError):
        execute(missing, [])


@pytest.mark.parametrize(
    ("text", "gas", "code"),
    [
        ("MGROW $0x1, $0x100000000\nSTOP", BEYOND, "memory-limit"),
        ("MGROW $0x1, $0x100000000\nSTOP", BEYOND - 1, None),
        ("MGROW $0x0, $0x40000001\nSTOP", 1 << 50, "memory-limit"),
        ("MGROW $0x0, $0x40000001\nSTOP", 1 << 30, None),
        (f"SELFDESTRUCT ${HEIR}", 1 << 30, "balance-limit"),
    ],
)
def test_limits_are_said_and_alike(run: Run, text: str, gas: int, code: str | None) -> None:
    state = {HEIR: {**EMPTY, "balance": hex((1 << 256) - 1)}}
    result = run(text, gas=hex(gas), state=state)
    program = parse(f".program Osaka runtime\n.code 0x{CODE.hex()}\nREGION\n{text}")
    document = request("Osaka", gas=hex(gas))
    document["state"] |= state
    other = proof.execute(document, [program])
    for each in (result, other):
        found = each["unsupported"]
        assert (None if found is None else found["code"]) == code
        assert code is not None or each["calls"][0]["status"] == "halt"
